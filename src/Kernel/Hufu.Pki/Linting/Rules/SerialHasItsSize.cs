namespace Hufu.Pki.Linting.Rules;

/// <summary>A serial number has 16 to 20 bytes, so that 64 unpredictable bits fit.</summary>
internal sealed class SerialHasItsSize() : LintRule(
    "hufu_cert_serial_size", LintSeverity.Error, "RFC 5280 4.1.2.2; R01", "A serial number has 16 to 20 bytes, so that 64 unpredictable bits fit.", "Take it from SerialNumber.Create.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        // The encoding counts: a high bit costs a 21st byte, which RFC 5280 does not allow.
        int size = subject.Tbs.SerialNumber.Content.Length;
        if (size > SerialNumber.MaxSize || subject.Tbs.SerialNumber.Magnitude.Length < 16)
        {
            yield return $"The serial number is encoded in {size} bytes.";
        }
    }
}
