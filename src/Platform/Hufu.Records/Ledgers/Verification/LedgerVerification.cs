using Hufu.Pki;

namespace Hufu.Records;

/// <summary>What a verification starts from.</summary>
public sealed record LedgerVerification
{
    /// <summary>An earlier head, kept elsewhere: finds a log that was rewritten consistently.</summary>
    public SignedHead? Since { get; init; }

    /// <summary>SM3 over the audit key's SubjectPublicKeyInfo (64 hex digits) as the auditor knows it; finds a log forged with another key. Null: the key in record 0 is taken.</summary>
    public string? Key { get; init; }

    /// <summary>Whether the signatures of the signed acts are verified too.</summary>
    public ActSignatures Acts { get; init; } = ActSignatures.Verify;

    /// <summary>
    /// CA certificates that the auditor trusts: roots (self-signed) and the CAs below them. When given, every signer's certificate must lead to a root of these by signatures, and be
    /// in its validity when the act was signed; the audit key's certificate too, when it lies beside the log. Null: certificates are taken by their digest in the log.
    /// </summary>
    public IReadOnlyList<Certificate>? Authorities { get; init; }

    /// <summary>The most findings of each ledger; the count of what is wrong does not matter after so many.</summary>
    public int MaxFindings { get; init; } = 100;
}

/// <summary>Whether signatures of acts are verified.</summary>
public enum ActSignatures
{
    /// <summary>Each one, with the certificate found in the log.</summary>
    Verify,
    /// <summary>Only the tree and the heads: for a first quick look.</summary>
    LeaveOut,
}
