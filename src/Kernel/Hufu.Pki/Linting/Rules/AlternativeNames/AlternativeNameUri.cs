namespace Hufu.Pki.Linting.Rules;

/// <summary>A uniformResourceIdentifier is absolute.</summary>
internal sealed class AlternativeNameUri() : SharedRule(
    "hufu_alternative_name_uri", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "RFC 5280 4.2.1.6",
    "A uniformResourceIdentifier is absolute.",
    "Write scheme and authority.", "URI 须为绝对地址。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (GeneralName name in subject.AlternativeNames)
        {
            if (name.Kind == GeneralNameKind.Uri && !Uri.TryCreate(name.Value, UriKind.Absolute, out _))
            {
                report.Add($"'{name.Value}' is no absolute address.");
            }
        }
    }
}
