namespace Hufu.Pki.Linting.Rules;

/// <summary>An iPAddress has 4 or 16 bytes.</summary>
internal sealed class AlternativeNameIpSize() : SharedRule(
    "hufu_alternative_name_ip_size", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "RFC 5280 4.2.1.6",
    "An iPAddress has 4 or 16 bytes.",
    "Write the address without a mask.", "iPAddress 须为 4 或 16 字节。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (GeneralName name in subject.AlternativeNames)
        {
            if (name.Kind == GeneralNameKind.IpAddress && name.RawData.Length is not (6 or 18))
            {
                report.Add($"The address {name.Value} has {name.RawData.Length - 2} bytes.");
            }
        }
    }
}
