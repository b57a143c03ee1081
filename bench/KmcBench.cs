using System.Diagnostics;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Governance;
using Hufu.Kmc;
using Hufu.Kmc.Serving;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Records;
using Microsoft.Data.Sqlite;

/// <summary>
/// The key centre on its disk, wall clock, medians of five. kmc-make: pairs made, sealed and stored, a thousand to a durable transaction; peer the slower of raw key making and raw inserting of the same rows in the
/// same groups. kmc-handout: durable hand-outs by GM/T 0014, many CAs' requests at once; peer 1 / (1 / raw updates in the same groups + 1 / (one encryption to a new key and two signatures)).
/// kmc-10m: the lowest of hand-out, recovery and count beside ten million pairs; peer the same beside ten thousand.
/// </summary>
internal sealed class KmcBench : IBench
{
    private static readonly int Runs = int.TryParse(Environment.GetEnvironmentVariable("HUFU_BENCH_RUNS"), out var runs) ? runs : 5;
    private const int WarmUps = 8;

    // A hand-out is some thousand methods deep: the compiler is done with them after some ten thousand, and a server answers many more.
    private const int HandOutWarmUps = 40;
    private const int Made = 20_000;
    private const int Batch = PairMaker.Batch;
    private const int Asked = 512;
    private const int Counted = 2_000;

    public string Name => "kmc";

    public string Title => "Key centre on disk, wall clock, medians of five (bars: kmc-make 0.6, kmc-handout 0.5, kmc-10m 0.8)";

    public IEnumerable<BenchRow> Run()
    {
        using var small = KmcPlace.Open(10_000);
        if (Wanted("kmc-make"))
        {
            yield return MakeRow(small);
        }

        if (Wanted("kmc-handout"))
        {
            yield return HandOutRow(small);
        }

        if (!Wanted("kmc-10m"))
        {
            yield break;
        }

        using var large = KmcPlace.Open(long.TryParse(Environment.GetEnvironmentVariable("HUFU_BENCH_PAIRS"), out var pairs) ? pairs : 10_000_000);
        yield return TenMillionRow(small, large);
    }

    // While one row is worked on: HUFU_BENCH_ROWS=kmc-handout.
    private static bool Wanted(string row) => Environment.GetEnvironmentVariable("HUFU_BENCH_ROWS") is not { Length: > 0 } rows || rows.Split(',').Contains(row);

    private static BenchRow MakeRow(KmcPlace place)
    {
        double[] ours = new double[Runs], making = new double[Runs], inserting = new double[Runs], pair = new double[Runs], key = new double[Runs];
        for (var i = -WarmUps; i < Runs; i++)
        {
            var before = Environment.CpuUsage.TotalTime;
            var made = Rate(Made, () => place.Maker.MakeAsync(Made, "bench", 1, CancellationToken.None).GetAwaiter().GetResult());
            var between = Environment.CpuUsage.TotalTime;
            var raw = Rate(Made, () => Sm2Batch.GenerateKeyPairs(new byte[Made * Sm2.PrivateKeySize], new byte[Made * Sm2.PublicKeySize]));
            var after = Environment.CpuUsage.TotalTime;
            var inserted = place.Raw(raw =>
                raw.InGroups(Made, Batch, "INSERT INTO raw_pair (pair, generation, made_at, public_key, sealed) VALUES (NULL, 1, 1795000000000, randomblob(65), randomblob(61))"));
            if (i >= 0)
            {
                (ours[i], making[i], inserting[i]) = (made, raw, inserted);
                (pair[i], key[i]) = ((between - before).TotalMicroseconds / Made, (after - between).TotalMicroseconds / Made);
            }
        }

        Console.Error.WriteLine($"  raw key making {Median(making):N0}/s, raw inserting {Median(inserting):N0}/s; processor time {Median(pair):N1} µs a pair (made, sealed, stored), {Median(key):N1} µs a raw key");
        return Row("kmc-make", Median(ours), Math.Min(Median(making), Median(inserting)));
    }

    private static BenchRow HandOutRow(KmcPlace place)
    {
        double[] ours = new double[Runs], updating = new double[Runs], crypto = new double[Runs];
        var spent = new double[Runs];
        var took = 0d;
        for (var i = -HandOutWarmUps; i < Runs; i++)
        {
            place.NeedSpares(Asked);
            var asked = place.Applications(Asked);
            var before = Environment.CpuUsage.TotalTime;
            KmAnswer[] answers = [];
            var handed = Rate(Asked, () => answers = place.Answer(asked));
            took = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / Asked;
            KmcPlace.Demand(answers);
            var updated = place.Raw(raw => raw.InGroups(Asked, Asked, "UPDATE raw_pair SET generation = generation + 1 WHERE pair = 1 + abs(random() % 20000)"));
            var worked = CryptoRate(asked.Holders);
            if (i >= 0)
            {
                (ours[i], updating[i], crypto[i], spent[i]) = (handed, updated, worked, took);
            }
        }

        Console.Error.WriteLine($"  raw updates {Median(updating):N0}/s, encryption and two signatures {Median(crypto):N0}/s; processor time {Median(spent):N0} µs a hand-out");
        return Row("kmc-handout", Median(ours), 1 / ((1 / Median(updating)) + (1 / Median(crypto))));
    }

    // On as many threads as the hand-out uses.
    private static double CryptoRate(IReadOnlyList<Sm2PublicKey> holders)
    {
        using var signer = Sm2PrivateKey.Generate();
        var message = SecureRandom.GetBytes(300);
        return Rate(4 * holders.Count, () => Parallel.For(0, 4 * holders.Count, i =>
        {
            var signature = new byte[Sm2.SignatureSize];
            holders[i % holders.Count].Encrypt(new byte[16], new byte[16 + Sm2.CiphertextOverhead]);
            signer.SignData(Sm2.DefaultId, message, signature);
            signer.SignData(Sm2.DefaultId, message, signature);
        }));
    }

    private static BenchRow TenMillionRow(KmcPlace small, KmcPlace large)
    {
        string[] what = ["hand-out", "recovery", "count"];
        var ours = what.Select(_ => new double[Runs]).ToArray();
        var peer = what.Select(_ => new double[Runs]).ToArray();
        for (var i = -WarmUps; i < Runs; i++)
        {
            foreach (var (place, rates) in new[] { (small, peer), (large, ours) })
            {
                place.NeedSpares(Asked);
                var asked = place.Applications(Asked);
                KmAnswer[] answers = [];
                var handed = Rate(Asked, () => answers = place.Answer(asked));
                KmcPlace.Demand(answers);
                var again = place.Recoveries(asked);
                var recovered = Rate(Asked, () => answers = place.Answer(again));
                KmcPlace.Demand(answers);
                var counted = Rate(Counted, () =>
                {
                    for (var n = 0; n < Counted; n++)
                    {
                        place.Count();
                    }
                });
                if (i >= 0)
                {
                    (rates[0][i], rates[1][i], rates[2][i]) = (handed, recovered, counted);
                }
            }
        }

        var lowest = 0;
        for (var i = 0; i < what.Length; i++)
        {
            Console.Error.WriteLine($"  {what[i]}: {Median(ours[i]):N0}/s beside ten million, {Median(peer[i]):N0}/s beside ten thousand");
            lowest = Median(ours[i]) / Median(peer[i]) < Median(ours[lowest]) / Median(peer[lowest]) ? i : lowest;
        }

        return Row("kmc-10m", Median(ours[lowest]), Median(peer[lowest]));
    }

    private static BenchRow Row(string name, double ours, double peer) => new(name, ours, peer, ours / peer, 0);

    private static double Rate(int items, Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return items / watch.Elapsed.TotalSeconds;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    /// <summary>What is asked of the key centre: signed requests, ready before the clock starts.</summary>
    private sealed record Requests(IReadOnlyList<byte[]> Der, IReadOnlyList<SerialNumber> Numbers, IReadOnlyList<Sm2PublicKey> Holders);

    /// <summary>Plain SQLite beside ours, on the same disk with the same durability.</summary>
    private sealed class RawPairs(SqliteConnection connection)
    {
        /// <summary>Runs a statement so many times, so many to a durable transaction.</summary>
        /// <returns>Statements a second.</returns>
        public double InGroups(int count, int group, string sql) => Rate(count, () =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            for (var at = 0; at < count; at += group)
            {
                using var transaction = connection.BeginTransaction();
                command.Transaction = transaction;
                for (var i = 0; i < group; i++)
                {
                    command.ExecuteNonQuery();
                }

                transaction.Commit();
            }
        });
    }

    /// <summary>A key centre with a population, in out/bench/; made once, kept.</summary>
    private sealed class KmcPlace : IDisposable
    {
        private const string Pin = "bench-pin-7";

        private readonly string _folder;
        private readonly Database _database;
        private readonly Ledger _ledger;
        private readonly SoftwareDevice _device;
        private readonly RequestServer _server;
        private readonly ServingCentre _serving;
        private readonly Sm2KeyPair _caKey = Sm2KeyPair.Generate();
        private readonly Certificate _ca;
        private readonly IReadOnlyList<Certificate> _known;
        private readonly KmcOptions _options = new();

        private KmcPlace(string folder, Database database, Ledger ledger, SoftwareDevice device)
        {
            (_folder, _database, _ledger, _device) = (folder, database, ledger, device);
            Maker = new PairMaker(database, ledger, () => device, TimeProvider.System);
            Maker.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
            var rules = new RequestRules(Policy.Load(Path.Combine(Root(), "policy")), new EscrowedKeys(), TimeProvider.System, _options);
            var queue = new ServingQueue(database, ledger, new AnswerWriter(() => device, () => device, _options), new SpareReserve(database), Maker, rules, TimeProvider.System);
            _server = new RequestServer(database, ledger, queue, TimeProvider.System, _options);
            var signer = device.GetSigner("sign");
            _serving = new ServingCentre(SelfSigned("密钥管理中心", signer), signer, "sign", 1, [signer.PublicKey]);
            _ca = SelfSigned("证书颁发机构", _caKey);
            _known = [_ca];
        }

        public PairMaker Maker { get; }

        public static KmcPlace Open(long pairs)
        {
            var folder = Path.Combine(Root(), "out", "bench", $"kmc-{pairs}-3");
            if (!File.Exists(Path.Combine(folder, "populated")))
            {
                if (Directory.Exists(folder))
                {
                    Directory.Delete(folder, recursive: true);
                }

                Directory.CreateDirectory(folder);
                using (var made = SoftwareDevice.Create(Path.Combine(folder, "device"), Pin))
                {
                    made.GenerateKeyPair("sign", KeyUse.Signing);
                    made.GenerateKeyPair("audit", KeyUse.Signing);
                    made.GenerateStorageKey(PairMetadata.StorageKeyLabel(1));
                }

                OpenDatabase(folder).DisposeAsync().AsTask().GetAwaiter().GetResult();
                Populate(Path.Combine(folder, "kmc.db"), pairs);
                File.WriteAllText(Path.Combine(folder, "populated"), "");
            }

            var device = SoftwareDevice.Open(Path.Combine(folder, "device"), Pin);
            var database = OpenDatabase(folder);
            HolderIndex.CompleteAsync(database, 0, CancellationToken.None).GetAwaiter().GetResult();
            var ledger = Ledger.OpenAsync(
                new LedgerOptions { Database = database, Directory = Path.Combine(folder, "audit"), Origin = "kmc", Signer = device.GetSigner("audit"), Clock = TimeProvider.System },
                CancellationToken.None).GetAwaiter().GetResult();
            return new KmcPlace(folder, database, ledger, device);
        }

        /// <summary>So many genuine pairs lie in the spare store.</summary>
        public void NeedSpares(int count)
        {
            var spare = Count();
            if (spare < count)
            {
                Maker.MakeAsync(count - spare, "bench", 1, CancellationToken.None).GetAwaiter().GetResult();
            }
        }

        public long Count() => _database.ReadAsync(PairStores.Count, CancellationToken.None).GetAwaiter().GetResult().Spare;

        public Requests Applications(int count)
        {
            var holders = Enumerable.Range(0, count).Select(_ => Sm2KeyPair.Generate()).ToList();
            var numbers = holders.Select(_ => SerialNumber.Create()).ToList();
            var now = TimeProvider.System.GetUtcNow();
            var der = holders.Select((holder, i) => Sign(ApplyKeyRequest.ForSm2(new AppUserInfo(numbers[i], holder.PublicKey, now, now.AddYears(1), "某单位", "110000", null)))).ToList();
            return new Requests(der, numbers, [.. holders.Select(holder => holder.PublicKey.RequireSm2())]);
        }

        public Requests Recoveries(Requests given) => given with
        {
            Der = [.. given.Numbers.Select((number, i) => Sign(new RestoreKeyRequest(ReturnAlgorithms.Sm, number, SubjectPublicKeyInfo.FromSm2(given.Holders[i]))))],
        };

        /// <summary>All of them at once, each durable when it is answered.</summary>
        public KmAnswer[] Answer(Requests requests)
        {
            var keeper = new AnswerKeeper(static _ => { }, static (_, _) => { });
            var answers = requests.Der.Select(der => Task.Run(() => _server.AnswerAsync("ca", _known, _serving, der, keeper, CancellationToken.None))).ToArray();
            return Task.WhenAll(answers).GetAwaiter().GetResult();
        }

        /// <summary>None of them was refused: looked at when the clock has stopped, as a CA does on its own machine.</summary>
        public static void Demand(KmAnswer[] answers)
        {
            if (answers.FirstOrDefault(answer => answer.Refusal is not null || KmRespond.Decode(answer.Der).Results[0] is ErrorResult) is { } refused)
            {
                throw new InvalidOperationException($"The key centre refuses: {refused.Refusal}");
            }
        }

        /// <summary>Something with plain SQLite beside the database.</summary>
        public double Raw(Func<RawPairs, double> work)
        {
            using var connection = Connect(Path.Combine(_folder, "raw.db"));
            Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
            Run(connection, "CREATE TABLE IF NOT EXISTS raw_pair (pair INTEGER PRIMARY KEY, generation BIGINT NOT NULL, made_at BIGINT NOT NULL, public_key BLOB NOT NULL, sealed BLOB NOT NULL)");
            return work(new RawPairs(connection));
        }

        public void Dispose()
        {
            _ledger.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _database.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Maker.Dispose();
            _device.Dispose();
            _caKey.Dispose();
        }

        private byte[] Sign(KeyRequest request) =>
            CaRequest.Sign(_ca, _caKey, [request], TimeProvider.System.GetUtcNow(), SerialNumber.Create(), _options.Gmt0014).Encode();

        private static Database OpenDatabase(string folder) => Database.OpenAsync(
            new DatabaseOptions { Path = Path.Combine(folder, "kmc.db"), Clock = TimeProvider.System }, Migration.FromAssembly(typeof(KmcOptions).Assembly), CancellationToken.None).GetAwaiter().GetResult();

        // Nine in ten in use, the rest history: set-based, without the unique indexes, which are made anew at the end. What lies there opens nothing and is never opened.
        private static void Populate(string file, long pairs)
        {
            using var connection = Connect(file);
            Run(connection, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000; PRAGMA temp_store = MEMORY; PRAGMA threads = 2");
            var indexes = new List<(string Name, string Sql)>();
            using (var command = connection.CreateCommand())
            {
                command.CommandText = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('kmc_in_use', 'kmc_history')";
                using var reader = command.ExecuteReader();
                while (reader.Read())
                {
                    indexes.Add((reader.GetString(0), reader.GetString(1)));
                }
            }

            indexes.ForEach(index => Run(connection, $"DROP INDEX {index.Name}"));
            const long Step = 500_000;
            for (long first = 1; first <= pairs; first += Step)
            {
                var last = Math.Min(pairs, first + Step - 1);
                var inUse = Math.Min(last, pairs * 9 / 10);
                Run(connection, Fill("kmc_in_use", "", "", first, inUse));
                Run(connection, Fill("kmc_history", ", retired_at", ", 1795000000000", Math.Max(first, inUse + 1), last));
                Console.Error.WriteLine($"  population: {last:N0} of {pairs:N0}");
            }

            foreach (var (name, sql) in indexes)
            {
                Run(connection, sql);
                Console.Error.WriteLine($"  population: {name}");
            }

            Run(connection, $"UPDATE kmc_count SET pairs = {pairs * 9 / 10} WHERE store = 'in-use'; UPDATE kmc_count SET pairs = {pairs - (pairs * 9 / 10)} WHERE store = 'history'");
        }

        private static string Fill(string table, string column, string value, long first, long last) =>
            $"""
            WITH RECURSIVE n(pair) AS (SELECT {first} WHERE {first} <= {last} UNION ALL SELECT pair + 1 FROM n WHERE pair < {last})
            INSERT INTO {table} (pair, generation, made_at, public_key, sealed, ca, user_cert_no, holder_key, not_before, not_after, given_at{column})
            SELECT pair, 1, 1795000000000, randomblob(65), randomblob(61), 'ca', lower(hex(randomblob(16))), randomblob(65), 1795000000, 1895000000000, 1795000000000{value} FROM n
            """;

        private static SqliteConnection Connect(string file)
        {
            var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
            connection.Open();
            return connection;
        }

        private static void Run(SqliteConnection connection, string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.CommandTimeout = 0;
            command.ExecuteNonQuery();
        }

        private static Certificate SelfSigned(string name, ISigner signer)
        {
            var subject = DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, name));
            var now = TimeProvider.System.GetUtcNow();
            return Certificate.Sign(
                new TbsCertificate
                {
                    SerialNumber = SerialNumber.Create(), Signature = signer.Algorithm, Issuer = subject, NotBefore = now.AddMinutes(-1), NotAfter = now.AddYears(1), Subject = subject,
                    PublicKey = signer.PublicKey, Extensions = [new KeyUsageExtension(KeyUsages.Signing).ToExtension()],
                },
                signer);
        }

        private static string Root()
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Hufu.slnx")))
                {
                    return folder.FullName;
                }
            }

            throw new InvalidOperationException("The bench runs from its source tree.");
        }
    }
}
