namespace Hufu.Pki.Linting.Rules;

/// <summary>A name begins with C.</summary>
internal sealed class NameCountryMissing() : CertificateRule(
    "hufu_name_country_missing", LintSeverity.Warning, "standards.md 3.1; GM/T 0037 A.11",
    "A name begins with C.",
    "Add C=CN.", "主体名应以 C=CN 开头。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.Name.IsEmpty && subject.Name.Find(Oids.Country) is null)
        {
            report.Add("The subject names no country.");
        }
    }
}
