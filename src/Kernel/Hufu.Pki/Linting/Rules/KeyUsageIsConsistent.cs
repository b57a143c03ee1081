namespace Hufu.Pki.Linting.Rules;

/// <summary>keyUsage has a bit, and encipherOnly and decipherOnly only beside keyAgreement.</summary>
internal sealed class KeyUsageIsConsistent() : LintRule(
    "hufu_cert_key_usage_inconsistent", LintSeverity.Error, "RFC 5280 4.2.1.3", "keyUsage has a bit, and encipherOnly and decipherOnly only beside keyAgreement.", "Correct the profile's key usage.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.KeyUsage is { } usage && (usage == KeyUsages.None || ((usage & (KeyUsages.EncipherOnly | KeyUsages.DecipherOnly)) != 0 && !usage.HasFlag(KeyUsages.KeyAgreement))))
        {
            yield return $"keyUsage is {usage}.";
        }
    }
}
