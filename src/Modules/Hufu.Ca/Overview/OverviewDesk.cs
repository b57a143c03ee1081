using System.Globalization;
using System.Text.Json;
using Hufu.Ca.Alarms;
using Hufu.Ca.Authorities;
using Hufu.Ca.Crls;
using Hufu.Ca.Hierarchy;
using Hufu.Ca.Issuing;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Records;

namespace Hufu.Ca.Overview;

/// <summary>The CA's figures for those who may see them: <c>POST /api/ca/overview</c>, act ca.overview.read. Every question goes to an index and is bounded.</summary>
internal sealed class OverviewDesk(RoomContext context, CaDesks desks, CaOptions options)
{
    private const int Most = 5_000;
    private const long Day = 86_400_000;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    /// <exception cref="RefusedException">The act is not in order; FieldInvalid: the time asked for.</exception>
    public async Task<CaOverview> ReadAsync(ActRequest request, CancellationToken ct)
    {
        var all = desks.Authorities.Demand();
        var query = await context.Acts.RunAsync<OverviewQuery, OverviewQuery>(
            request, ActNames.CaOverviewRead, static _ => new ExpectedAct(ActNames.CaOverviewRead, "ca/overview"),
            static (_, _, query) => query.Until > query.From && query.Until - query.From <= Longest
                ? query
                : throw new RefusedException(RefusalCode.FieldInvalid, $"A time of at most {Longest.TotalDays:0} days.", "from"),
            ct).ConfigureAwait(false);
        return await context.Database.ReadAsync(session => Read(session, all, query), ct).ConfigureAwait(false);
    }

    private CaOverview Read(Session session, AuthoritySet all, OverviewQuery query)
    {
        var (from, until) = (query.From.ToUnixTimeMilliseconds(), query.Until.ToUnixTimeMilliseconds());
        var offset = (long)context.Policy.Values.TimeZone.GetUtcOffset(query.From).TotalMilliseconds;
        var issued = session.Query<CountRow>(
            "SELECT profile AS type, (issued_at + @offset) / 86400000 AS day, count(*) AS count FROM ca_certificates WHERE issued_at >= @from AND issued_at < @until GROUP BY profile, (issued_at + @offset) / 86400000 ORDER BY 2, 1 LIMIT @Most",
            new { from, until, offset, Most });
        var revoked = session.Query<ReasonRow>(
            "SELECT reason, (revoked_at + @offset) / 86400000 AS day, count(*) AS count FROM ca_revocations WHERE revoked_at >= @from AND revoked_at < @until GROUP BY reason, (revoked_at + @offset) / 86400000 ORDER BY 2, 1 LIMIT @Most",
            new { from, until, offset, Most });
        return new CaOverview(
            [.. issued.Select(row => new TypedCount(row.Type, DayText(row.Day), row.Count))],
            [.. revoked.Select(row => new TypedCount(row.Reason == 8 ? "resumed" : ((Hufu.Pki.RevocationReason)row.Reason).ToString(), DayText(row.Day), row.Count))],
            Deadlines(session, from, until), [.. all.All.Select(authority => Figures(session, authority))],
            [.. AlarmBook.Standing(session, 200).Select(alarm => new StandingAlarm(alarm.Kind, alarm.Object, alarm.Words, DateTimeOffset.FromUnixTimeMilliseconds(alarm.RaisedAt)))],
            IntentStore.CountUnsettled(session));
    }

    [Clause("6.2.7.3-b")]
    private static RevocationFigures Deadlines(Session session, long from, long until)
    {
        var row = session.QueryFirst<DeadlineRow>(
            """
            SELECT count(*) AS done, coalesce(sum(CASE WHEN due_at IS NOT NULL AND revoked_at > due_at THEN 1 ELSE 0 END), 0) AS late, coalesce(sum(CASE WHEN listed_at IS NULL THEN 1 ELSE 0 END), 0) AS unlisted,
                   coalesce(max(revoked_at - requested_at), 0) AS longest_done, coalesce(max(listed_at - revoked_at), 0) AS longest_crl
            FROM ca_revocations WHERE revoked_at >= @from AND revoked_at < @until AND reason <> 8
            """,
            new { from, until })!;
        return new RevocationFigures(row.Done, row.Late, row.Unlisted, TimeSpan.FromMilliseconds(row.LongestDone), TimeSpan.FromMilliseconds(row.LongestCrl));
    }

    private AuthorityFigures Figures(Session session, Authority authority)
    {
        var now = context.Clock.GetUtcNow();
        var crl = CrlStore.LatestFull(session, authority.Name);
        var made = crl is null ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(crl.ThisUpdate);
        return new AuthorityFigures(
            authority.Name, JsonNamingPolicy.KebabCaseLower.ConvertName(authority.State.ToString()), authority.Signer is not OfflineSigner, authority.Certificate.NotAfter,
            StopIssuing.DateOf(authority, context.Policy, options.ProfileAuthorities), crl?.Number ?? 0, now - made,
            authority.SignsCrls && made is { } at ? CrlTimes.Next(authority.Name, at, context.Policy.Values, options) ?? DateTimeOffset.FromUnixTimeMilliseconds(crl!.NextUpdate - ((crl.NextUpdate - crl.ThisUpdate) / 3)) : null,
            crl?.Entries ?? 0);
    }

    private static string DayText(long day) => DateTimeOffset.FromUnixTimeMilliseconds(day * Day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed class CountRow
    {
        public string Type { get; set; } = "";

        public long Day { get; set; }

        public long Count { get; set; }
    }

    private sealed class ReasonRow
    {
        public long Reason { get; set; }

        public long Day { get; set; }

        public long Count { get; set; }
    }

    private sealed class DeadlineRow
    {
        public long Done { get; set; }

        public long Late { get; set; }

        public long Unlisted { get; set; }

        public long LongestDone { get; set; }

        public long LongestCrl { get; set; }
    }
}
