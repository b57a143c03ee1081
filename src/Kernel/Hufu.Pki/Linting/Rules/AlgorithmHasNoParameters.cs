namespace Hufu.Pki.Linting.Rules;

/// <summary>The signature algorithm is sm2-with-sm3 (or ecdsa-with-SHA256) without parameters.</summary>
internal sealed class AlgorithmHasNoParameters() : LintRule(
    "hufu_cert_signature_algorithm", LintSeverity.Error, "GM/T 0092 6.2; GM/T 0015", "The signature algorithm is sm2-with-sm3 (or ecdsa-with-SHA256) without parameters.", "Use AlgorithmIdentifier.Sm2WithSm3.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        AlgorithmIdentifier algorithm = subject.Tbs.Signature;
        if (algorithm.Oid is not (Oids.Sm2WithSm3 or Oids.EcdsaWithSha256))
        {
            yield return $"The signature algorithm is {algorithm.Oid}.";
        }
        else if (algorithm.Parameters is not null)
        {
            yield return "The signature algorithm has parameters.";
        }
    }
}
