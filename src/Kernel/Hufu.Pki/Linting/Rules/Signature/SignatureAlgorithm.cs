namespace Hufu.Pki.Linting.Rules;

/// <summary>The signature algorithm is sm2-with-sm3, or ecdsa-with-SHA256 beside GM hierarchies.</summary>
internal sealed class SignatureAlgorithm() : SharedRule(
    "hufu_signature_algorithm", LintTargets.Certificate | LintTargets.RevocationList | LintTargets.Request, LintSeverity.Error, "GM/T 0015; GM/T 0092 6.2",
    "The signature algorithm is sm2-with-sm3, or ecdsa-with-SHA256 beside GM hierarchies.",
    "Use AlgorithmIdentifier.Sm2WithSm3.", "签名算法应为 SM2 with SM3（1.2.156.10197.1.501）。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.Algorithm.Oid is not (Oids.Sm2WithSm3 or Oids.EcdsaWithSha256))
        {
            report.Add($"The signature algorithm is {subject.Algorithm.Oid}.");
        }
    }
}
