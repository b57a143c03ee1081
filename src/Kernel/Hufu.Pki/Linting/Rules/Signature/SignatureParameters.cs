namespace Hufu.Pki.Linting.Rules;

/// <summary>The parameters of sm2-with-sm3 and ecdsa-with-SHA256 are absent, not NULL.</summary>
internal sealed class SignatureParameters() : SharedRule(
    "hufu_signature_parameters", LintTargets.Certificate | LintTargets.RevocationList | LintTargets.Request, LintSeverity.Error, "GM/T 0092 6.2; GM/T 0015-2023; RFC 5758 3.2",
    "The parameters of sm2-with-sm3 and ecdsa-with-SHA256 are absent, not NULL.",
    "Leave the parameters out.", "签名算法参数应省略，不应为 NULL。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.Algorithm is { Oid: Oids.Sm2WithSm3 or Oids.EcdsaWithSha256, Parameters: not null })
        {
            report.Add("The signature algorithm has parameters.");
        }
    }
}
