namespace Hufu.Pki.Linting.Rules;

/// <summary>A serial number is encoded in at most 20 bytes.</summary>
internal sealed class SerialTooLong() : CertificateRule(
    "hufu_serial_too_long", LintSeverity.Error, "RFC 5280 4.1.2.2",
    "A serial number is encoded in at most 20 bytes.",
    "Use 20 bytes with the top bit clear.", "序列号编码不得超过 20 字节；用 20 字节并清零最高位。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        // The encoding counts: a high bit costs a 21st byte.
        if (subject.Tbs.SerialNumber.Content.Length > SerialNumber.MaxSize)
        {
            report.Add($"The serial number is encoded in {subject.Tbs.SerialNumber.Content.Length} bytes.");
        }
    }
}
