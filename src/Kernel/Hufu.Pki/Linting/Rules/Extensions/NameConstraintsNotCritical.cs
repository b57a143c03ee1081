namespace Hufu.Pki.Linting.Rules;

/// <summary>nameConstraints is critical.</summary>
internal sealed class NameConstraintsNotCritical() : CertificateRule(
    "hufu_name_constraints_not_critical", LintSeverity.Error, "RFC 5280 4.2.1.10",
    "nameConstraints is critical.",
    "Mark it critical.", "nameConstraints 须标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Find(Oids.NameConstraints) is { Critical: false })
        {
            report.Add("nameConstraints is not critical.");
        }
    }
}
