namespace Hufu.Pki.Linting.Rules;

/// <summary>The path length is the profile's.</summary>
internal sealed class ProfilePathLength() : ProfileRule(
    "hufu_profile_path_length", LintSeverity.Error, "requirements 6.2.1.3-a",
    "The path length is the profile's.",
    "Issue by the profile.", "路径长度与模板不符。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        if (profile.IsAuthority && subject.BasicConstraints?.PathLength != profile.PathLength)
        {
            report.Add($"The path length is {subject.BasicConstraints?.PathLength}, by the profile {profile.PathLength}.");
        }
    }
}
