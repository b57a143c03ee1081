namespace Hufu.Pki.Linting;

/// <summary>One rule about a certificate, a list or a request.</summary>
public abstract class LintRule
{
    private protected LintRule(string id, LintTargets targets, LintSeverity severity, string clause, string title, string advice, string adviceZh)
    {
        Id = id;
        Targets = targets;
        Severity = severity;
        Clause = clause;
        Title = title;
        Advice = advice;
        AdviceZh = adviceZh;
    }

    /// <summary>
    /// The rule's name, stable from release to release: <c>hufu_</c>, then the part looked at, then what is wrong with it; lower case, words joined by underscores. Parts of
    /// a list begin with <c>crl_</c>, of a request with <c>request_</c>, constraints of a profile with <c>profile_</c>. The class has the same name in Pascal case.
    /// </summary>
    public string Id { get; }

    /// <summary>What it looks at.</summary>
    public LintTargets Targets { get; }

    /// <summary>How bad breaking it is.</summary>
    public LintSeverity Severity { get; }

    /// <summary>Where it comes from.</summary>
    public string Clause { get; }

    /// <summary>What is right, in a sentence.</summary>
    public string Title { get; }

    /// <summary>What to do when it is broken, in English.</summary>
    public string Advice { get; }

    /// <summary>The same in Chinese.</summary>
    public string AdviceZh { get; }

    /// <summary>Looks; adds a message for each thing found.</summary>
    internal abstract void Check(LintSubject subject, LintReport report);
}

/// <summary>A rule about fields that certificates, lists and requests share.</summary>
internal abstract class SharedRule(string id, LintTargets targets, LintSeverity severity, string clause, string title, string advice, string adviceZh)
    : LintRule(id, targets, severity, clause, title, advice, adviceZh);

/// <summary>A rule about certificates.</summary>
internal abstract class CertificateRule(string id, LintSeverity severity, string clause, string title, string advice, string adviceZh)
    : LintRule(id, LintTargets.Certificate, severity, clause, title, advice, adviceZh)
{
    internal sealed override void Check(LintSubject subject, LintReport report) => Check((CertificateSubject)subject, report);

    protected abstract void Check(CertificateSubject subject, LintReport report);
}

/// <summary>A rule about what a profile asks of its certificates; silent without a profile.</summary>
internal abstract class ProfileRule(string id, LintSeverity severity, string clause, string title, string advice, string adviceZh)
    : CertificateRule(id, severity, clause, title, advice, adviceZh)
{
    protected sealed override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Profile is { } profile)
        {
            Check(subject, profile, report);
        }
    }

    protected abstract void Check(CertificateSubject subject, LintProfile profile, LintReport report);
}

/// <summary>A rule about revocation lists.</summary>
internal abstract class RevocationListRule(string id, LintSeverity severity, string clause, string title, string advice, string adviceZh)
    : LintRule(id, LintTargets.RevocationList, severity, clause, title, advice, adviceZh)
{
    internal sealed override void Check(LintSubject subject, LintReport report) => Check((RevocationListSubject)subject, report);

    protected abstract void Check(RevocationListSubject subject, LintReport report);
}

/// <summary>A rule about the entries of a list: one fault, looked for in the one pass over them.</summary>
internal abstract class RevokedEntryRule(EntryFault fault, string id, LintSeverity severity, string clause, string title, string advice, string adviceZh)
    : RevocationListRule(id, severity, clause, title, advice, adviceZh)
{
    protected sealed override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Entries.Count(fault) is var count and > 0)
        {
            report.Add($"{count} of {subject.Entries.Total} entries; the first is serial {subject.Entries.First(fault)}.");
        }
    }
}

/// <summary>A rule about certification requests.</summary>
internal abstract class RequestRule(string id, LintSeverity severity, string clause, string title, string advice, string adviceZh)
    : LintRule(id, LintTargets.Request, severity, clause, title, advice, adviceZh)
{
    internal sealed override void Check(LintSubject subject, LintReport report) => Check((RequestSubject)subject, report);

    protected abstract void Check(RequestSubject subject, LintReport report);
}
