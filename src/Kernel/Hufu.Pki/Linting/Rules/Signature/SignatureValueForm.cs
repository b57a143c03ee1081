namespace Hufu.Pki.Linting.Rules;

/// <summary>The signature is the DER of two INTEGERs, each positive and of at most 256 bits.</summary>
internal sealed class SignatureValueForm() : SharedRule(
    "hufu_signature_value_form", LintTargets.Certificate | LintTargets.RevocationList | LintTargets.Request, LintSeverity.Error, "GM/T 0009 7.3; RFC 3279 2.2.3",
    "The signature is the DER of two INTEGERs, each positive and of at most 256 bits.",
    "Encode r and s with Sm2SignatureValue.Encode.", "签名值应为两个 INTEGER（r、s）的 DER 编码，均为不超过 256 位的正数。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.Signature is { } value && subject.Algorithm.Oid is Oids.Sm2WithSm3 or Oids.EcdsaWithSha256)
        {
            Span<byte> pair = stackalloc byte[Hufu.Crypto.Sm2.SignatureSize];
            if (!Sm2SignatureValue.TryDecode(value.Span, pair) || !pair[..32].ContainsAnyExcept((byte)0) || !pair[32..].ContainsAnyExcept((byte)0))
            {
                report.Add("The signature is no DER of r and s.");
            }
        }
    }
}
