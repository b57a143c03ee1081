namespace Hufu.Pki.Linting.Rules;

/// <summary>Only kinds of alternative names of the profile are carried.</summary>
internal sealed class ProfileAlternativeNameUnlisted() : ProfileRule(
    "hufu_profile_alternative_name_unlisted", LintSeverity.Error, "requirements 6.2.1.3-a",
    "Only kinds of alternative names of the profile are carried.",
    "Leave the name out.", "含模板未列的别名类型。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        foreach (GeneralName name in subject.AlternativeNames)
        {
            if (!profile.AlternativeNames.Contains(name.Kind))
            {
                report.Add($"An alternative name is {name.Kind}.");
            }
        }
    }
}
