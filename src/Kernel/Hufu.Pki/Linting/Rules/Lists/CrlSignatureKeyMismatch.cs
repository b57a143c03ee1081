namespace Hufu.Pki.Linting.Rules;

/// <summary>The signature algorithm belongs to the issuer's key.</summary>
internal sealed class CrlSignatureKeyMismatch() : RevocationListRule(
    "hufu_crl_signature_key_mismatch", LintSeverity.Error, "RFC 5280 5.1.2.2",
    "The signature algorithm belongs to the issuer's key.",
    "Use the signer's own algorithm.", "CRL 签名算法须与颁发者密钥相符。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Issuer is { } issuer && issuer.PublicKey.IsSm2 != (subject.Algorithm.Oid == Oids.Sm2WithSm3))
        {
            report.Add($"The issuer's key is {(issuer.PublicKey.IsSm2 ? "SM2" : "not SM2")}, the algorithm {subject.Algorithm.Oid}.");
        }
    }
}
