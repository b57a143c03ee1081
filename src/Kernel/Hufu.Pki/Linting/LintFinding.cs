namespace Hufu.Pki.Linting;

/// <summary>How bad a finding is.</summary>
public enum LintSeverity
{
    /// <summary>May be signed; somebody should know.</summary>
    Warning,

    /// <summary>Must not be signed.</summary>
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

/// <summary>One thing that a rule found.</summary>
/// <param name="RuleId">Which rule.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Clause">The standard's clause that the rule comes from.</param>
/// <param name="Message">What is wrong with this certificate.</param>
/// <param name="Advice">What to do.</param>
public sealed record LintFinding(string RuleId, LintSeverity Severity, string Clause, string Message, string Advice);
