namespace Hufu.Pki.Linting.Rules;

/// <summary>The signature algorithm belongs to the key.</summary>
internal sealed class RequestSignatureKeyMismatch() : RequestRule(
    "hufu_request_signature_key_mismatch", LintSeverity.Error, "GM/T 0092 6.2",
    "The signature algorithm belongs to the key.",
    "Sign with the key's own algorithm.", "签名算法须与公钥相符。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        if (subject.Key is { } key && key.IsSm2 != (subject.Algorithm.Oid == Oids.Sm2WithSm3))
        {
            report.Add($"The key is {(key.IsSm2 ? "SM2" : "not SM2")}, the algorithm {subject.Algorithm.Oid}.");
        }
    }
}
