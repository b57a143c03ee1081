namespace Hufu.Pki.Linting.Rules;

/// <summary>extKeyUsage holds the profile's purposes.</summary>
internal sealed class ProfilePurposes() : ProfileRule(
    "hufu_profile_purposes", LintSeverity.Error, "requirements 6.2.1.3-a",
    "extKeyUsage holds the profile's purposes.",
    "Issue by the profile.", "扩展密钥用法与模板不符。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        IReadOnlyList<string> found = subject.ExtendedKeyUsage?.Purposes ?? [];
        if (!found.Order(StringComparer.Ordinal).SequenceEqual(profile.Purposes.Order(StringComparer.Ordinal)))
        {
            report.Add($"The purposes are [{string.Join(", ", found)}], by the profile [{string.Join(", ", profile.Purposes)}].");
        }
    }
}
