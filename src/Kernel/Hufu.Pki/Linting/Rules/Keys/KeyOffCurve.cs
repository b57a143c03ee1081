namespace Hufu.Pki.Linting.Rules;

/// <summary>The key is a point of its curve.</summary>
internal sealed class KeyOffCurve() : SharedRule(
    "hufu_key_off_curve", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "GM/T 0003; FIPS 186-5; R16",
    "The key is a point of its curve.",
    "Refuse the key.", "公钥不是曲线上的点，须拒绝。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.Key is { } key && (key.IsSm2 ? key.PublicKey.Length == 65 && key.PublicKey.Span[0] == 4 && key.Sm2 is null : key.IsP256 && key.PublicKey.Length == 65 && key.PublicKey.Span[0] == 4 && !key.IsOnCurve))
        {
            report.Add("The key is not a point of its curve.");
        }
    }
}
