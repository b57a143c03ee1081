namespace Hufu.Pki.Linting.Rules;

/// <summary>A certificate of a GM hierarchy certifies an SM2 key.</summary>
internal sealed class KeyNotSm2() : SharedRule(
    "hufu_key_not_sm2", LintTargets.Certificate | LintTargets.Request, LintSeverity.Warning, "GM/T 0015",
    "A certificate of a GM hierarchy certifies an SM2 key.",
    "Use an SM2 key.", "国密体系的证书应使用 SM2 密钥。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        // Signed with ecdsa-with-SHA256, a P-256 key is in its own hierarchy (the transport hierarchy); anything else here is of a GM one.
        if (subject.Key is { IsSm2: false } key && !(key.IsP256 && subject.Algorithm.Oid == Oids.EcdsaWithSha256))
        {
            report.Add($"The key is {(key.IsP256 ? "P-256" : key.Algorithm.Oid)}.");
        }
    }
}
