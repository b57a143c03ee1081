using System.Net.Http.Headers;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Publishing.Certificates;
using Hufu.Publishing.Crls;

namespace Hufu.Publishing.Verification;

/// <summary>What a relying party asks.</summary>
/// <param name="Document">Certificate, signed document or time stamp; DER or PEM.</param>
/// <param name="Content">What was signed or stamped when it is not inside.</param>
/// <param name="Time">The moment that counts; null for now.</param>
/// <param name="Purpose">For certificates and signers; null for signing.</param>
/// <param name="Signed">Whether the report is to be signed too.</param>
/// <param name="Printed">Whether it is to come as a PDF too.</param>
internal sealed record VerificationRequest(byte[] Document, byte[]? Content = null, DateTimeOffset? Time = null, CertificatePurpose? Purpose = null, bool Signed = false, bool Printed = false);

/// <summary>A check as it is told.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Outcome">passed, failed or not-checked.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Certificate">Serial of the certificate that it is about.</param>
/// <param name="Sentence">The same for people.</param>
internal sealed record VerificationCheck(string Name, CheckOutcome Outcome, PathReason Reason, string? Certificate, string Sentence);

/// <summary>The answer.</summary>
/// <param name="Kind">What the document is.</param>
/// <param name="Valid">Whether it may be relied on.</param>
/// <param name="Time">The moment that counted.</param>
/// <param name="VerifiedAt">When it was verified.</param>
/// <param name="DocumentDigest">SM3 of the document, hex.</param>
/// <param name="Subject">Whose certificate.</param>
/// <param name="Serial">Its serial.</param>
/// <param name="Path">Subjects from it to the anchor.</param>
/// <param name="Checks">Every check.</param>
/// <param name="Explanation">One sentence.</param>
internal sealed record VerificationReport(
    DocumentKind Kind, bool Valid, DateTimeOffset Time, DateTimeOffset VerifiedAt, string DocumentDigest, string? Subject, string? Serial, IReadOnlyList<string> Path, IReadOnlyList<VerificationCheck> Checks, string Explanation);

/// <summary>The answer and, when asked for, the same signed by this room.</summary>
/// <param name="Report">The report.</param>
/// <param name="SignedReport">CMS SignedData around the report's JSON, with the room's certificate.</param>
/// <param name="PrintedReport">The report as a PDF, when asked for; when it was to be signed too, with the signed report's digest on it.</param>
internal sealed record VerificationAnswer(VerificationReport Report, byte[]? SignedReport, byte[]? PrintedReport = null);

/// <summary>Verifies for relying parties (6.2.7.8-a): trust anchors are the CAs of this platform; revocation from the lists in force and from the status service.</summary>
internal sealed class VerificationDesk(RoomContext context, CrlFiles files) : IDisposable
{
    private const int MostCarried = 8;

    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new() { Timeout = s_wait, MaxResponseContentBufferSize = 64 * 1024 };

    /// <summary>Verifies.</summary>
    /// <exception cref="RefusedException">NotInitialised when there is no CA yet, or no key to sign a report with.</exception>
    [Clause("6.2.5.1-a")]
    [Clause("6.2.5.2-a")]
    [Clause("6.2.7.4-a")]
    [Clause("6.2.7.8-a")]
    [Clause("6.6.2.3-c")]
    public async Task<VerificationAnswer> VerifyAsync(VerificationRequest request, CancellationToken ct)
    {
        var authorities = await context.Database.ReadAsync(AuthorityShelf.Everything, ct);
        if (authorities.Count == 0)
        {
            throw new RefusedException(RefusalCode.NotInitialised, "No CA is known here yet.");
        }

        var now = context.Clock.GetUtcNow();
        var carried = DocumentVerification.CertificatesOf(request.Document);
        var ends = carried.Take(MostCarried).Select(certificate => certificate.NotAfter).Where(end => end < now).Distinct().ToList();
        var lists = await context.Database.ReadAsync(
            session => CrlShelf.InForce(session).Select(name => name[..name.LastIndexOf('/')]).SelectMany(name => Rows(session, name, ends)).Select(files.Read).ToList(), ct);
        var answers = await Task.WhenAll(carried.Take(MostCarried).Select(certificate => AskAsync(certificate, authorities, ct)));
        var verdict = DocumentVerification.Verify(request.Document, request.Content ?? [], new PathRequest
        {
            TrustAnchors = [.. authorities.Where(authority => authority.IsSelfIssued)],
            Intermediates = [.. authorities.Where(authority => !authority.IsSelfIssued)],
            Time = request.Time ?? now,
            Purpose = request.Purpose ?? CertificatePurpose.Signing,
            Revocation = RevocationRequirement.Require,
            RevocationLists = [.. lists.Select(der => CertificateRevocationList.Decode(der))],
            OcspResponses = [.. answers.OfType<OcspResponse>()],
        });
        var report = new VerificationReport(
            verdict.Kind, verdict.IsValid, verdict.Time, now, ActStatement.Digest(request.Document), verdict.Subject?.Subject.ToString(), verdict.Subject?.SerialHex,
            [.. verdict.Path.Select(certificate => certificate.Subject.ToString())],
            [.. verdict.Checks.Select(check => new VerificationCheck(check.Name, check.Outcome, check.Reason, check.Certificate?.SerialHex, check.Sentence))], verdict.Explanation);
        var signed = request.Signed ? Sign(report) : null;
        return new VerificationAnswer(report, signed, request.Printed ? PrintedReport.Encode(report, signed, context.Policy.Values.LocalText) : null);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // The list in force, and for what has ended the last one that could still name it: entries leave a list after the end (R09), and a signature of before is verified later (6.6.2.3-c).
    private static IEnumerable<CrlRow> Rows(Records.Session session, string name, IReadOnlyList<DateTimeOffset> ends)
    {
        var current = CrlShelf.Current(session, name)!;
        return ends.Select(end => CrlShelf.LastBefore(session, name, end)).OfType<CrlRow>().Where(row => row.Number != current.Number).DistinctBy(row => row.Number).Prepend(current);
    }

    private byte[] Sign(VerificationReport report)
    {
        var certificate = context.Identity.SigningCertificate ?? throw new RefusedException(RefusalCode.NotInitialised, "This room has no certificate to sign a report with yet.");
        return SignedMessage.Sign(JsonSerializer.SerializeToUtf8Bytes(report, ContractJson.Options), context.Identity.Signer, certificate, new SigningOptions
        {
            Syntax = MessageSyntax.Cms,
            Placement = ContentPlacement.Attached,
            Attributes = SignedAttributesMode.Standard,
            SigningTime = report.VerifiedAt,
            Certificates = [certificate],
        }).RawData.ToArray();
    }

    // Our own service only, and only about certificates of our CAs: an address out of a document is never followed.
    private async Task<OcspResponse?> AskAsync(Certificate certificate, IReadOnlyList<Certificate> authorities, CancellationToken ct)
    {
        if (authorities.FirstOrDefault(authority => !authority.IsSelfIssued && authority.Subject.Equals(certificate.Issuer) && certificate.IsSignedBy(authority)) is not { } issuer)
        {
            return null;
        }

        try
        {
            using var content = new ByteArrayContent(OcspRequest.Create([OcspCertId.Create(issuer, certificate.SerialNumber, Oids.Sm3)], null).Encode());
            content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
            using var response = await _http.PostAsync(new Uri(context.Settings.PublicAddress("/ocsp")), content, ct);
            var answer = OcspResponse.Decode(await response.Content.ReadAsByteArrayAsync(ct));
            return answer.Status == OcspResponseStatus.Successful ? answer : null;
        }
        catch (Exception away) when (away is HttpRequestException or PkiException || (away is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return null; // the lists decide alone
        }
    }
}
