namespace Hufu.Pki.Linting.Rules;

/// <summary>A serial number has room for 64 unpredictable bits.</summary>
internal sealed class SerialTooShort() : CertificateRule(
    "hufu_serial_too_short", LintSeverity.Error, "R01",
    "A serial number has room for 64 unpredictable bits.",
    "Use 16 to 20 random bytes.", "序列号须含至少 64 位不可预测的随机数，请用 16 至 20 字节。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Tbs.SerialNumber.Magnitude.Length < 8)
        {
            report.Add($"The serial number has {subject.Tbs.SerialNumber.Magnitude.Length} bytes.");
        }
    }
}
