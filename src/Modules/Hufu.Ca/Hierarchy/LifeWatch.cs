using Hufu.Ca.Alarms;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Crls;
using Hufu.Ca.Services;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;

namespace Hufu.Ca.Hierarchy;

/// <summary>
/// Looks at the lives of the platform's own certificates: alarms 60, 30 and 7 days before one ends that nothing follows yet (R18), and before a CA's stop-issuing date (6.6.1.6-b); ends a closing CA
/// once its last certificate has ended and a CRL came after that (6.6.1.6-a).
/// </summary>
internal sealed class LifeWatch(Database database, Policy policy, TimeProvider clock, AuthorityRegister authorities, AlarmBook alarms, CaOptions options)
{
    private static readonly int[] Days = [7, 30, 60];
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private readonly HashSet<string> endedNow = new(StringComparer.Ordinal);
    private DateTimeOffset looked = DateTimeOffset.MinValue;

    /// <summary>Looks, if it is time.</summary>
    /// <returns>Whether it looked.</returns>
    public async Task<bool> LookAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (authorities.Current is not { } all || now - looked < Every)
        {
            return false;
        }

        looked = now;
        var ended = await database.WriteAsync(session => Look(session, all, now), ct).ConfigureAwait(false);
        if (ended)
        {
            authorities.Set(new AuthoritySet([.. all.All.Select(authority => IsEnded(authority) ? authority with { State = AuthorityState.Ended } : authority)]));
        }

        return true;
    }

    private bool IsEnded(Authority authority) => endedNow.Contains(authority.Name);

    [Clause("6.6.1.6-a")]
    [Clause("6.6.1.6-b")]
    private bool Look(Session session, AuthoritySet all, DateTimeOffset now)
    {
        endedNow.Clear();
        WatchOwn(session, now);
        foreach (var authority in all.All)
        {
            if (authority.State == AuthorityState.Active)
            {
                var stop = StopIssuing.DateOf(authority, policy, options.ProfileAuthorities);
                Warn(session, AlarmKinds.StopIssuing, $"ca/{authority.Name}", stop, now, $"'{authority.Name}' stops issuing on {stop:u}: change its key before.");
            }
            else
            {
                Clear(session, AlarmKinds.StopIssuing, $"ca/{authority.Name}");
            }

            if (authority.State == AuthorityState.Closing && !IsNeeded(session, authority.Name, now))
            {
                AuthorityStore.SetState(session, authority.Name, AuthorityState.Ended);
                endedNow.Add(authority.Name);
            }
        }

        return endedNow.Count > 0;
    }

    // A certificate under it lives, or the last CRL does not come after the last end: then its key is still needed.
    private static bool IsNeeded(Session session, string ca, DateTimeOffset now)
    {
        var last = session.Scalar<long?>("SELECT max(not_after) FROM ca_certificates WHERE issuer = @ca", new { ca }) ?? 0;
        return last >= now.ToUnixTimeMilliseconds() || CrlStore.LatestRegular(session, ca) is not { } crl || crl.ThisUpdate <= last;
    }

    // One alarm a threshold. What is followed by a later certificate of the same holder and profile is renewed.
    private void WatchOwn(Session session, DateTimeOffset now)
    {
        var rows = session.Query<OwnRow>(
            """
            SELECT c.issuer, c.serial, c.kind, c.profile, c.holder, c.not_after FROM ca_certificates c
            WHERE (c.kind = 'service' OR c.kind = 'staff' OR c.kind = 'authority') AND c.revoked = 0 AND (c.not_after >= @from OR c.kind = 'service') AND c.not_after <= @to
              AND NOT EXISTS (SELECT 1 FROM ca_certificates n WHERE n.holder = c.holder AND n.issued_at > c.issued_at AND n.profile = c.profile AND n.not_after > c.not_after)
              AND NOT (c.kind = 'service' AND EXISTS (SELECT 1 FROM ca_authorities a WHERE a.name = c.issuer AND a.state = 'Ended'))
            ORDER BY c.not_after LIMIT 1000
            """,
            new { from = now.ToUnixTimeMilliseconds() - 86_400_000L, to = (now + TimeSpan.FromDays(Days[^1])).ToUnixTimeMilliseconds() });
        foreach (var row in rows)
        {
            var end = DateTimeOffset.FromUnixTimeMilliseconds(row.NotAfter);
            if (end < now && row.Kind == CertificateUse.Service)
            {
                // An alarm of its own: what was raised before its end does not say what to do now.
                alarms.Raise(session, AlarmKinds.CertificateEnds, $"certificate/{row.Issuer}/{row.Serial}/0", Words(row, end, now));
                continue;
            }

            Warn(session, AlarmKinds.CertificateEnds, $"certificate/{row.Issuer}/{row.Serial}", end, now, Words(row, end, now));
        }

        foreach (var alarm in AlarmBook.Standing(session, 1_000).Where(alarm => alarm.Kind == AlarmKinds.CertificateEnds && !rows.Any(row => alarm.Object.StartsWith($"certificate/{row.Issuer}/{row.Serial}/", StringComparison.Ordinal))))
        {
            alarms.Clear(session, alarm.Kind, alarm.Object);
        }
    }

    // What renews itself says so until its end; afterwards, and for people at any time, somebody has to act.
    private static string Words(OwnRow row, DateTimeOffset end, DateTimeOffset now) => row.Kind switch
    {
        CertificateUse.Service when end < now && row.Holder == StatusSignerDesk.HolderOf(row.Issuer) => $"{row.Profile} of {row.Holder} ended on {end:u}: no status is told of its CA. Have its key certified again: POST /api/ca/services/signers.",
        CertificateUse.Service when end < now => $"{row.Profile} of {row.Holder} ended on {end:u}: nobody believes its messages. Put it in force again: hufu repair.",
        CertificateUse.Staff => $"{row.Profile} of {row.Holder} ends on {end:u}: hufu repair certifies the same key again.",
        _ => $"{row.Profile} of {row.Holder} ends on {end:u}.",
    };

    private void Warn(Session session, string kind, string target, DateTimeOffset end, DateTimeOffset now, string words)
    {
        foreach (var days in Days)
        {
            if (end - now <= TimeSpan.FromDays(days))
            {
                alarms.Raise(session, kind, $"{target}/{days}", words);
            }
        }
    }

    private void Clear(Session session, string kind, string target)
    {
        foreach (var days in Days)
        {
            alarms.Clear(session, kind, $"{target}/{days}");
        }
    }

    private sealed record OwnRow(string Issuer, string Serial, string Kind, string Profile, string Holder, long NotAfter);
}
