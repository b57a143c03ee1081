namespace Hufu.Pki.Linting.Rules;

/// <summary>A profile of CAs makes CA certificates, every other one none.</summary>
internal sealed class ProfileAuthority() : ProfileRule(
    "hufu_profile_authority", LintSeverity.Error, "R05",
    "A profile of CAs makes CA certificates, every other one none.",
    "Choose the right profile, or stop.", "证书是否为 CA 与模板不符。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        if (profile.IsAuthority != subject.IsAuthority)
        {
            report.Add($"The profile {profile.Name} is {(profile.IsAuthority ? "" : "not ")}of CAs, the certificate {(subject.IsAuthority ? "is" : "is not")} one.");
        }
    }
}
