namespace Hufu.Pki.Linting.Rules;

/// <summary>Alternative names are hosts, mail addresses, URIs, IP addresses or directory names.</summary>
internal sealed class AlternativeNameKind() : SharedRule(
    "hufu_alternative_name_kind", LintTargets.Certificate | LintTargets.Request, LintSeverity.Notice, "RFC 5280 4.2.1.6",
    "Alternative names are hosts, mail addresses, URIs, IP addresses or directory names.",
    "Check that relying parties understand the kind.", "含少见的别名类型，请确认依赖方可以识别。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (GeneralName name in subject.AlternativeNames)
        {
            if (name.Kind is not (GeneralNameKind.Dns or GeneralNameKind.Email or GeneralNameKind.Uri or GeneralNameKind.IpAddress or GeneralNameKind.Directory))
            {
                report.Add($"An alternative name is {name.Kind}.");
            }
        }
    }
}
