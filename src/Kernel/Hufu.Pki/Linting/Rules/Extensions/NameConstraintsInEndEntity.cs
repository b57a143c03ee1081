namespace Hufu.Pki.Linting.Rules;

/// <summary>Only a CA has nameConstraints.</summary>
internal sealed class NameConstraintsInEndEntity() : CertificateRule(
    "hufu_name_constraints_in_end_entity", LintSeverity.Error, "RFC 5280 4.2.1.10",
    "Only a CA has nameConstraints.",
    "Leave the extension out.", "nameConstraints 只能用于 CA 证书。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.IsAuthority && subject.Find(Oids.NameConstraints) is not null)
        {
            report.Add("An end entity carries nameConstraints.");
        }
    }
}
