namespace Hufu.Pki.Linting.Rules;

/// <summary>extKeyUsage is critical when the profile says so, and only then.</summary>
internal sealed class ProfilePurposesCriticality() : ProfileRule(
    "hufu_profile_purposes_criticality", LintSeverity.Error, "requirements 6.2.1.3-a",
    "extKeyUsage is critical when the profile says so, and only then.",
    "Issue by the profile.", "扩展密钥用法的关键性与模板不符。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        if (subject.Find(Oids.ExtendedKeyUsage) is { } extension && extension.Critical != profile.PurposesCritical)
        {
            report.Add($"extKeyUsage is {(extension.Critical ? "" : "not ")}critical.");
        }
    }
}
