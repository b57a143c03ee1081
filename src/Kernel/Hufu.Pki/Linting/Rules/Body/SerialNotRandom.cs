namespace Hufu.Pki.Linting.Rules;

/// <summary>The bytes of a serial number differ from each other as random ones do.</summary>
internal sealed class SerialNotRandom() : CertificateRule(
    "hufu_serial_not_random", LintSeverity.Warning, "R01",
    "The bytes of a serial number differ from each other as random ones do.",
    "Take serial numbers from a generator of random numbers, not from a counter or a clock.", "序列号应取自随机数发生器，不应为计数器或时间。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        ReadOnlySpan<byte> bytes = subject.Tbs.SerialNumber.Magnitude;
        UInt128 low = 0, high = 0;
        foreach (byte value in bytes)
        {
            low |= value < 128 ? UInt128.One << value : 0;
            high |= value >= 128 ? UInt128.One << (value - 128) : 0;
        }

        // Sixteen random bytes hold eight different ones but once in more than 10^8.
        if (bytes.Length >= 16 && UInt128.PopCount(low) + UInt128.PopCount(high) < 8)
        {
            report.Add($"The serial number {subject.Tbs.SerialNumber} repeats few bytes.");
        }
    }
}
