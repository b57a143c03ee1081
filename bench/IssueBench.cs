using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hufu.Ca;
using Hufu.Ca.Issuing;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Messaging;
using Hufu.Modules.Tests.Ca;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Microsoft.Data.Sqlite;
using Npgsql;

/// <summary>
/// Dual certificates from the RA's sealed order to the sealed reply, wall clock, medians of three: sixteen clients, one order an applicant; every step of docs/issuing.md, synchronous=FULL or fsync on, ledger,
/// facts in the outbox, pairs asked of a key centre by GM/T 0014 (its own store is measured by the bench kmc). A pair counts as two certificates. Peer: 1 / (1 / raw inserts of as many rows of the same sizes in
/// groups of sixteen + 1 / raw cryptography, the SM2 operations that a pair needs on as many threads). issue-bulk: a thousand pairs in one sealed order, PostgreSQL; its peer inserts in pieces of two hundred and
/// does the SM2 operations of a pair of a bulk order, in batches where the CA does. issue-rate: the faster of the two PostgreSQL rows, which is the bulk one, beside 3,000 certificates a second.
/// </summary>
internal sealed class IssueBench : IBench
{
    private const int Runs = 3;
    // The compiler's second tier takes a processor of two for the first seconds; a service that runs around the clock has it behind it. Ours and the raw inserts are warmed alike.
    private const int Warm = 6;
    private const int Clients = 16;
    private const int RatePeer = 3_000;
    private const int BulkPiece = 200;
    private static readonly int Bulk = Environment.GetEnvironmentVariable("HUFU_BENCH_SMALL") is null ? 1_000 : 400;
    private static readonly int Orders = Environment.GetEnvironmentVariable("HUFU_BENCH_SMALL") is null ? 800 : 160;

    public string Name => "issue";

    public string Title => "Dual certificates, certificates a second (bars: issue-sqlite, issue-postgres and issue-bulk 0.6 of raw inserts and cryptography, issue-rate 1)";

    public IEnumerable<BenchRow> Run()
    {
        // For looking at one row while working on it.
        if (Environment.GetEnvironmentVariable("HUFU_BENCH_ROW") is "bulk" or "postgres")
        {
            var alone = PostgresServer.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
            try
            {
                using var place = IssuePlace.Open(alone.ConnectionString);
                yield return Environment.GetEnvironmentVariable("HUFU_BENCH_ROW") == "bulk" ? BulkRow(place) : Row("issue-postgres", place);
            }
            finally
            {
                alone.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }

            yield break;
        }

        using (var sqlite = IssuePlace.Open(null))
        {
            yield return Row("issue-sqlite", sqlite);
        }

        var server = PostgresServer.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        try
        {
            BenchRow row, bulk;
            using (var postgres = IssuePlace.Open(server.ConnectionString))
            {
                row = Row("issue-postgres", postgres);
            }

            yield return row;
            using (var postgres = IssuePlace.Open(server.ConnectionString))
            {
                bulk = BulkRow(postgres);
            }

            yield return bulk;
            var best = Math.Max(row.Ours, bulk.Ours);
            yield return new BenchRow("issue-rate", best, RatePeer, best / RatePeer, 0);
        }
        finally
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static BenchRow Row(string name, IssuePlace place)
    {
        double[] ours = new double[Runs], raw = new double[Runs], crypto = new double[Runs];
        for (var run = -Warm; run < Runs; run++)
        {
            var orders = place.Orders(Orders);
            var before = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            place.Issue(orders, Clients);
            var rate = orders.Count / watch.Elapsed.TotalSeconds;
            var used = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / orders.Count;
            var inserted = place.RawPairs(Orders);
            var operated = CryptoRate();
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {name}{(run < 0 ? ", warming" : "")}: {rate:N0} pairs/s, {used:N0} µs of this process's processors a pair, raw inserts {inserted:N0}, raw cryptography {operated:N0}"));
            if (run >= 0)
            {
                (ours[run], raw[run], crypto[run]) = (rate, inserted, operated);
            }
        }

        var peer = 1 / ((1 / Median(raw)) + (1 / Median(crypto)));
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name}: {Median(ours):N0} pairs/s, raw inserts {Median(raw):N0}, raw cryptography {Median(crypto):N0}; ratio {Median(ours) / peer:N2} ({(Median(ours) >= 0.6 * peer ? "ok" : "missed")})"));
        return new BenchRow(name, 2 * Median(ours), 2 * peer, Median(ours) / peer, 0);
    }

    private static BenchRow BulkRow(IssuePlace place)
    {
        double[] ours = new double[Runs], raw = new double[Runs], crypto = new double[Runs];
        for (var run = -Warm; run < Runs; run++)
        {
            var order = place.BulkOrder(Bulk);
            var before = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            place.IssueBulk(order);
            var rate = Bulk / watch.Elapsed.TotalSeconds;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  bulk: {rate:N0} pairs/s, {(Environment.CpuUsage.TotalTime - before).TotalMicroseconds / Bulk:N0} µs of this process's processors a pair"));
            var inserted = place.RawPairs(Bulk, BulkPiece);
            var operated = BulkCryptoRate();
            if (run >= 0)
            {
                (ours[run], raw[run], crypto[run]) = (rate, inserted, operated);
            }
        }

        var peer = 1 / ((1 / Median(raw)) + (1 / Median(crypto)));
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  issue-bulk: {Median(ours):N0} pairs/s, raw inserts {Median(raw):N0}, raw cryptography {Median(crypto):N0}; ratio {Median(ours) / peer:N2} ({(Median(ours) >= 0.6 * peer ? "ok" : "missed")})"));
        return new BenchRow("issue-bulk", 2 * Median(ours), 2 * peer, Median(ours) / peer, 0);
    }

    // Of a pair in a bulk order: two staff acts (keys known), the holder's request (in a batch), the key centre's signature on the key made and verified and its envelope, two certificates signed (in a batch) and verified.
    private static double BulkCryptoRate()
    {
        const int Pairs = 1_600, Piece = 64;
        using var known = Sm2PrivateKey.Generate();
        known.PublicKey.Precompute();
        var message = SecureRandom.GetBytes(600);
        var signature = new byte[Sm2.SignatureSize];
        known.SignData(Sm2.DefaultId, message, signature);
        using var holder = Sm2PrivateKey.Generate();
        byte[] digest = SecureRandom.GetBytes(32), proof = new byte[Sm2.SignatureSize];
        holder.SignDigest(digest, proof);
        var watch = Stopwatch.StartNew();
        Parallel.For(0, Pairs / Piece, _ =>
        {
            byte[] digests = new byte[Piece * 32], proofs = new byte[Piece * Sm2.SignatureSize], tbs = new byte[2 * Piece * 32], made = new byte[2 * Piece * Sm2.SignatureSize];
            var keys = new Sm2PublicKey[Piece];
            for (var i = 0; i < Piece; i++)
            {
                keys[i] = holder.PublicKey;
                digest.CopyTo(digests, i * 32);
                proof.CopyTo(proofs, i * Sm2.SignatureSize);
            }

            Sm2Batch.VerifyDigests(keys, digests, proofs, new bool[Piece]);
            Sm2Batch.SignDigests(known, tbs, made);
            for (var i = 0; i < Piece; i++)
            {
                for (var verify = 0; verify < 5; verify++)
                {
                    known.PublicKey.VerifyData(Sm2.DefaultId, message, signature);
                }

                known.SignData(Sm2.DefaultId, message, new byte[Sm2.SignatureSize]);
                holder.PublicKey.Encrypt(new byte[16], new byte[16 + Sm2.CiphertextOverhead]);
            }
        });
        return Pairs / watch.Elapsed.TotalSeconds;
    }

    // Opening the order (one decryption, one verification), two acts and the holder's request, the exchange with the key centre (two signatures of the question and the answer, one of the key, three verifications, one
    // envelope), two certificates signed and verified, the reply signed and enveloped; and the sender's share of opening it.
    private static double CryptoRate()
    {
        const int Pairs = 600;
        using var key = Sm2PrivateKey.Generate();
        var message = SecureRandom.GetBytes(600);
        var signature = new byte[Sm2.SignatureSize];
        key.SignData(Sm2.DefaultId, message, signature);
        var sealedKey = new byte[16 + Sm2.CiphertextOverhead];
        key.PublicKey.Encrypt(new byte[16], sealedKey);
        var watch = Stopwatch.StartNew();
        Parallel.For(0, Pairs, _ =>
        {
            var made = new byte[Sm2.SignatureSize];
            for (var i = 0; i < 9; i++)
            {
                key.PublicKey.VerifyData(Sm2.DefaultId, message, signature);
            }

            for (var i = 0; i < 6; i++)
            {
                key.SignData(Sm2.DefaultId, message, made);
            }

            key.TryDecrypt(sealedKey, new byte[16]);
            for (var i = 0; i < 2; i++)
            {
                key.PublicKey.Encrypt(new byte[16], new byte[16 + Sm2.CiphertextOverhead]);
            }
        });
        return Pairs / watch.Elapsed.TotalSeconds;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    /// <summary>A CA room with an RA's staff and both rooms' keys.</summary>
    internal sealed class IssuePlace : IDisposable
    {
        // Of one pair: rows of commit A, B and C and about how large they are.
        private static readonly (int Rows, int Size)[][] Commits = [[(1, 200), (1, 350), (1, 4_500)], [(1, 2_600), (1, 200), (1, 2_400)], [(2, 1_500), (4, 2_200), (1, 4_500)]];
        private readonly CaPlace place;
        private readonly string? postgres;
        private readonly Sm2KeyPair raSign = Sm2KeyPair.Generate(), raEncrypt = Sm2KeyPair.Generate(), caSign = Sm2KeyPair.Generate(), caEncrypt = Sm2KeyPair.Generate();
        private readonly Certificate raSigning, raEncryption, caSigning, caEncryption;
        private readonly TempFolder folder = new();
        private int next;

        private IssuePlace(CaPlace place, string? postgres)
        {
            (this.place, this.postgres) = (place, postgres);
            raSigning = place.Authority.Issue("RA", raSign.PublicKey);
            raEncryption = place.Authority.Issue("RA", raEncrypt.PublicKey, KeyUsages.Encryption);
            caSigning = place.Authority.Issue("CA", caSign.PublicKey);
            caEncryption = place.Authority.Issue("CA", caEncrypt.PublicKey, KeyUsages.Encryption);
        }

        public static IssuePlace Open(string? postgres, Func<EdgeStart, LedgerEdge>? edge = null)
        {
            var facts = new OutboxOutlet();
            var options = new CaOptions { KeyCentreTimeout = TimeSpan.FromSeconds(30) };
            var schema = PostgresServer.NewSchema("ca");
            var place = CaPlace.OpenAsync(
                options, postgres is null ? null : file => new DatabaseOptions { Postgres = postgres, Schema = schema, Clock = TimeProvider.System }, facts, edge).GetAwaiter().GetResult();
            facts.Begin(new Outbox(place.Database, TimeProvider.System));
            return new IssuePlace(place, postgres);
        }

        /// <summary>Sealed orders, ready before the clock starts: every applicant another organisation with a key of its own.</summary>
        public IReadOnlyList<byte[]> Orders(int count) =>
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                var order = Order();
                var header = new MessageHeader(SecureRandom.NewId(), nameof(IssuePair), Rooms.Ra, Rooms.Ca, place.Clock.GetUtcNow());
                return SealedMessage.Seal(header, JsonSerializer.SerializeToUtf8Bytes(order, ContractJson.Options), raSign, raSigning, caEncryption);
            }),
        ];

        /// <summary>One sealed order of so many.</summary>
        public byte[] BulkOrder(int count)
        {
            var orders = new IssuePair[count];
            Parallel.For(0, count, i => orders[i] = Order());
            var header = new MessageHeader(SecureRandom.NewId(), nameof(IssuePairs), Rooms.Ra, Rooms.Ca, place.Clock.GetUtcNow());
            return SealedMessage.Seal(header, JsonSerializer.SerializeToUtf8Bytes(new IssuePairs(orders), ContractJson.Options), raSign, raSigning, caEncryption);
        }

        /// <summary>Opens it, issues, seals the reply and keeps it.</summary>
        public void IssueBulk(byte[] message) => Task.Run(async () =>
        {
            var opened = await SealedMessage.OpenAsync(message, Rooms.Ca, caEncrypt, caEncryption, _ => new(raSigning), place.Clock.GetUtcNow());
            var order = JsonSerializer.Deserialize<IssuePairs>(opened.Body.Span, ContractJson.Options)!;
            var issued = await place.Desks.Issuing.IssueManyAsync(order.Orders, Rooms.Ra, CancellationToken.None);
            if (issued.Outcomes.Any(outcome => outcome.Issued is null))
            {
                throw new InvalidOperationException($"{issued.Outcomes.First(outcome => outcome.Issued is null).Refusal}");
            }

            var answer = SealedMessage.Seal(
                new MessageHeader(opened.Header.Id, "reply", Rooms.Ca, Rooms.Ra, place.Clock.GetUtcNow()), JsonSerializer.SerializeToUtf8Bytes(issued, ContractJson.Options), caSign, caSigning, raEncryption);
            await place.Database.WriteAsync(
                session => session.Execute(
                    "INSERT INTO outbox_item (destination, id, kind, body, state, tries, due, added) VALUES ('receipts', @Id, 'receipt', @answer, 'waiting', 0, 0, 0)", new { opened.Header.Id, answer }),
                CancellationToken.None);
        }).GetAwaiter().GetResult();

        private IssuePair Order()
        {
            var number = Interlocked.Increment(ref next);
            using var holder = Sm2KeyPair.Generate();
            return place.Order(holder, $"B{number:D12}", fields: Fields(number));
        }

        private static Dictionary<string, string> Fields(int number)
        {
            var fields = CaPlace.Organisation($"某市第{number}局");
            fields["creditCode"] = CaPlace.CreditCode(number);
            return fields;
        }

        /// <summary>All orders, by so many clients each waiting for its reply.</summary>
        public void Issue(IReadOnlyList<byte[]> orders, int clients)
        {
            var waiting = new ConcurrentQueue<byte[]>(orders);
            Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
            {
                while (waiting.TryDequeue(out var message))
                {
                    var opened = await SealedMessage.OpenAsync(message, Rooms.Ca, caEncrypt, caEncryption, _ => new(raSigning), place.Clock.GetUtcNow());
                    var order = JsonSerializer.Deserialize<IssuePair>(opened.Body.Span, ContractJson.Options)!;
                    await place.Desks.Issuing.IssueAsync(order, Rooms.Ra, new SealedSink(this, opened.Header), CancellationToken.None);
                }
            }))).GetAwaiter().GetResult();
        }

        /// <summary>Pairs a second of raw inserts: as many rows of the same sizes, the three commits of sixteen pairs together.</summary>
        /// <param name="pairs">How many.</param>
        /// <param name="group">How many in one commit.</param>
        public double RawPairs(int pairs, int group = Clients)
        {
            using System.Data.Common.DbConnection connection = postgres is null
                ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = folder["raw.db"], Pooling = false }.ToString())
                : new NpgsqlConnection(postgres + ";Pooling=false;Max Auto Prepare=16;Auto Prepare Min Usages=2");
            connection.Open();
            using var command = connection.CreateCommand();
            if (postgres is null)
            {
                command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16384";
                command.ExecuteNonQuery();
            }

            command.CommandText = "CREATE TABLE IF NOT EXISTS raw_row (k TEXT PRIMARY KEY, at BIGINT NOT NULL, body BYTEA NOT NULL)";
            command.ExecuteNonQuery();
            var bodies = Commits.SelectMany(commit => commit).Select(rows => rows.Size).Distinct().ToDictionary(size => size, SecureRandom.GetBytes);
            var watch = Stopwatch.StartNew();
            for (var at = 0; at < pairs; at += group)
            {
                var together = Math.Min(group, pairs - at);
                foreach (var commit in Commits)
                {
                    using var transaction = connection.BeginTransaction();
                    command.Transaction = transaction;
                    foreach (var (rows, size) in commit)
                    {
                        var keys = Enumerable.Range(0, together * rows).Select(_ => SecureRandom.NewId()).ToArray();
                        Insert(command, keys, bodies[size]);
                    }

                    transaction.Commit();
                }
            }

            return pairs / watch.Elapsed.TotalSeconds;
        }

        // As the CA does: PostgreSQL is sent one statement a table and group, SQLite runs a prepared one a row.
        private static void Insert(System.Data.Common.DbCommand command, string[] keys, byte[] body)
        {
            command.Parameters.Clear();
            if (command is NpgsqlCommand)
            {
                command.CommandText = "INSERT INTO raw_row (k, at, body) SELECT k, 1795000000000, body FROM unnest(@keys, @bodies) AS rows (k, body)";
                command.Parameters.Add(new NpgsqlParameter("keys", keys));
                command.Parameters.Add(new NpgsqlParameter("bodies", keys.Select(_ => body).ToArray()));
                command.ExecuteNonQuery();
                return;
            }

            command.CommandText = "INSERT INTO raw_row (k, at, body) VALUES (@k, 1795000000000, @body)";
            SqliteParameter key = new("k", ""), content = new("body", body);
            command.Parameters.AddRange(new[] { key, content });
            foreach (var one in keys)
            {
                key.Value = one;
                command.ExecuteNonQuery();
            }
        }

        public void Dispose()
        {
            place.DisposeAsync().AsTask().GetAwaiter().GetResult();
            folder.Dispose();
            foreach (var key in new[] { raSign, raEncrypt, caSign, caEncrypt })
            {
                key.Dispose();
            }
        }

        /// <summary>Step 12: the reply sealed to the RA, kept with the deed.</summary>
        private sealed class SealedSink(IssuePlace owner, MessageHeader asked) : IReplySink
        {
            private byte[] answer = [];

            public void Prepare(PairIssued reply) => answer = SealedMessage.Seal(
                new MessageHeader(asked.Id, "reply", Rooms.Ca, Rooms.Ra, owner.place.Clock.GetUtcNow()), JsonSerializer.SerializeToUtf8Bytes(reply, ContractJson.Options), owner.caSign, owner.caSigning,
                owner.raEncryption);

            public void Reply(Session session, PairIssued reply) =>
                session.Send("INSERT INTO outbox_item (destination, id, kind, body, state, tries, due, added) VALUES ('receipts', @Id, 'receipt', @answer, 'waiting', 0, 0, 0)", new { asked.Id, answer });
        }
    }

    /// <summary>Facts as the room's post leaves them: JSON, a row a receiver.</summary>
    private sealed class OutboxOutlet : IFactOutlet
    {
        private Outbox? outbox;

        public void Begin(Outbox to) => outbox = to;

        public void Publish<TFact>(Session session, TFact fact)
            where TFact : IFact
        {
            if (outbox is null)
            {
                return;
            }

            PublishMany(session, [fact]);
        }

        public void PublishMany<TFact>(Session session, IReadOnlyList<TFact> facts)
            where TFact : IFact
        {
            List<OutboxItem> items = [];
            foreach (var fact in facts)
            {
                var body = JsonSerializer.SerializeToUtf8Bytes(fact, ContractJson.Options);
                var id = SecureRandom.NewId();
                foreach (var to in new[] { Rooms.Publishing, Rooms.Ocsp })
                {
                    items.Add(new OutboxItem { Destination = to, Id = id, Kind = "fact:" + typeof(TFact).Name, Body = body });
                }
            }

            outbox?.AddMany(session, items);
        }
    }
}
