namespace Hufu.Pki.Linting;

/// <summary>One rule about a certificate, looked at before it is signed.</summary>
public abstract class LintRule
{
    private protected LintRule(LintSeverity severity, string clause, string title, string advice)
    {
        Severity = severity;
        Clause = clause;
        Title = title;
        Advice = advice;
    }

    /// <summary>The rule's name, which is also its class's.</summary>
    public string Id => GetType().Name;

    /// <summary>How bad breaking it is.</summary>
    public LintSeverity Severity { get; }

    /// <summary>Where it comes from.</summary>
    public string Clause { get; }

    /// <summary>The rule in a sentence.</summary>
    public string Title { get; }

    /// <summary>What to do when it is broken.</summary>
    public string Advice { get; }

    /// <summary>Looks; one message for each thing found.</summary>
    internal abstract IEnumerable<string> Check(LintSubject subject);
}
