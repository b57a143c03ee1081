namespace Hufu.Pki.Linting.Rules;

/// <summary>Constants of the profile stand in the subject as they are, and values keep its lengths.</summary>
internal sealed class ProfileSubjectValue() : ProfileRule(
    "hufu_profile_subject_value", LintSeverity.Error, "requirements 6.2.1.3-a",
    "Constants of the profile stand in the subject as they are, and values keep its lengths.",
    "Issue by the profile.", "主体属性的固定值或长度与模板不符。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        foreach (LintSubjectPart part in profile.Subject ?? [])
        {
            if (subject.Name.Find(part.Oid) is { } value && ((part.Constant is { } constant && value != constant) || value.Length > part.MostCharacters))
            {
                report.Add($"{NameKeywords.OfOid(part.Oid)} is '{value}'.");
            }
        }
    }
}
