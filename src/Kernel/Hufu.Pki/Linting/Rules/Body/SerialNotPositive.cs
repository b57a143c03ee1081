namespace Hufu.Pki.Linting.Rules;

/// <summary>A serial number is greater than zero.</summary>
internal sealed class SerialNotPositive() : CertificateRule(
    "hufu_serial_not_positive", LintSeverity.Error, "RFC 5280 4.1.2.2; R02",
    "A serial number is greater than zero.",
    "Take it from SerialNumber.Create.", "序列号应为正整数，由 SerialNumber.Create 产生。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (!subject.Tbs.SerialNumber.IsPositive)
        {
            report.Add($"The serial number is {subject.Tbs.SerialNumber}.");
        }
    }
}
