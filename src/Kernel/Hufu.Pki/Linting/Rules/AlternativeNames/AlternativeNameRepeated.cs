namespace Hufu.Pki.Linting.Rules;

/// <summary>subjectAltName holds each name once.</summary>
internal sealed class AlternativeNameRepeated() : SharedRule(
    "hufu_alternative_name_repeated", LintTargets.Certificate | LintTargets.Request, LintSeverity.Warning, "RFC 5280 4.2.1.6",
    "subjectAltName holds each name once.",
    "Remove the repetition.", "subjectAltName 中名称不应重复。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        IReadOnlyList<GeneralName> names = subject.AlternativeNames;
        HashSet<(GeneralNameKind, string)>? seen = names.Count > 1 ? [] : null;
        foreach (GeneralName name in names)
        {
            if (seen?.Add((name.Kind, name.Value)) == false)
            {
                report.Add($"'{name.Value}' occurs twice.");
            }
        }
    }
}
