namespace Hufu.Pki.Linting.Rules;

/// <summary>keyUsage has only the nine bits that are defined.</summary>
internal sealed class KeyUsageUndefinedBits() : SharedRule(
    "hufu_key_usage_undefined_bits", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "RFC 5280 4.2.1.3",
    "keyUsage has only the nine bits that are defined.",
    "Correct the profile's key usage.", "密钥用法含未定义的位。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.KeyUsage is { } usage && ((uint)usage >> 9) != 0)
        {
            report.Add("keyUsage has a bit beyond decipherOnly.");
        }
    }
}
