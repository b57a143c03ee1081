namespace Hufu.Pki.Linting.Rules;

/// <summary>The key is of an elliptic curve: id-ecPublicKey.</summary>
internal sealed class KeyAlgorithm() : SharedRule(
    "hufu_key_algorithm", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "GM/T 0015; standards.md 3.1",
    "The key is of an elliptic curve: id-ecPublicKey.",
    "Use an SM2 key.", "公钥算法应为 id-ecPublicKey（SM2）。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.Key is { } key && key.Algorithm.Oid != Oids.EcPublicKey)
        {
            report.Add($"The key's algorithm is {key.Algorithm.Oid}.");
        }
    }
}
