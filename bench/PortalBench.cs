using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Testing;

/// <summary>
/// What people wait for, on loopback, over the running platform on PostgreSQL: the public site's first page with all that it loads (bars: 200 ms, 100 KB), and a clerk's queue with ten million applications
/// behind it: the page, and the signed reading of its first fifty rows (bar: 300 ms together). HUFU_BENCH_APPLICATIONS makes it smaller.
/// </summary>
internal sealed partial class PortalBench : IBench
{
    private const int Runs = 21;
    private const string Clerk = "ra-entry-clerk";
    private static readonly long Applications = long.TryParse(Environment.GetEnvironmentVariable("HUFU_BENCH_APPLICATIONS"), out var rows) ? rows : 10_000_000;

    private readonly string root = BenchRoot.Tree();

    public string Name => "portal";

    public string Title => "Pages a second of one visitor, medians of 21 (bars: first-page 5 a second and 100 KB, queue-page-10m 3.3 a second)";

    public IEnumerable<BenchRow> Run()
    {
        var work = Directory.CreateTempSubdirectory("hufu-bench-portal-");
        var server = PostgresServer.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        Process? platform = null;
        try
        {
            platform = Start(["up", "--data", Path.Combine(work.FullName, "data"), "--port", "0", "--postgres", server.ConnectionString]);
            var first = platform.StandardOutput.ReadLine() ?? "";
            var address = new Uri(FirstLine().Match(first).Groups[1].Value);
            Drain(platform);
            var outDirectory = Path.Combine(work.FullName, "out");
            using (var demo = Start(["demo", "--at", address.ToString(), "--data", Path.Combine(work.FullName, "data"), "--out", outDirectory]))
            {
                Drain(demo);
                demo.WaitForExit();
                if (demo.ExitCode != 0)
                {
                    throw new InvalidOperationException("./hufu demo did not succeed.");
                }
            }

            using var http = new HttpClient { BaseAddress = address };
            yield return FirstPage(http);
            Fill(server);
            yield return QueuePage(http, outDirectory);
        }
        finally
        {
            if (platform is { HasExited: false })
            {
                using var stop = Process.Start("kill", ["-TERM", $"{platform.Id}"]);
                stop.WaitForExit();
                platform.WaitForExit();
            }

            platform?.Dispose();
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            work.Delete(recursive: true);
        }
    }

    private static BenchRow FirstPage(HttpClient http)
    {
        long bytes = 0;
        var median = Median(() =>
        {
            var html = http.GetStringAsync("/").GetAwaiter().GetResult();
            bytes = Encoding.UTF8.GetByteCount(html);
            foreach (Match asset in Asset().Matches(html))
            {
                bytes += http.GetByteArrayAsync(asset.Groups[1].Value).GetAwaiter().GetResult().Length;
            }
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  first-page: {median * 1000:N1} ms (bar 200): {(median < 0.2 ? "ok" : "missed")}; {bytes / 1000.0:N1} KB in all, uncompressed (bar 100): {(bytes < 100_000 ? "ok" : "missed")}"));
        return new BenchRow("first-page", 1 / median, null, null, 0);
    }

    private static BenchRow QueuePage(HttpClient http, string outDirectory)
    {
        using var token = SoftToken.Open(Directory.GetDirectories(Path.Combine(outDirectory, "tokens"), "*-" + Clerk).Single());
        token.VerifyPin("pin-" + Path.GetFileName(Directory.GetDirectories(Path.Combine(outDirectory, "tokens"), "*-" + Clerk).Single()));
        var container = token.Containers[0];
        var certificate = token.ExportCertificate(container, KeyUse.Signing);
        var signer = token.GetSigner(container);
        long rows = 0, total = 0;
        var median = Median(() =>
        {
            _ = http.GetStringAsync("/desk/ra").GetAwaiter().GetResult();
            var payload = Encoding.UTF8.GetBytes("""{"state":"submitted","limit":50,"overdue":false}""");
            var act = SignedAct.Sign(ActStatement.Create("ra", ActNames.RaQueueRead, "queue/submitted", "-", payload, certificate.RawData.Span, TimeProvider.System.GetUtcNow()), signer);
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"act":{{JsonSerializer.Serialize(act, ContractJson.Options)}},"payload":{{Encoding.UTF8.GetString(payload)}}}"""));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = http.PostAsync("/api/ra/queue", content).GetAwaiter().GetResult();
            var body = answer.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
            if (!answer.IsSuccessStatusCode)
            {
                throw new InvalidOperationException(Encoding.UTF8.GetString(body));
            }

            var page = JsonSerializer.Deserialize<QueuePage>(body, ContractJson.Options)!;
            (rows, total) = (page.Rows.Count, page.Total);
        });
        if (rows != 50)
        {
            throw new InvalidOperationException($"The queue shows {rows} rows: the bench measures nothing.");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  queue-page: {median * 1000:N1} ms with {Applications:N0} applications, a quarter of them waiting ({total}+ shown) (bar 300): {(median < 0.3 ? "ok" : "missed")}"));
        return new BenchRow("queue-page-10m", 1 / median, null, null, 0);
    }

    // Half of them in force, a quarter waiting for the clerk: fields are the demo's own, sealed, so that a row is like any other.
    private static void Fill(PostgresServer server)
    {
        var watch = Stopwatch.StartNew();
        server.RunSqlAsync("hufu", $"""
            SET search_path = ra; SET synchronous_commit = off; SET maintenance_work_mem = '1GB';
            CREATE TEMP TABLE made AS SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'ra' AND tablename = 'ra_applications' AND indexname NOT LIKE '%pkey';
            DO $$ DECLARE one record; BEGIN FOR one IN SELECT * FROM made LOOP EXECUTE 'DROP INDEX ' || one.indexname; END LOOP; END $$;
            INSERT INTO ra_applications (id, profile, state, title, fields, request, key_digest, data_digest, holder, publish, agreement_version, agreement_at, token_digest, created_at, waiting_since, due_at, signing_serial)
            SELECT 'B' || lpad(n::text, 16, '0'), (ARRAY['organisation','person','server'])[(1 + n % 3)::int], (ARRAY['Submitted','Accepted','Entered','Accepted'])[(1 + n % 4)::int], '机构' || lpad(n::text, 8, '0'),
                '\x00', '\x00', 'bench' || n, 'd', 'bench' || n % ({Applications} / 2), 1, '1.0', 0, 't', 1700000000000 + n, 1700000000000 + n, 1700000000000 + n, CASE WHEN n % 2 = 1 THEN md5(n::text) END
            FROM generate_series(0::bigint, {Applications - 1}) AS n;
            DO $$ DECLARE one record; BEGIN FOR one IN SELECT * FROM made LOOP EXECUTE one.indexdef; END LOOP; END $$;
            ANALYZE ra_applications;
            """, CancellationToken.None).GetAwaiter().GetResult();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Applications:N0} applications made in {watch.Elapsed.TotalSeconds:N0} s"));
    }

    private static double Median(Action work)
    {
        work(); // the first compiles
        var seconds = new double[Runs];
        for (var i = 0; i < Runs; i++)
        {
            var watch = Stopwatch.StartNew();
            work();
            seconds[i] = watch.Elapsed.TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[Runs / 2];
    }

    private Process Start(IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(Path.Combine(root, "hufu"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = root }) ?? throw new InvalidOperationException("./hufu did not start.");

    private static void Drain(Process process)
    {
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
    }

    [GeneratedRegex("^Hufu: (http://127\\.0\\.0\\.1:[0-9]+/)$")]
    private static partial Regex FirstLine();

    [GeneratedRegex("(?:href|src)=\"(/assets/[^\"]+)\"")]
    private static partial Regex Asset();
}
