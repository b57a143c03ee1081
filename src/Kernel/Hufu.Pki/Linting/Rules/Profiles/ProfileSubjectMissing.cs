namespace Hufu.Pki.Linting.Rules;

/// <summary>The subject has every attribute that the profile requires.</summary>
internal sealed class ProfileSubjectMissing() : ProfileRule(
    "hufu_profile_subject_missing", LintSeverity.Error, "requirements 6.2.1.3-a",
    "The subject has every attribute that the profile requires.",
    "Fill the attribute.", "主体缺少模板要求的属性。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        foreach (LintSubjectPart part in profile.Subject ?? [])
        {
            if (part.Required && subject.Name.Find(part.Oid) is null)
            {
                report.Add($"{NameKeywords.OfOid(part.Oid)} is missing.");
            }
        }
    }
}
