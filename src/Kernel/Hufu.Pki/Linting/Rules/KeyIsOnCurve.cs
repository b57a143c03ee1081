namespace Hufu.Pki.Linting.Rules;

/// <summary>The key is an uncompressed point on its curve.</summary>
internal sealed class KeyIsOnCurve() : LintRule(
    "hufu_cert_key_off_curve", LintSeverity.Error, "GM/T 0003; R16", "The key is an uncompressed point on its curve.", "Refuse the key.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Tbs.PublicKey.IsSm2 ? subject.Tbs.PublicKey.Sm2 is null : subject.Tbs.PublicKey.PublicKey.Length != 65)
        {
            yield return "The key is not an uncompressed point on its curve.";
        }
    }
}
