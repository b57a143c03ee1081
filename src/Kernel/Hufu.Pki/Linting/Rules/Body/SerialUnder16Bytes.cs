namespace Hufu.Pki.Linting.Rules;

/// <summary>A serial number has 16 to 20 bytes.</summary>
internal sealed class SerialUnder16Bytes() : CertificateRule(
    "hufu_serial_under_16_bytes", LintSeverity.Warning, "standards.md 3.1; interop.md",
    "A serial number has 16 to 20 bytes.",
    "Use 16 to 20 random bytes.", "建议序列号为 16 至 20 字节。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Tbs.SerialNumber.Magnitude.Length is >= 8 and < 16)
        {
            report.Add($"The serial number has {subject.Tbs.SerialNumber.Magnitude.Length} bytes.");
        }
    }
}
