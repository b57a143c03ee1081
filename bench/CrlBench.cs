using System.Diagnostics;
using System.Globalization;
using Hufu.Ca;
using Hufu.Ca.Authorities;
using Hufu.Ca.Crls;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.Data.Sqlite;

/// <summary>
/// A full CRL from the database to the signed, checked (R08, R09) and synced file, wall clock, entries a second. crl-1m: median of three; crl-10m: once. The last CRL has a thousand entries less. Peer: the same
/// rows read by plain SQLite in the same order, the same bytes hashed (SM3) and written with fsync. Peak memory is the process's over what it had before.
/// </summary>
internal sealed class CrlBench : IBench
{
    public string Name => "crl";

    public string Title => "A CRL from the database to the checked, synced file (bars: ratio 0.5, peak memory 150 MB, ten million under 25 s)";

    public IEnumerable<BenchRow> Run()
    {
        yield return Row("crl-1m", 1_000_000, 3);
        if (Environment.GetEnvironmentVariable("HUFU_BENCH_SMALL") is null)
        {
            yield return Row("crl-10m", 10_000_000, 1);
        }
    }

    private static BenchRow Row(string name, int count, int runs)
    {
        using var place = CrlPlace.Open(count);
        List<double> ours = [], peer = [];
        long peak = 0, entries = 0;
        for (var run = 0; run < runs; run++)
        {
            var idle = Resident();
            ResetPeak();
            var watch = Stopwatch.StartNew();
            var made = place.Make();
            ours.Add(watch.Elapsed.TotalSeconds);
            peak = Math.Max(peak, Peak() - idle);
            entries = made.Row.Entries;
            peer.Add(place.Peer(made));
        }

        var (mine, theirs) = (Median(ours), Median(peer));
        var ratio = theirs / mine;
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name}: {mine:N1} s beside {theirs:N1} s; ratio {ratio:N2} ({Word(ratio >= 0.5)}); peak memory over idle {peak / 1_048_576.0:N0} MB ({Word(peak <= 150L << 20)}){(count < 10_000_000 ? "" : $"; under 25 s: {Word(mine < 25)}")}"));
        return new BenchRow(name, entries / mine, entries / theirs, ratio, 0);
    }

    private static string Word(bool met) => met ? "ok" : "missed";

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // Linux counts the peak of the resident set; writing 5 begins anew.
    private static void ResetPeak()
    {
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5");
    }

    private static long Peak() => Status("VmHWM:");

    private static long Resident()
    {
        GC.Collect();
        return Status("VmRSS:");
    }

    private static long Status(string field) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;

    /// <summary>A CA's tables with so many revoked certificates in out/bench/; made once, kept. The certificates' own bytes are left out: no CRL reads them.</summary>
    private sealed class CrlPlace : IDisposable
    {
        private const long Now = 1_795_000_000_000;
        private readonly string folder;
        private readonly Database database;
        private readonly Sm2KeyPair key;
        private readonly Authority authority;
        private readonly CrlMaker maker;
        private long number = 1;

        private CrlPlace(string folder, Database database, Sm2KeyPair key)
        {
            (this.folder, this.database, this.key) = (folder, database, key);
            authority = new Authority("operational", SelfSigned(key), key, "operational");
            maker = new CrlMaker(database, Path.Combine(folder, "crls"));
        }

        public static CrlPlace Open(int count)
        {
            var folder = Path.Combine(BenchRoot.Folder(), $"crl-{count}");
            var fresh = !File.Exists(Path.Combine(folder, "populated"));
            if (fresh)
            {
                if (Directory.Exists(folder))
                {
                    Directory.Delete(folder, recursive: true);
                }

                Directory.CreateDirectory(folder);
                OpenDatabase(folder).DisposeAsync().AsTask().GetAwaiter().GetResult();
                Populate(Path.Combine(folder, "ca.db"), count);
                File.WriteAllText(Path.Combine(folder, "populated"), "");
            }

            Directory.CreateDirectory(Path.Combine(folder, "crls"));
            var place = new CrlPlace(folder, OpenDatabase(folder), Sm2KeyPair.Generate());
            place.First();
            return place;
        }

        // What stands before the measured one: a regular CRL, then a thousand revocations.
        private void First()
        {
            database.WriteAsync(session => session.Execute("DELETE FROM ca_crls"), CancellationToken.None).GetAwaiter().GetResult();
            foreach (var old in Directory.GetFiles(Path.Combine(folder, "crls")))
            {
                File.Delete(old);
            }

            Keep(Make().Row);
            database.WriteAsync(
                session =>
                {
                    for (var i = 0; i < 1_000; i++)
                    {
                        var serial = SerialNumber.Create().ToString();
                        session.Execute(
                            """
                            INSERT INTO ca_certificates (issuer, serial, kind, profile, requester, holder, subject_digest, spki_digest, not_before, not_after, issued_at, der, part, revoked)
                            VALUES ('operational', @serial, 'signing', 'x', 'ra', '', '', '', 0, @End, 0, @Der, 0, 1)
                            """,
                            new { serial, End = Now + 100_000_000_000, Der = Array.Empty<byte>() });
                        session.Execute(
                            """
                            INSERT INTO ca_revocations (issuer, serial, not_after, revoked_at, reason, requested_by, requested_at, requester, live, part, authority)
                            VALUES ('operational', @serial, @End, @Now, 4, 'x', @Now, 'ra', 1, 0, 0)
                            """,
                            new { serial, End = Now + 100_000_000_000, Now });
                    }
                },
                CancellationToken.None).GetAwaiter().GetResult();
        }

        public CrlMade Make()
        {
            var last = database.ReadAsync(session => CrlStore.LatestFull(session, "operational"), CancellationToken.None).GetAwaiter().GetResult();
            var from = DateTimeOffset.FromUnixTimeMilliseconds(Now);
            var made = maker.MakeAsync(
                new CrlTask(authority, CrlScope.All, CrlKind.Full, number++, from, from.AddDays(1), last, last?.ThisUpdate ?? 0, null, []), CancellationToken.None).GetAwaiter().GetResult();
            return made.Faults.Count == 0 ? made : throw new InvalidOperationException(string.Join(' ', made.Faults));
        }

        private void Keep(CrlRow row) => database.WriteAsync(session => CrlStore.Insert(session, row with { Regular = 1 }), CancellationToken.None).GetAwaiter().GetResult();

        /// <summary>Seconds of the peer.</summary>
        public double Peer(CrlMade made)
        {
            var file = Path.Combine(folder, "crls", made.Row.File!);
            var copy = Path.Combine(folder, "peer.crl");
            var watch = Stopwatch.StartNew();
            long rows = 0;
            using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "ca.db"), Pooling = false, Mode = SqliteOpenMode.ReadOnly }.ToString()))
            {
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = "SELECT serial, revoked_at, reason, invalid_from FROM ca_revocations WHERE issuer = 'operational' AND live = 1 AND reason <> 8 AND not_after >= 0 ORDER BY serial";
                using var reader = command.ExecuteReader();
                while (reader.Read())
                {
                    rows += reader.GetString(0).Length > 0 && reader.GetInt64(1) > 0 && reader.GetInt64(2) >= 0 && reader.IsDBNull(3) ? 1 : 0;
                }
            }

            using (var source = File.OpenHandle(file))
            using (var target = new FileStream(copy, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 }))
            using (var hash = new Sm3Hash())
            {
                var buffer = new byte[64 * 1024];
                for (long at = 0; ;)
                {
                    var read = RandomAccess.Read(source, buffer, at);
                    if (read == 0)
                    {
                        break;
                    }

                    hash.AppendData(buffer.AsSpan(0, read));
                    target.Write(buffer, 0, read);
                    at += read;
                }

                target.Flush(flushToDisk: true);
                var digest = new byte[32];
                hash.GetHashAndReset(digest);
            }

            var seconds = watch.Elapsed.TotalSeconds;
            File.Delete(copy);
            File.Delete(file);
            return rows == made.Row.Entries ? seconds : throw new InvalidOperationException($"{rows} rows and {made.Row.Entries} entries.");
        }

        public void Dispose()
        {
            database.DisposeAsync().AsTask().GetAwaiter().GetResult();
            key.Dispose();
        }

        private static Database OpenDatabase(string folder) => Database.OpenAsync(
            new DatabaseOptions { Path = Path.Combine(folder, "ca.db"), Clock = TimeProvider.System },
            [.. Migration.FromAssembly(typeof(CaOptions).Assembly), .. Migration.FromAssembly(typeof(Hufu.Governance.Staff).Assembly)], CancellationToken.None).GetAwaiter().GetResult();

        // Set-based and in the order of the primary key; the other indexes are made anew at the end.
        private static void Populate(string file, long count)
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
            connection.Open();
            Run(connection, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA temp_store = FILE; PRAGMA threads = 2");
            List<(string Name, string Sql)> indexes = [];
            using (var command = connection.CreateCommand())
            {
                command.CommandText = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('ca_certificates', 'ca_revocations')";
                using var reader = command.ExecuteReader();
                while (reader.Read())
                {
                    indexes.Add((reader.GetString(0), reader.GetString(1)));
                }
            }

            indexes.ForEach(index => Run(connection, $"DROP INDEX {index.Name}"));
            Run(connection, $"""
                CREATE TEMP TABLE s AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
                SELECT substr('1234567', 1 + abs(random() % 7), 1) || substr(lower(hex(randomblob(20))), 2) AS serial, i FROM n
                """);
            Console.Error.WriteLine("  population: serials");
            Run(connection, $"""
                INSERT INTO ca_certificates (issuer, serial, kind, profile, requester, holder, subject_digest, spki_digest, not_before, not_after, issued_at, der, part, revoked)
                SELECT 'operational', serial, 'signing', 'x', 'ra', '', '', '', 0, {Now} + 1000 * i, 0, x'', 0, 1 FROM s ORDER BY serial
                """);
            Console.Error.WriteLine("  population: certificates");
            Run(connection, $"""
                INSERT INTO ca_revocations (issuer, serial, not_after, revoked_at, reason, requested_by, requested_at, requester, live, part, authority, listed_at)
                SELECT 'operational', serial, {Now} + 1000 * i, {Now} - 1000 * i, i % 6, 'x', 0, 'ra', 1, 0, 0, 1 FROM s
                """);
            foreach (var (name, sql) in indexes)
            {
                Run(connection, sql);
                Console.Error.WriteLine($"  population: {name}");
            }
        }

        private static void Run(SqliteConnection connection, string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.CommandTimeout = 0;
            command.ExecuteNonQuery();
        }

        private static Certificate SelfSigned(Sm2KeyPair signer)
        {
            var subject = DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "虎符运营 CA"));
            var from = DateTimeOffset.FromUnixTimeMilliseconds(Now);
            return Certificate.Sign(
                new TbsCertificate
                {
                    SerialNumber = SerialNumber.Create(), Signature = signer.Algorithm, Issuer = subject, NotBefore = from, NotAfter = from.AddYears(1), Subject = subject, PublicKey = signer.PublicKey,
                    Extensions = [new SubjectKeyIdentifier(signer.PublicKey.KeyIdentifier).ToExtension(), new KeyUsageExtension(KeyUsages.Signing).ToExtension()],
                },
                signer);
        }
    }
}
