namespace Hufu.Pki.Linting.Rules;

/// <summary>extKeyUsage names its purposes, and not any.</summary>
internal sealed class PurposeAny() : CertificateRule(
    "hufu_purpose_any", LintSeverity.Warning, "RFC 5280 4.2.1.12",
    "extKeyUsage names its purposes, and not any.",
    "Name the purposes.", "扩展密钥用法应指明具体用途，而非 anyExtendedKeyUsage。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.HasPurpose(Oids.AnyExtendedKeyUsage))
        {
            report.Add("extKeyUsage names any purpose.");
        }
    }
}
