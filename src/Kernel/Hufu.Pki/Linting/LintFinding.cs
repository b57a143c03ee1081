namespace Hufu.Pki.Linting;

/// <summary>How bad a finding is.</summary>
public enum LintSeverity
{
    /// <summary>Worth knowing; nothing is wrong.</summary>
    Notice,

    /// <summary>A standard advises against it, or some peers refuse it. May be signed.</summary>
    Warning,

    /// <summary>A standard or a rule of this project forbids it. Must not be signed.</summary>
    Error,
}

/// <summary>What a certificate is meant to be; decides which rules apply.</summary>
public enum CertificateKind
{
    /// <summary>A self-issued CA certificate.</summary>
    Root,

    /// <summary>A CA certificate below another.</summary>
    Authority,

    /// <summary>Everybody else: holders, staff, rooms, OCSP responders, time-stamping authorities.</summary>
    EndEntity,
}

/// <summary>What can be linted.</summary>
[Flags]
public enum LintTargets
{
    /// <summary>Nothing that is known.</summary>
    None = 0,

    /// <summary>A certificate, or the bytes of one before it is signed.</summary>
    Certificate = 1,

    /// <summary>A certificate revocation list.</summary>
    RevocationList = 2,

    /// <summary>A certification request (PKCS#10, GM/T 0092).</summary>
    Request = 4,
}

/// <summary>One thing that a rule found.</summary>
/// <param name="RuleId">Which rule.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Clause">The standard's clause that the rule comes from.</param>
/// <param name="Message">What is wrong with this object.</param>
/// <param name="Advice">What to do, in English.</param>
/// <param name="AdviceZh">What to do, in Chinese.</param>
public sealed record LintFinding(string RuleId, LintSeverity Severity, string Clause, string Message, string Advice, string AdviceZh);

/// <summary>What came out of linting one object.</summary>
/// <param name="Target">What it was taken for; <see cref="LintTargets.None"/> when it is none of the known ones.</param>
/// <param name="Kind">For a certificate: by which kind's rules it was judged.</param>
/// <param name="Findings">In the order of the rules; empty when all is well.</param>
public sealed record LintResult(LintTargets Target, CertificateKind? Kind, IReadOnlyList<LintFinding> Findings)
{
    /// <summary>False when the bytes do not read; then the only finding is <see cref="Linter.UnreadableId"/>.</summary>
    public bool IsReadable => Findings.Count != 1 || Findings[0].RuleId != Linter.UnreadableId;

    /// <summary>True when at least one finding is an error.</summary>
    public bool HasErrors => Findings.Any(f => f.Severity == LintSeverity.Error);
}
