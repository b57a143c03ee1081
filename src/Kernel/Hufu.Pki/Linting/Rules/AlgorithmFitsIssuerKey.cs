namespace Hufu.Pki.Linting.Rules;

/// <summary>The signature algorithm belongs to the issuer's key.</summary>
internal sealed class AlgorithmFitsIssuerKey() : LintRule(
    "hufu_cert_signature_key_mismatch", LintSeverity.Error, "RFC 5280 4.1.2.3", "The signature algorithm belongs to the issuer's key.", "Use the signer's own algorithm.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        SubjectPublicKeyInfo? key = subject.Kind == CertificateKind.Root ? subject.Tbs.PublicKey : subject.Issuer?.PublicKey;
        if (key is not null && key.IsSm2 != (subject.Tbs.Signature.Oid == Oids.Sm2WithSm3))
        {
            yield return $"The issuer's key is {(key.IsSm2 ? "SM2" : "not SM2")}, the algorithm {subject.Tbs.Signature.Oid}.";
        }
    }
}
