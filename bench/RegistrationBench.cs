using System.Diagnostics;
using System.Globalization;
using Hufu.Contracts;
using Hufu.Ra;
using Hufu.Ra.Search;
using Hufu.Ra.Vetting;
using Hufu.Records;
using Hufu.Testing;

/// <summary>
/// Registration on PostgreSQL: first pages a second of the work queue and of a search by name, at random filters and offsets, one session, without a cache, over ten million applications; peer the same
/// over ten thousand. The rows are made inside the database, as many as HUFU_BENCH_APPLICATIONS says. Prints the slowest first page too (bar: 100 ms). And <see cref="PairInToken"/>.
/// </summary>
internal sealed class RegistrationBench : IBench
{
    private const int Calls = 400;
    private const int Runs = 5;
    private const int Small = 10_000;
    private static readonly long Large = long.TryParse(Environment.GetEnvironmentVariable("HUFU_BENCH_APPLICATIONS"), out var rows) ? rows : 10_000_000;
    private static readonly string[] Profiles = ["organisation", "person", "server"];

    public string Name => "registration";

    public string Title => "Registration on PostgreSQL, wall clock, medians of five (bars: queue-10m 0.5, search-10m 0.5, first page under 100 ms)";

    public IEnumerable<BenchRow> Run()
    {
        if (Wanted("pair-in-token"))
        {
            yield return PairInToken.Run();
        }

        if (!Wanted("queue-10m") && !Wanted("search-10m"))
        {
            yield break;
        }

        var server = PostgresServer.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        try
        {
            using var small = new Place(server, Small);
            using var large = new Place(server, Large);
            yield return Row("queue-10m", large, small, QueuePage);
            yield return Row("search-10m", large, small, SearchPage);
        }
        finally
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    // While one row is worked on: HUFU_BENCH_ROWS=pair-in-token.
    private static bool Wanted(string row) => Environment.GetEnvironmentVariable("HUFU_BENCH_ROWS") is not { Length: > 0 } rows || rows.Split(',').Contains(row);

    private static BenchRow Row(string name, Place large, Place small, Action<Session, Place, int> page)
    {
        double[] ours = new double[Runs], peer = new double[Runs];
        double slowest = 0;
        for (var run = -1; run < Runs; run++)
        {
            var (mine, worst) = Rate(large, page, run);
            var (theirs, _) = Rate(small, page, run);
            if (run >= 0)
            {
                (ours[run], peer[run]) = (mine, theirs);
                slowest = Math.Max(slowest, worst);
            }
        }

        Array.Sort(ours);
        Array.Sort(peer);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: slowest page of {Runs * Calls} {slowest:N1} ms (bar 100): {(slowest < 100 ? "ok" : "missed")}; ratio bar 0.5: {(ours[Runs / 2] >= 0.5 * peer[Runs / 2] ? "ok" : "missed")}"));
        return new BenchRow(name, ours[Runs / 2], peer[Runs / 2], ours[Runs / 2] / peer[Runs / 2], 0);
    }

    private static (double Rate, double Slowest) Rate(Place place, Action<Session, Place, int> page, int run)
    {
        var (slowest, watch) = (0.0, Stopwatch.StartNew());
        for (var i = 0; i < Calls; i++)
        {
            var before = watch.Elapsed;
            var seed = (run * Calls) + i + 7919;
            place.Database.ReadAsync(
                session =>
                {
                    page(session, place, seed);
                    return true;
                },
                CancellationToken.None).GetAwaiter().GetResult();
            slowest = Math.Max(slowest, (watch.Elapsed - before).TotalMilliseconds);
        }

        return (Calls / watch.Elapsed.TotalSeconds, slowest);
    }

    // A page of a queue as a clerk or vetter turns to it: state, sometimes a type, somewhere in the queue; rows and the count that is shown above.
    private static void QueuePage(Session session, Place place, int seed)
    {
        var state = seed % 3 == 0 ? ApplicationState.Entered : ApplicationState.Submitted;
        var at = (long)(Mix(seed) % (ulong)place.Rows);
        var ask = new QueueStore.Ask(state, "P0001", null, seed % 2 == 0 ? Profiles[seed % Profiles.Length] : null, null, new QueueStore.Place(Place.Start + at, "", ""), 50);
        if (QueueStore.Page(session, ask).Count == 0 && at < place.Rows - 200)
        {
            throw new InvalidOperationException("An empty page: the bench measures nothing.");
        }

        QueueStore.Count(session, ask);
    }

    private static void SearchPage(Session session, Place place, int seed)
    {
        var number = (long)(Mix(seed) % (ulong)place.Rows);
        var title = Place.TitleOf(number);
        var ask = new SearchStore.Ask(null, null, title[..^1], null, seed % 2 == 0 ? Profiles[number % 3] : null, null, null, null, 50);
        if (SearchStore.Page(session, ask).Count == 0 && ask.Profile is null)
        {
            throw new InvalidOperationException("Nothing found: the bench measures nothing.");
        }
    }

    private static ulong Mix(int seed)
    {
        var x = (ulong)seed * 0x9E3779B97F4A7C15;
        x ^= x >> 29;
        x *= 0xBF58476D1CE4E5B9;
        return x ^ (x >> 32);
    }

    private sealed class Place : IDisposable
    {
        public const long Start = 1_700_000_000_000;

        public Place(PostgresServer server, long rows)
        {
            Rows = rows;
            var schema = PostgresServer.NewSchema("ra");
            Database = Database.OpenAsync(
                new DatabaseOptions { Postgres = server.ConnectionString, Schema = schema, Clock = TimeProvider.System }, Migration.FromAssembly(typeof(RaModule).Assembly), CancellationToken.None).GetAwaiter().GetResult();
            var watch = Stopwatch.StartNew();
            // Half wait for the clerk or the vetter, half are in force: what an RA of some years looks like on its worst day.
            server.RunSqlAsync("hufu", $"""
                SET search_path = {schema}; SET synchronous_commit = off; SET maintenance_work_mem = '1GB';
                CREATE TEMP TABLE made AS SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = '{schema}' AND tablename = 'ra_applications' AND indexname NOT LIKE '%pkey';
                DO $$ DECLARE one record; BEGIN FOR one IN SELECT * FROM made LOOP EXECUTE 'DROP INDEX ' || one.indexname; END LOOP; END $$;
                INSERT INTO ra_applications (id, profile, state, title, fields, request, key_digest, data_digest, holder, publish, agreement_version, agreement_at, token_digest, created_at, waiting_since, due_at, signing_serial, entered_by)
                SELECT 'A' || lpad(n::text, 16, '0'), (ARRAY['organisation','person','server'])[(1 + n % 3)::int], (ARRAY['Submitted','Accepted','Entered','Accepted'])[(1 + n % 4)::int], '机构' || lpad((n * 7919 % {rows})::text, 8, '0'),
                    '\x00', '\x00', 'k' || n, 'd', 'h' || n % ({rows} / 2), 1, '1.0', 0, 't', {Start} + n, {Start} + n, {Start} + n, CASE WHEN n % 2 = 1 THEN md5(n::text) END,
                    CASE WHEN n % 4 = 2 THEN CASE WHEN n % 10 = 2 THEN 'P0001' ELSE 'P0002' END END
                FROM generate_series(0::bigint, {rows - 1}) AS n;
                INSERT INTO ra_staff_acts (application, step, person, statement, signature, certificate, payload, done_at)
                SELECT 'A' || lpad(n::text, 16, '0'), 'entry', CASE WHEN n % 10 = 2 THEN 'P0001' ELSE 'P0002' END, '', '\x00', '\x00', '\x00', 0 FROM generate_series(2::bigint, {rows - 1}, 4) AS n;
                DO $$ DECLARE one record; BEGIN FOR one IN SELECT * FROM made LOOP EXECUTE one.indexdef; END LOOP; END $$;
                ANALYZE ra_staff_acts;
                """, CancellationToken.None).GetAwaiter().GetResult();
            // What autovacuum does in its own time: pages that are all visible are counted from the index alone.
            server.RunSqlAsync("hufu", $"VACUUM (ANALYZE) {schema}.ra_applications", CancellationToken.None).GetAwaiter().GetResult();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {rows:N0} applications made in {watch.Elapsed.TotalSeconds:N0} s"));
        }

        public long Rows { get; }

        public Database Database { get; }

        public static string TitleOf(long number) => "机构" + number.ToString("00000000", CultureInfo.InvariantCulture);

        public void Dispose() => Database.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
