namespace Hufu.Pki.Linting.Rules;

/// <summary>A CA has keyCertSign and enciphers nothing; nobody else has keyCertSign or cRLSign.</summary>
internal sealed class KeyUsageFitsKind() : LintRule(
    "hufu_cert_key_usage_kind_mismatch", LintSeverity.Error, "GM/T 0015; standards.md 3.2", "A CA has keyCertSign and enciphers nothing; nobody else has keyCertSign or cRLSign.", "Correct the profile's key usage.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.KeyUsage is not { } usage)
        {
            yield break;
        }

        const KeyUsages Enciphering = KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment | KeyUsages.KeyAgreement;
        if (subject.IsAuthority && (!usage.HasFlag(KeyUsages.KeyCertSign) || (usage & Enciphering) != 0))
        {
            yield return $"A CA's keyUsage is {usage}.";
        }

        if (!subject.IsAuthority && (usage & KeyUsages.Authority) != 0)
        {
            yield return $"An end entity's keyUsage is {usage}.";
        }
    }
}
