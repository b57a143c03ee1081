namespace Hufu.Pki.Linting;

/// <summary>Collects findings while the rules look.</summary>
internal sealed class LintReport
{
    /// <summary>Messages of one rule about one object: a hostile one with a thousand bad names costs no thousand messages.</summary>
    internal const int MostOfOneRule = 8;

    private readonly List<LintFinding> _findings = [];
    private LintRule? _rule;
    private int _count;

    internal IReadOnlyList<LintFinding> Findings => _findings;

    internal void Begin(LintRule rule)
    {
        _rule = rule;
        _count = 0;
    }

    internal void Add(string message)
    {
        if (_rule is { } rule && _count++ < MostOfOneRule)
        {
            _findings.Add(new LintFinding(rule.Id, rule.Severity, rule.Clause, message, rule.Advice, rule.AdviceZh));
        }
    }
}
