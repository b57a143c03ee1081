using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;

/// <summary>The ledger beside what it stands on (issue 4): plain durable inserts, plain hashing, plain verification. HUFU_BENCH_ROWS makes verify-10m smaller while developing, HUFU_BENCH_ROW takes one row.</summary>
internal sealed class AuditBench : IBench
{
    private const int Samples = 5, Together = 512, Appends = 40_000;

    private static readonly CancellationToken Ct = CancellationToken.None;

    public string Name => "audit";

    public string Title => "the audit log beside raw inserts, hashing once, and the kernel's verification; wall clock, same disk, medians of five in turn";

    public IEnumerable<BenchRow> Run()
    {
        using var folder = new BenchFolder();
        using var person = new Signatory();
        string? only = Environment.GetEnvironmentVariable("HUFU_BENCH_ROW");
        bool Wanted(string row) => only is null || only == row;
        if (Wanted("append"))
        {
            using var raw = new RawLines(folder["raw.db"]);
            yield return Bar(Append("append", new DatabaseOptions { Path = folder["append.db"], Clock = TimeProvider.System }, raw, folder["append"], person), 0.6);
        }

        if (Wanted("append-postgres") || Wanted("issue-with-audit"))
        {
            var server = PostgresServer.StartAsync(Ct).GetAwaiter().GetResult();
            try
            {
                if (Wanted("append-postgres"))
                {
                    using var raw = new RawPostgresLines(server.ConnectionString);
                    yield return Bar(
                        Append("append-postgres", new DatabaseOptions { Postgres = server.ConnectionString, Schema = PostgresServer.NewSchema("append"), Clock = TimeProvider.System }, raw, folder["append-postgres"], person), 0.6);
                }

                if (Wanted("issue-with-audit"))
                {
                    yield return Bar(IssueWithAudit("issue-with-audit", null), 0.85);
                    yield return Bar(IssueWithAudit("issue-with-audit-pg", server.ConnectionString), 0.85);
                }
            }
            finally
            {
                server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }

        if (Wanted("verify-10m"))
        {
            yield return Bar(VerifyRecords(), 0.3);
        }

        if (Wanted("verify-acts"))
        {
            yield return Bar(VerifyActs(folder, person), 0.7);
        }
    }

    // Twice as many callers as there are places in a group, so that one group is on its way while the other is made durable; each waits until its record is durable. Ours copies to the files, signs heads and indexes meanwhile, as it always does.
    private static BenchRow Append(string name, DatabaseOptions options, IRawLines raw, string place, Signatory person)
    {
        var records = Enumerable.Range(0, Together).Select(person.Record).ToArray();
        double[] ours = new double[Samples], peer = new double[Samples];
        using var auditKey = Sm2KeyPair.Generate();
        var database = Database.OpenAsync(options, [], Ct).GetAwaiter().GetResult();
        var ledger = Open(database, place, auditKey);
        try
        {
            // Warm: the certificate goes in, statements are prepared, the compiler's second tier is through (it takes a processor of two for seconds).
            for (var i = 0; i < 5; i++)
            {
                Append(ledger, records, Appends);
                ledger.ExportAsync(Ct).GetAwaiter().GetResult();
                raw.Insert(Lines(place, Together), Appends, Together);
            }

            for (var i = 0; i < Samples; i++)
            {
                ours[i] = Rate(Appends, () => Append(ledger, records, Appends));
                ledger.ExportAsync(Ct).GetAwaiter().GetResult();
                var lines = Lines(place, Together);
                peer[i] = Rate(Appends, () => raw.Insert(lines, Appends, Together));
            }
        }
        finally
        {
            ledger.DisposeAsync().AsTask().GetAwaiter().GetResult();
            database.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        return Row(name, ours, peer);
    }

    // The authority of the bench "issue", from the RA's sealed order to the sealed reply, beside the same with a double for the ledger's edge.
    private static BenchRow IssueWithAudit(string name, string? postgres)
    {
        // The compiler's second tier takes some rounds; short rounds in turn, because neighbours and disk move by more than the ledger costs.
        const int Clients = 16, Warm = 4, Rounds = 11;
        int orders = Environment.GetEnvironmentVariable("HUFU_BENCH_SMALL") is null ? 200 : 60;
        double[] ours = new double[Rounds], peer = new double[Rounds];
        using var with = IssueBench.IssuePlace.Open(postgres);
        using var without = IssueBench.IssuePlace.Open(postgres, static start => new LedgerDouble(start));
        for (var i = -Warm; i < Rounds; i++)
        {
            double Issue(IssueBench.IssuePlace place)
            {
                var made = place.Orders(orders);
                return Rate(orders, () => place.Issue(made, Clients));
            }

            var (first, second) = i % 2 == 0 ? (with, without) : (without, with);
            double one = Issue(first), other = Issue(second);
            if (i >= 0)
            {
                (ours[i], peer[i]) = i % 2 == 0 ? (one, other) : (other, one);
            }
        }

        return Row(name, ours, peer);
    }

    private static void Append(Ledger ledger, LedgerRecord[] records, int count) => Task.WhenAll(Enumerable.Range(0, 2 * Together).Select(async caller =>
    {
        for (var i = caller; i < count; i += 2 * Together)
        {
            await ledger.AppendAsync(records[(i + (i / Together)) % records.Length], Ct);
        }
    })).GetAwaiter().GetResult();

    // Leaf hashes, tree and signed heads; the peer hashes the same bytes once, on one thread, as any tool would.
    private static BenchRow VerifyRecords()
    {
        var count = long.TryParse(Environment.GetEnvironmentVariable("HUFU_BENCH_ROWS"), out var wanted) ? wanted : 10_000_000;
        var place = Path.Combine(BenchFolder.Kept, $"audit-{count}");
        if (!File.Exists(Path.Combine(place, "made")))
        {
            LogMaker.Make(place, count);
        }

        double[] ours = new double[3], peer = new double[3];
        for (var i = 0; i < ours.Length; i++)
        {
            ours[i] = Rate(count, () => Demand(LedgerVerifier.Verify(place, new LedgerVerification { Acts = ActSignatures.LeaveOut }).Verdict == LedgerVerdict.Whole));
            peer[i] = Rate(count, () => HashFile(Path.Combine(place, "records.jsonl")));
        }

        return Row(count == 10_000_000 ? "verify-10m" : $"verify-{count}", ours, peer);
    }

    // Acts signed by few keys, from the log, beside bare verifications with the keys' tables, both on all cores.
    private static BenchRow VerifyActs(BenchFolder folder, Signatory person)
    {
        const int Acts = 60_000;
        using var auditKey = Sm2KeyPair.Generate();
        var database = Database.OpenAsync(new DatabaseOptions { Path = folder["acts.db"], Clock = TimeProvider.System }, [], Ct).GetAwaiter().GetResult();
        var ledger = Open(database, folder["acts"], auditKey);
        var records = Enumerable.Range(0, Acts).AsParallel().AsOrdered().Select(person.Record).ToArray();
        Append(ledger, records, Acts);
        ledger.DisposeAsync().AsTask().GetAwaiter().GetResult();
        database.DisposeAsync().AsTask().GetAwaiter().GetResult();

        using var key = Sm2PrivateKey.Generate();
        key.PublicKey.Precompute();
        byte[] digests = SecureRandom.GetBytes(32 * 1_024), signatures = new byte[64 * 1_024];
        Sm2Batch.SignDigests(key, digests, signatures);
        double[] ours = new double[Samples], peer = new double[Samples];
        // Three rounds of each are run before, for the compiler's second tier.
        for (var i = -3; i < Samples; i++)
        {
            ours[Math.Max(i, 0)] = Rate(Acts, () => Demand(LedgerVerifier.Verify(folder["acts"], since: null) is { Verdict: LedgerVerdict.Whole } report && report.Ledgers[0].Acts >= Acts * 9 / 10));
            peer[Math.Max(i, 0)] = Rate(Acts, () => Parallel.For(0, Acts, n => Demand(key.PublicKey.VerifyDigest(digests.AsSpan(32 * (n % 1_024), 32), signatures.AsSpan(64 * (n % 1_024), 64)))));
        }

        return Row("verify-acts", ours, peer);
    }

    private static Ledger Open(Database database, string directory, ISigner auditKey) => Ledger.OpenAsync(
        new LedgerOptions { Database = database, Directory = directory, Origin = "bench", Signer = auditKey, Clock = TimeProvider.System }, Ct).GetAwaiter().GetResult();

    private static byte[][] Lines(string directory, int count) => [.. File.ReadLines(Path.Combine(directory, "records.jsonl")).TakeLast(count).Select(Encoding.UTF8.GetBytes)];

    private static void HashFile(string path)
    {
        using var hash = new Sm3Hash();
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        var buffer = new byte[8 << 20];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer.AsSpan(0, read));
        }

        hash.GetHashAndReset(buffer.AsSpan(0, 32));
    }

    private static void Demand(bool right)
    {
        if (!right)
        {
            throw new InvalidOperationException("A result is wrong.");
        }
    }

    private static double Rate(long items, Action work)
    {
        var watch = Stopwatch.StartNew();
        var cpu = Environment.CpuUsage.TotalTime;
        work();
        if (Environment.GetEnvironmentVariable("HUFU_BENCH_CPU") is not null)
        {
            Console.Error.WriteLine($"    {watch.Elapsed.TotalMicroseconds / items:0.0} µs, {(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / items:0.0} µs of CPU each");
        }

        return items / watch.Elapsed.TotalSeconds;
    }

    private static BenchRow Row(string name, double[] ours, double[] peer)
    {
        double mine = ours.Order().ElementAt(ours.Length / 2), theirs = peer.Order().ElementAt(peer.Length / 2);
        return new BenchRow(name, mine, theirs, mine / theirs, 0);
    }

    private static BenchRow Bar(BenchRow row, double bar)
    {
        Console.Error.WriteLine($"  {row.Row}: bar {bar:0.00} {(row.Ratio >= bar ? "ok" : "missed")}");
        return row;
    }

    /// <summary>Somebody who signs acts.</summary>
    private sealed class Signatory : IDisposable
    {
        private readonly Sm2KeyPair _key = Sm2KeyPair.Generate();
        private readonly byte[] _certificate;

        public Signatory()
        {
            var name = DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "张三"));
            var now = TimeProvider.System.GetUtcNow();
            _certificate = Certificate.Sign(
                new TbsCertificate
                {
                    SerialNumber = SerialNumber.Create(), Signature = _key.Algorithm, Issuer = name, NotBefore = now.AddMinutes(-1), NotAfter = now.AddYears(1), Subject = name,
                    PublicKey = _key.PublicKey, Extensions = [],
                },
                _key).Encode();
        }

        /// <summary>A signed act as a vetter's, with what a room adds.</summary>
        public LedgerRecord Record(int number)
        {
            var what = $"application/A{20261122000000L + number}";
            var act = SignedAct.Sign(ActStatement.Create("bench", "ra.application.approve", what, "Entered:" + new string('a', 64), "{}"u8, _certificate, TimeProvider.System.GetUtcNow()), _key);
            return new LedgerRecord
            {
                Actor = "张三", Act = "ra.application.approve", Object = what, Outcome = LedgerOutcome.Done,
                Detail = new JsonObject { ["profile"] = "person", ["waited"] = number, ["unit"] = "北京受理点" },
                Statement = act.Statement, Signature = act.Signature, Certificate = _certificate,
            };
        }

        public void Dispose() => _key.Dispose();
    }

    /// <summary>A folder for one run, and one that is kept.</summary>
    private sealed class BenchFolder : IDisposable
    {
        private readonly string _path = Path.Combine(Kept, "audit-" + SecureRandom.NewId());

        public BenchFolder() => Directory.CreateDirectory(_path);

        public static string Kept
        {
            get
            {
                var folder = new DirectoryInfo(AppContext.BaseDirectory);
                while (!File.Exists(Path.Combine(folder.FullName, "Hufu.slnx")))
                {
                    folder = folder.Parent ?? throw new InvalidOperationException("The bench runs from its source tree.");
                }

                return Path.Combine(folder.FullName, "out", "bench");
            }
        }

        public string this[string name] => Path.Combine(_path, name);

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }

    /// <summary>Ten million records as the ledger writes them, made without a database: the files are all that verification reads.</summary>
    private static class LogMaker
    {
        public static void Make(string place, long count)
        {
            Directory.CreateDirectory(place);
            using var key = Sm2KeyPair.Generate();
            using var ledger = new LedgerText("bench", key, place);
            for (long i = 1; i < count; i++)
            {
                ledger.Add(i);
                if (i % 1_000_000 == 0)
                {
                    Console.Error.WriteLine($"  making the log: {i:N0} of {count:N0}");
                }
            }

            ledger.End();
            File.WriteAllText(Path.Combine(place, "made"), "");
        }
    }
}
