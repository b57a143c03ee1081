namespace Hufu.Portal.Public;

/// <summary>What the repository answers to <c>POST /api/verify</c>.</summary>
/// <param name="Report">The report.</param>
/// <param name="SignedReport">CMS SignedData around the report's JSON, with the room's certificate.</param>
public sealed record VerificationAnswer(VerificationReport Report, byte[]? SignedReport);

/// <summary>A report about a certificate, a signed document or a time stamp.</summary>
/// <param name="Kind">What the document is, kebab-case.</param>
/// <param name="Valid">Whether it may be relied on.</param>
/// <param name="Time">The moment that counted.</param>
/// <param name="VerifiedAt">When it was verified.</param>
/// <param name="DocumentDigest">SM3 of the document, hex.</param>
/// <param name="Subject">Whose certificate.</param>
/// <param name="Serial">Its serial.</param>
/// <param name="Path">Subjects from it to the anchor.</param>
/// <param name="Checks">Every check.</param>
/// <param name="Explanation">One sentence.</param>
public sealed record VerificationReport(
    string Kind, bool Valid, DateTimeOffset Time, DateTimeOffset VerifiedAt, string DocumentDigest, string? Subject, string? Serial, IReadOnlyList<string> Path, IReadOnlyList<VerificationCheck> Checks, string Explanation);

/// <summary>One check of a report.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Outcome">passed, failed or not-checked.</param>
/// <param name="Reason">Why it failed, kebab-case.</param>
/// <param name="Certificate">Serial of the certificate that it is about.</param>
/// <param name="Sentence">The same for people.</param>
public sealed record VerificationCheck(string Name, string Outcome, string Reason, string? Certificate, string Sentence);

/// <summary>What a page sends to <c>POST /api/verify</c>.</summary>
internal sealed record VerificationQuestion(byte[] Document, byte[]? Content, DateTimeOffset? Time, string? Purpose, bool Signed);
