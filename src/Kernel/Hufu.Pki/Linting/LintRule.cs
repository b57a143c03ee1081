namespace Hufu.Pki.Linting;

/// <summary>One rule about a certificate, looked at before it is signed.</summary>
public abstract class LintRule
{
    private protected LintRule(string id, LintSeverity severity, string clause, string title, string advice)
    {
        Id = id;
        Severity = severity;
        Clause = clause;
        Title = title;
        Advice = advice;
    }

    /// <summary>
    /// The rule's name, stable from release to release: <c>hufu_</c>, what is linted (<c>cert</c>, <c>crl</c>, <c>req</c>), the part of it, what is wrong with it;
    /// lower case, words joined by underscores.
    /// </summary>
    public string Id { get; }

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
