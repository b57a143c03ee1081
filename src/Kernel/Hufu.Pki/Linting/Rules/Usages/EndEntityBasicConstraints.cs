namespace Hufu.Pki.Linting.Rules;

/// <summary>An end entity has no basicConstraints at all: a strict peer refuses the empty SEQUENCE.</summary>
internal sealed class EndEntityBasicConstraints() : CertificateRule(
    "hufu_end_entity_basic_constraints", LintSeverity.Warning, "interop.md",
    "An end entity has no basicConstraints at all: a strict peer refuses the empty SEQUENCE.",
    "Leave the extension out.", "终端实体证书不应含基本约束（空 SEQUENCE 会被严格的对端拒绝）。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.IsAuthority && subject.Find(Oids.BasicConstraints) is not null)
        {
            report.Add("An end entity carries basicConstraints.");
        }
    }
}
