using System.Diagnostics;
using System.Globalization;
using Hufu.Crypto;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Tsa;
using Hufu.Tsa.Http;
using Hufu.Tsa.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

/// <summary>
/// The time-stamping authority on one core, loaded from the other: every token in the ledger, durable, before it leaves. Rates are answers a second of the server's processor time, medians of five rounds in which ours and the peers take
/// turns; the peer is 1 / (1 / the same server answering a constant + 1 / signing in the kernel's batches + 1 / appending the same records to a ledger in groups as large as the tokens' were, with its files, heads and index).
/// </summary>
internal sealed class TsaBench : IBench
{
    private const int Rounds = 5;
    private const double Seconds = 2;
    private static readonly int s_connections = int.TryParse(Environment.GetEnvironmentVariable("HUFU_BENCH_CONNECTIONS"), CultureInfo.InvariantCulture, out var asked) ? asked : 64;
    private const string Type = "application/timestamp-query";

    public string Name => "tsa";

    public string Title => "Time stamps, each in the ledger (bar: tsa 0.75 of 1/(1/constant + 1/sign + 1/append))";

    public IEnumerable<BenchRow> Run()
    {
        using var place = new Place();
        var constant = new ConstantDoor("/constant", "application/timestamp-reply");
        var bodies = Enumerable.Range(0, 20_000).Select(i => TimeStampRequest.Create(MessageImprint.OfData(BitConverter.GetBytes(i)), SecureRandom.GetBytes(8) is var n ? new System.Numerics.BigInteger(n, isUnsigned: true) : 0, true).Encode()).ToList();
        constant.Answer = place.CheckedAnswer(bodies);
        using var server = LoadedServer.Start([constant, new Door(place)], bodies, Type, s_connections);
        if (OperatingSystem.IsLinux())
        {
            Process.GetCurrentProcess().ProcessorAffinity = 1;
        }

        server.Warm("/constant", "/tsa");

        double[] ours = new double[Rounds], peers = new double[Rounds], ratios = new double[Rounds];
        Load? load = null;
        for (var i = 0; i < Rounds; i++)
        {
            var still = server.Full("/constant", Seconds);
            var groups = place.Stamper.Groups;
            load = server.Full("/tsa", Seconds);
            var together = load.Rate * Seconds / (place.Stamper.Groups - groups);
            double sign = place.SignRate(), append = place.AppendRate((int)Math.Clamp(together, 16, 256));
            (ours[i], peers[i]) = (load.CpuRate, 1 / ((1 / still.CpuRate) + (1 / sign) + (1 / append)));
            ratios[i] = ours[i] / peers[i];
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  a second of processor: constant {still.CpuRate:N0} ({still.Size} bytes), sign {sign:N0}, append {append:N0}, tokens {ours[i]:N0}; of the clock: constant {still.Rate:N0}, tokens {load.Rate:N0}, {together:N0} together"));
        }

        yield return new BenchRow("tsa", Median(ours), Median(peers), Median(ratios), load!.Allocated);
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private sealed class Door(Place place) : IFrontDoor
    {
        private readonly TsaDoor _door = new(() => place.Stamper, new TsaOptions { AddressPerSecond = 1_000_000 }, TimeProvider.System);

        public Task? TryHandle(HttpContext context) => _door.TryHandle(context);
    }

    private sealed class Place : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("hufu-bench-tsa").FullName;
        private readonly Sm2KeyPair _key = Sm2KeyPair.Generate();
        private readonly Sm2KeyPair _audit = Sm2KeyPair.Generate();
        private readonly Certificate _certificate;
        private readonly (Database Database, Ledger Ledger) _own;
        private readonly (Database Database, Ledger Ledger) _peer;

        public Place()
        {
            var name = DistinguishedName.Create((Oids.Country, "CN"), (Oids.Organization, "测试机构"), (Oids.CommonName, "TSA"));
            var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
            _certificate = Certificate.Sign(
                new TbsCertificate
                {
                    SerialNumber = SerialNumber.Create(),
                    Signature = AlgorithmIdentifier.Sm2WithSm3,
                    Issuer = name,
                    NotBefore = now.AddDays(-1),
                    NotAfter = now.AddDays(30),
                    Subject = name,
                    PublicKey = _key.PublicKey,
                    Extensions = [new KeyUsageExtension(KeyUsages.DigitalSignature).ToExtension(), new ExtendedKeyUsage([Oids.PurposeTimeStamping]).ToExtension(critical: true)],
                },
                _key);
            _own = Open("own");
            _peer = Open("peer");
            var identity = new TsaIdentity(_certificate, new Batches(_key));
            var bounds = new ClockBounds(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), Ordering: false);
            Stamper = new Stamper(
                _own.Database, _own.Ledger, () => identity, new TokenClock(TimeProvider.System, 0, bounds), new TokenSerials(1), TimeProvider.System, bounds, new TsaOptions(), NullLogger.Instance);
            Stamper.Start();
        }

        public Stamper Stamper { get; }

        public byte[] CheckedAnswer(List<byte[]> requests)
        {
            byte[] answer = [];
            foreach (var request in requests.Take(200))
            {
                answer = Answer(request);
                if (TimeStampResponse.Decode(answer).Token?.Verify(TimeStampRequest.Decode(request), []) != TimeStampVerdict.Valid)
                {
                    throw new InvalidOperationException("A token is wrong.");
                }
            }

            return answer;
        }

        private byte[] Answer(byte[] request)
        {
            var work = Stamper.Begin(request, MessageSyntax.Cms);
            work.WaitAsync().AsTask().GetAwaiter().GetResult();
            var answer = work.Response.Written.ToArray();
            Stamper.Return(work);
            return answer;
        }

        public double SignRate()
        {
            byte[] digests = SecureRandom.GetBytes(64 * 32), signatures = new byte[64 * Sm2.SignatureSize];
            var began = Environment.CpuUsage.TotalTime;
            var signed = 0;
            for (; (Environment.CpuUsage.TotalTime - began).TotalSeconds < 0.4; signed += 640)
            {
                for (var i = 0; i < 10; i++)
                {
                    Sm2Batch.SignDigests(_key.PrivateKey, digests, signatures);
                }
            }

            return signed / (Environment.CpuUsage.TotalTime - began).TotalSeconds;
        }

        public double AppendRate(int group)
        {
            var response = TimeStampResponse.Decode(Answer(TimeStampRequest.Create(MessageImprint.OfData([]), null, true).Encode()));
            var work = new StampWork { Time = 1_800_000_000_000_000, Serial = response.Token!.Info.SerialNumber };
            work.Ask(MessageSyntax.Cms, Oids.Sm3, AlgorithmIdentifier.Sm3.RawData.Span, Sm3.HashData([]), [], true);
            SecureRandom.Fill(work.TokenDigest);
            var record = StampGroup.Record(work);
            var began = Environment.CpuUsage.TotalTime;
            // Two whole segments of the ledger's index: what is done behind the writer (files, heads, index) is part of an append here as it is behind the tokens.
            var groups = 32_768 / group;
            for (var i = 0; i < groups; i++)
            {
                _peer.Database.WriteAsync(
                    session =>
                    {
                        for (var n = 0; n < group; n++)
                        {
                            _peer.Ledger.Append(session, record);
                        }
                    },
                    CancellationToken.None).GetAwaiter().GetResult();
            }

            _peer.Ledger.SignHeadAsync(CancellationToken.None).GetAwaiter().GetResult();
            var whole = (_peer.Ledger.Size / 16_384) - 1;
            for (var waited = 0; waited < 500 && _peer.Database.ReadAsync(session => session.Scalar<long?>("SELECT MAX(segment) FROM ledger_index"), CancellationToken.None).GetAwaiter().GetResult() is var last && !(last >= whole); waited++)
            {
                Thread.Sleep(20);
            }

            return groups * group / (Environment.CpuUsage.TotalTime - began).TotalSeconds;
        }

        public void Dispose()
        {
            Stamper.DisposeAsync().AsTask().GetAwaiter().GetResult();
            foreach (var (database, ledger) in new[] { _own, _peer })
            {
                ledger.DisposeAsync().AsTask().GetAwaiter().GetResult();
                database.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }

            _key.Dispose();
            _audit.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private (Database Database, Ledger Ledger) Open(string name)
        {
            var database = Database.OpenAsync(
                new DatabaseOptions { Path = Path.Combine(_folder, name, "tsa.db"), Clock = TimeProvider.System }, Migration.FromAssembly(typeof(TsaModule).Assembly), CancellationToken.None).GetAwaiter().GetResult();
            var ledger = Ledger.OpenAsync(
                new LedgerOptions { Database = database, Directory = Path.Combine(_folder, name, "audit"), Origin = "tsa", Signer = _audit, Clock = TimeProvider.System }, CancellationToken.None).GetAwaiter().GetResult();
            return (database, ledger);
        }
    }
}
