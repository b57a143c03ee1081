using Hufu.Ca.Certificates;
using Hufu.Contracts;

namespace Hufu.Ca.Revocation;

/// <summary>What is done to a certificate's standing.</summary>
internal enum StandingChange
{
    /// <summary>Revoked for good.</summary>
    Revoke,

    /// <summary>Suspended: certificateHold.</summary>
    Suspend,

    /// <summary>The suspension is lifted.</summary>
    Resume,
}

/// <summary>A change of standing that somebody with the right asks for, whatever door it came through.</summary>
/// <param name="Change">What.</param>
/// <param name="Issuer">The issuing CA's name.</param>
/// <param name="Serial">Serial of one of the pair, hex.</param>
/// <param name="Reason">Of a revocation.</param>
/// <param name="Case">Ground, who asks, since when; null from senders that do not say.</param>
/// <param name="RequestedBy">Who asked and by what means it was proven.</param>
/// <param name="RequestedAt">When it was asked for.</param>
/// <param name="Requester">The room that sent it, or the person who acted.</param>
internal sealed record RevocationChange(
    StandingChange Change, string Issuer, string Serial, RevocationReason Reason, RevocationCase? Case, string RequestedBy, DateTimeOffset RequestedAt, string Requester)
{
    public RevocationAsker Asker => Case?.Asker ?? RevocationAsker.Authority;

    /// <summary>The reason of the event that is written.</summary>
    public long Event => Change switch
    {
        StandingChange.Revoke => (long)Reason,
        StandingChange.Suspend => RevocationStore.Hold,
        _ => RevocationStore.Lifting,
    };
}

/// <summary>How a change came out.</summary>
/// <param name="Pair">The certificates, the signing one first.</param>
/// <param name="At">When it happened, this time or the first; Unix milliseconds.</param>
/// <param name="Fresh">Whether it happened now.</param>
internal sealed record RevocationOutcome(IReadOnlyList<CertificateRow> Pair, long At, bool Fresh)
{
    public IReadOnlyList<string> Serials => [.. Pair.OrderByDescending(row => row.Kind, StringComparer.Ordinal).Select(row => row.Serial)];

    public DateTimeOffset Moment => DateTimeOffset.FromUnixTimeMilliseconds(At);
}
