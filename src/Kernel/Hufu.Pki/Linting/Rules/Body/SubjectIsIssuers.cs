namespace Hufu.Pki.Linting.Rules;

/// <summary>Nobody but the CA itself carries the CA's name.</summary>
internal sealed class SubjectIsIssuers() : CertificateRule(
    "hufu_subject_is_issuers", LintSeverity.Error, "RFC 5280 4.1.2.6; R16",
    "Nobody but the CA itself carries the CA's name.",
    "Give the subject a name of its own.", "除 CA 自身外，主体名不得与颁发者相同。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Kind == CertificateKind.EndEntity && subject.Issuer is { } issuer && issuer.Subject.Equals(subject.Tbs.Subject))
        {
            report.Add("An end entity carries its issuer's name.");
        }
    }
}
