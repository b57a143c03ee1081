namespace Hufu.Pki.Linting.Rules;

/// <summary>The subject has only attributes of the profile.</summary>
internal sealed class ProfileSubjectUnlisted() : ProfileRule(
    "hufu_profile_subject_unlisted", LintSeverity.Error, "requirements 6.2.1.3-a",
    "The subject has only attributes of the profile.",
    "Leave the attribute out.", "主体含模板未列的属性。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            if (profile.Subject?.Any(p => p.Oid == attribute.Oid) == false)
            {
                report.Add($"{NameKeywords.OfOid(attribute.Oid)} is not of the profile.");
            }
        }
    }
}
