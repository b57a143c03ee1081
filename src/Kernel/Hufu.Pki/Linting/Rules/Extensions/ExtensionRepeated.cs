namespace Hufu.Pki.Linting.Rules;

/// <summary>Each extension occurs once.</summary>
internal sealed class ExtensionRepeated() : SharedRule(
    "hufu_extension_repeated", LintTargets.Certificate | LintTargets.RevocationList | LintTargets.Request, LintSeverity.Error, "RFC 5280 4.2, 5.2",
    "Each extension occurs once.",
    "Correct the profile.", "同一扩展项不得重复出现。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        for (int i = 1; i < subject.Extensions.Count; i++)
        {
            for (int earlier = 0; earlier < i; earlier++)
            {
                if (subject.Extensions[earlier].Oid == subject.Extensions[i].Oid)
                {
                    report.Add($"The extension {subject.Extensions[i].Oid} occurs more than once.");
                    break;
                }
            }
        }
    }
}
