namespace Hufu.Pki.Linting.Rules;

/// <summary>A dNSName is a host name in lower-case labels of letters, digits and hyphens; a wildcard only as the whole first label, above two more.</summary>
internal sealed class AlternativeNameHost() : SharedRule(
    "hufu_alternative_name_host", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "RFC 5280 4.2.1.6; RFC 1123",
    "A dNSName is a host name in lower-case labels of letters, digits and hyphens; a wildcard only as the whole first label, above two more.",
    "Correct the name, or refuse it.", "dNSName 须为小写的合法主机名；通配符只能作为完整的首标签。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (GeneralName name in subject.AlternativeNames)
        {
            if (name.Kind == GeneralNameKind.Dns && !HostName.IsWellFormed(name.Value))
            {
                report.Add($"'{name.Value}' is no host name.");
            }
        }
    }
}
