namespace Hufu.Pki.Linting.Rules;

/// <summary>keyUsage is the profile's, of its signing or its encryption certificate.</summary>
internal sealed class ProfileKeyUsage() : ProfileRule(
    "hufu_profile_key_usage", LintSeverity.Error, "requirements 6.2.1.3-a",
    "keyUsage is the profile's, of its signing or its encryption certificate.",
    "Issue by the profile.", "密钥用法与模板不符。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        if (subject.KeyUsage is not { } usage || !profile.KeyUsages.Contains(usage))
        {
            report.Add($"keyUsage is {subject.KeyUsage}, by the profile {string.Join(" or ", profile.KeyUsages)}.");
        }
    }
}
