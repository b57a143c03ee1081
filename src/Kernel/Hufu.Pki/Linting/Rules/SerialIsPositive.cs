namespace Hufu.Pki.Linting.Rules;

/// <summary>A serial number is greater than zero.</summary>
internal sealed class SerialIsPositive() : LintRule(
    "hufu_cert_serial_not_positive", LintSeverity.Error, "RFC 5280 4.1.2.2; R02", "A serial number is greater than zero.", "Take it from SerialNumber.Create.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (!subject.Tbs.SerialNumber.IsPositive)
        {
            yield return $"The serial number is {subject.Tbs.SerialNumber}.";
        }
    }
}
