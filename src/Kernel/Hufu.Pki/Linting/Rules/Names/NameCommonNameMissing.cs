namespace Hufu.Pki.Linting.Rules;

/// <summary>A name has a CN.</summary>
internal sealed class NameCommonNameMissing() : CertificateRule(
    "hufu_name_common_name_missing", LintSeverity.Warning, "standards.md 3.1; GM/T 0037 A.11",
    "A name has a CN.",
    "Add CN.", "主体名应含 CN。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.Name.IsEmpty && subject.Name.CommonName is null)
        {
            report.Add("The subject has no CN.");
        }
    }
}
