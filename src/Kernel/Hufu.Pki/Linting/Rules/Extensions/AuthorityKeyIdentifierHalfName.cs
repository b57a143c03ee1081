namespace Hufu.Pki.Linting.Rules;

/// <summary>authorityCertIssuer and authorityCertSerialNumber are both there or both not.</summary>
internal sealed class AuthorityKeyIdentifierHalfName() : CertificateRule(
    "hufu_authority_key_identifier_half_name", LintSeverity.Error, "RFC 5280 4.2.1.1, appendix A.2",
    "authorityCertIssuer and authorityCertSerialNumber are both there or both not.",
    "Leave both out.", "authorityCertIssuer 与 authorityCertSerialNumber 须同时出现或同时省略。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.AuthorityKeyIdentifier is { } identifier && identifier.Issuer.Count > 0 != identifier.SerialNumber is not null)
        {
            report.Add("authorityKeyIdentifier has one of issuer and serial number.");
        }
    }
}
