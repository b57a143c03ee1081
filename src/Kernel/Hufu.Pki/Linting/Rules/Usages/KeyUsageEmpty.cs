namespace Hufu.Pki.Linting.Rules;

/// <summary>keyUsage has at least one bit.</summary>
internal sealed class KeyUsageEmpty() : SharedRule(
    "hufu_key_usage_empty", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "RFC 5280 4.2.1.3",
    "keyUsage has at least one bit.",
    "Correct the profile's key usage.", "密钥用法至少须有一位。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.KeyUsage == KeyUsages.None)
        {
            report.Add("keyUsage has no bit.");
        }
    }
}
