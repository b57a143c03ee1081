namespace Hufu.Pki.Linting.Rules;

/// <summary>keyUsage is there and critical.</summary>
internal sealed class KeyUsageIsCritical() : LintRule(
    "hufu_cert_key_usage_not_critical", LintSeverity.Error, "GM/T 0015; interop.md", "keyUsage is there and critical.", "Add KeyUsageExtension.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Find(Oids.KeyUsage) is not { Critical: true })
        {
            yield return "keyUsage is missing or not critical.";
        }
    }
}
