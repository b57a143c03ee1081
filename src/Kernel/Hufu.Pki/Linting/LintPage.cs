using System.Text;

namespace Hufu.Pki.Linting;

/// <summary>The page that lists the rules: docs/lint.md, made from the rules themselves.</summary>
public static class LintPage
{
    /// <summary>The page in Markdown, lines ending in a line feed.</summary>
    public static string Write()
    {
        StringBuilder page = new();
        page.Append("# Lint rules\n\n");
        page.Append("Generated from the rules by `./hufu lint --page`; a test keeps it fresh. `./hufu lint FILE [--profile NAME] [--json]` applies them to a certificate, a list or a request,\n");
        page.Append("DER or PEM; the CA applies them to the bytes of every certificate before it signs them. Exit code 0: nothing of severity error; 1: at least one; 2: not readable.\n\n");
        page.Append("An **error** is what a standard or a rule of this project forbids: it is not signed. A **warning** is what a standard advises against, or some peers refuse. A **notice** is worth knowing.\n");
        page.Append("Ids are stable: `hufu_`, the part looked at, what is wrong with it. Parts of a list begin with `crl_`, of a request with `request_`; `profile_` rules look only when a profile is named.\n");
        page.Append('`').Append(Linter.UnreadableId).Append("` is no rule: it stands for bytes that do not read as what they are given as.\n\n");
        page.Append($"{Linter.Rules.Count} rules: ");
        page.AppendJoin(", ", Enum.GetValues<LintSeverity>().OrderDescending().Select(s => $"{Linter.Rules.Count(r => r.Severity == s)} {Word(s)}s")).Append(".\n\n");
        page.Append("| id | severity | applies to | clause | what is right | 处理建议 |\n|---|---|---|---|---|---|\n");
        foreach (LintRule rule in Linter.Rules)
        {
            page.Append($"| {rule.Id} | {Word(rule.Severity)} | {Targets(rule.Targets)} | {rule.Clause} | {rule.Title} | {rule.AdviceZh} |\n");
        }

        return page.ToString();
    }

    /// <summary>The word for a severity: error, warning, notice.</summary>
    public static string Word(LintSeverity severity) => severity switch
    {
        LintSeverity.Error => "error",
        LintSeverity.Warning => "warning",
        _ => "notice",
    };

    private static string Targets(LintTargets targets) => string.Join(", ", new[]
    {
        targets.HasFlag(LintTargets.Certificate) ? "certificate" : "",
        targets.HasFlag(LintTargets.RevocationList) ? "list" : "",
        targets.HasFlag(LintTargets.Request) ? "request" : "",
    }.Where(t => t.Length > 0));
}
