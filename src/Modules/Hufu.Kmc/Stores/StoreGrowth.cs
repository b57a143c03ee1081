using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Kmc.Stores;

/// <summary>Growth and forecast from the counts of past days.</summary>
internal sealed class StoreGrowth(Database database, TimeProvider clock)
{
    private const int Window = 30;
    private const int Year = 365;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    private long _noted;

    /// <summary>Notes today's counts; at most every ten minutes.</summary>
    public async Task NoteAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (now - Interlocked.Read(ref _noted) < (long)Every.TotalMilliseconds)
        {
            return;
        }

        Interlocked.Exchange(ref _noted, now);
        await database.WriteAsync(session => Note(session, Day(now), PairStores.Count(session)), ct);
    }

    /// <summary>The forecast.</summary>
    public Task<StoreForecast> ForecastAsync(CancellationToken ct) => database.ReadAsync(
        session =>
        {
            var now = PairStores.Count(session);
            var today = Day(clock.GetUtcNow().ToUnixTimeMilliseconds());
            var first = session.QueryFirst<Row>("SELECT day, in_use, history FROM kmc_day WHERE day >= @from AND day < @today ORDER BY day LIMIT 1", new { from = today - Window, today });
            if (first is null)
            {
                return new StoreForecast(now, 0, 0, 0, now.InUse, now.History, null);
            }

            double days = today - first.Day;
            var retired = Math.Max(0, (now.History - first.History) / days);
            var given = Math.Max(0, ((now.InUse + now.History) - (first.InUse + first.History)) / days);
            return new StoreForecast(
                now, (int)days, given, retired, Math.Max(0, now.InUse + (long)((given - retired) * Year)), now.History + (long)(retired * Year), given > 0 ? now.Spare / given : null);
        },
        ct);

    /// <summary>The counts of a day, as of its last note.</summary>
    public static void Note(Session session, long day, KeyStores counts) => session.Execute(
        """
        INSERT INTO kmc_day (day, spare, in_use, history) VALUES (@day, @Spare, @InUse, @History)
        ON CONFLICT (day) DO UPDATE SET spare = excluded.spare, in_use = excluded.in_use, history = excluded.history
        """,
        new { day, counts.Spare, counts.InUse, counts.History });

    private static long Day(long milliseconds) => milliseconds / 86_400_000;

    private sealed record Row(long Day, long InUse, long History);
}
