namespace Hufu.Pki.Linting.Rules;

/// <summary>The signature algorithm belongs to the issuer's key.</summary>
internal sealed class SignatureKeyMismatch() : CertificateRule(
    "hufu_signature_key_mismatch", LintSeverity.Error, "RFC 5280 4.1.2.3",
    "The signature algorithm belongs to the issuer's key.",
    "Use the signer's own algorithm.", "签名算法须与颁发者密钥相符。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        SubjectPublicKeyInfo? key = subject.Kind == CertificateKind.Root ? subject.Tbs.PublicKey : subject.Issuer?.PublicKey;
        if (key is not null && key.IsSm2 != (subject.Algorithm.Oid == Oids.Sm2WithSm3))
        {
            report.Add($"The issuer's key is {(key.IsSm2 ? "SM2" : "not SM2")}, the algorithm {subject.Algorithm.Oid}.");
        }
    }
}
