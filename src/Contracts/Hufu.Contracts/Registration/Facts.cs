namespace Hufu.Contracts;

/// <summary>A holder has accepted certificates (6.2.4.1-a).</summary>
/// <param name="Application">The application's number.</param>
/// <param name="Serials">Serials (hex) of the pair.</param>
/// <param name="Publish">False when the applicant expressly refused publication (6.2.4.2-a).</param>
/// <param name="AcceptedAt">When.</param>
public sealed record CertificateAccepted(string Application, IReadOnlyList<string> Serials, bool Publish, DateTimeOffset AcceptedAt) : IFact;
