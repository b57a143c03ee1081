using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Authorities;

/// <summary>What the room knows of itself while it runs: the CAs once they exist, and when it last signed.</summary>
internal sealed class AuthorityRegister
{
    private volatile AuthoritySet? pair;
    private volatile IReadOnlyDictionary<string, string> unbacked = new Dictionary<string, string>();
    private long lastIssue;
    private Func<string?> doubt = static () => null;

    /// <summary>All CAs, or null before initialisation.</summary>
    public AuthoritySet? Current => pair;

    /// <exception cref="RefusedException">NotInitialised.</exception>
    public AuthoritySet Demand() => pair ?? throw new RefusedException(RefusalCode.NotInitialised, "The CA has no keys yet.");

    public void Set(AuthoritySet authorities) => pair = authorities with { Unbacked = unbacked };

    /// <summary>Remembers whose key should be in a backup and is not, over every change of the CAs.</summary>
    /// <param name="why">CA and reason.</param>
    public void SetUnbacked(IReadOnlyDictionary<string, string> why)
    {
        unbacked = why;
        if (pair is { } authorities)
        {
            pair = authorities with { Unbacked = why };
        }
    }

    /// <summary>Names who watches the clock.</summary>
    /// <param name="watch">Why the clock cannot be believed now, by other sources of time; null when it can.</param>
    public void WatchedBy(Func<string?> watch) => doubt = watch;

    /// <summary>Remembers a moment at which something was signed.</summary>
    public void Signed(DateTimeOffset moment)
    {
        var ticks = moment.UtcTicks;
        long seen;
        while ((seen = Volatile.Read(ref lastIssue)) < ticks && Interlocked.CompareExchange(ref lastIssue, ticks, seen) != seen)
        {
        }
    }

    /// <summary>Every certificate and CRL is signed behind this: nothing that carries a time while other sources of time say that it would be wrong.</summary>
    /// <exception cref="RefusedException">ClockInDoubt; it passes by itself.</exception>
    [Clause("6.6.2.8-a")]
    public void DemandUndoubtedTime()
    {
        if (doubt() is { } why)
        {
            throw new RefusedException(RefusalCode.ClockInDoubt, why, "clock");
        }
    }

    /// <summary>The clock, if it can be trusted (R04).</summary>
    /// <exception cref="RefusedException">ClockInDoubt; Fault: the clock runs behind what was signed already.</exception>
    public DateTimeOffset DemandTrustedTime(DateTimeOffset now, PolicyValues values)
    {
        DemandUndoubtedTime();
        var last = Volatile.Read(ref lastIssue);
        return NotBackdated.ClockIsTrusted(last == 0 ? null : new DateTimeOffset(last, TimeSpan.Zero), now, values.BackdatingLimit)
            ? now
            : throw new RefusedException(RefusalCode.Fault, $"The clock says {now:u} and lies behind the newest signature; nothing is signed until it is right.");
    }
}
