namespace Hufu.Pki.Linting.Rules;

/// <summary>The curve is SM2, or P-256 beside GM hierarchies.</summary>
internal sealed class KeyCurveUnknown() : SharedRule(
    "hufu_key_curve_unknown", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "GM/T 0015; requirements 6.6.2.3-b",
    "The curve is SM2, or P-256 beside GM hierarchies.",
    "Use an SM2 key.", "曲线应为 SM2。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.Key is { Algorithm.Oid: Oids.EcPublicKey } key && !key.IsSm2 && !key.IsP256)
        {
            report.Add("The key's curve is neither SM2 nor P-256.");
        }
    }
}
