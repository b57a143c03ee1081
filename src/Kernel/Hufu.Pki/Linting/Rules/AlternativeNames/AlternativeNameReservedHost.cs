namespace Hufu.Pki.Linting.Rules;

/// <summary>A dNSName is not one that is reserved for examples, tests and private networks.</summary>
internal sealed class AlternativeNameReservedHost() : SharedRule(
    "hufu_alternative_name_reserved_host", LintTargets.Certificate | LintTargets.Request, LintSeverity.Warning, "RFC 6761; RFC 2606; R13",
    "A dNSName is not one that is reserved for examples, tests and private networks.",
    "Certify names that the holder controls.", "域名为保留名（示例、测试或内网），请改用持有者可控制的域名。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (GeneralName name in subject.AlternativeNames)
        {
            if (name.Kind == GeneralNameKind.Dns && HostName.IsReserved(name.Value))
            {
                report.Add($"'{name.Value}' is a reserved name.");
            }
        }
    }
}
