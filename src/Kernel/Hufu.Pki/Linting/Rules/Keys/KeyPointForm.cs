namespace Hufu.Pki.Linting.Rules;

/// <summary>The point is uncompressed: 04, X, Y, 65 bytes.</summary>
internal sealed class KeyPointForm() : SharedRule(
    "hufu_key_point_form", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "GM/T 0009 7.1; standards.md 3.1",
    "The point is uncompressed: 04, X, Y, 65 bytes.",
    "Re-encode the key uncompressed.", "公钥须为未压缩点（04‖X‖Y，65 字节）。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.Key is { } key && (key.IsSm2 || key.IsP256) && (key.PublicKey.Length != 65 || key.PublicKey.Span[0] != 4))
        {
            report.Add($"The point has {key.PublicKey.Length} bytes{(key.PublicKey.IsEmpty ? "" : $" and begins with {key.PublicKey.Span[0]:X2}")}.");
        }
    }
}
