using System.Diagnostics;
using System.Globalization;
using Hufu.Crypto;
using Hufu.Hosting;
using Hufu.Ocsp;
using Hufu.Ocsp.Answering;
using Hufu.Ocsp.Http;
using Hufu.Ocsp.Status;
using Hufu.Pki;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

/// <summary>
/// The status service on one core, loaded from the other: ten million serials (HUFU_BENCH_SERIALS), 3 % revoked; 100,000 distinct requests drawn over all of them, 1 % about serials that were never issued. Rates are answers a second of
/// the server's processor time, medians of five rounds in which ours and the peers take turns.
/// </summary>
internal sealed class OcspBench : IBench
{
    private const int Rounds = 5;
    private const double Seconds = 2;
    private const int Distinct = 100_000;

    private static readonly long s_serials = long.TryParse(Environment.GetEnvironmentVariable("HUFU_BENCH_SERIALS"), CultureInfo.InvariantCulture, out var asked) ? asked : 10_000_000;

    public string Name => "ocsp";

    public string Title => $"Status service, {s_serials:N0} serials (bars: ocsp-ahead 0.9 of a constant, ocsp-live 0.75 of 1/(1/constant + 1/sign); ocsp-bytes: bytes a serial, at most 18; ocsp-p99: 1/seconds)";

    public IEnumerable<BenchRow> Run()
    {
        using var place = new Place();
        yield return new BenchRow("ocsp-bytes", (double)place.Index.Bytes / place.Index.Count, 18, place.Index.Bytes / 18.0 / place.Index.Count, 0);
        Rebuilds.Print(place.Index, s_serials);
        var constant = new ConstantDoor("/constant", "application/ocsp-response");
        var live = new Door(place, "/live/ocsp", []);
        var ahead = new Door(place, "/ocsp", [Oids.Sha1]);
        Place.SignAhead(ahead);
        var bodies = place.Requests();
        constant.Answer = place.CheckedAnswer(ahead, bodies);
        _ = place.CheckedAnswer(live, bodies);
        using var server = LoadedServer.Start([constant, live, ahead], bodies, OcspDoor.RequestType);
        if (OperatingSystem.IsLinux())
        {
            Process.GetCurrentProcess().ProcessorAffinity = 1;
        }

        server.Warm("/constant", "/ocsp", "/live/ocsp");

        double[] constants = new double[Rounds], aheads = new double[Rounds], lives = new double[Rounds], signs = new double[Rounds], aheadRatios = new double[Rounds], liveRatios = new double[Rounds];
        Load? aheadLoad = null, liveLoad = null, constantLoad = null;
        for (var i = 0; i < Rounds; i++)
        {
            constantLoad = server.Full("/constant", Seconds);
            aheadLoad = server.Full("/ocsp", Seconds);
            liveLoad = server.Full("/live/ocsp", Seconds);
            (constants[i], aheads[i], lives[i], signs[i]) = (constantLoad.CpuRate, aheadLoad.CpuRate, liveLoad.CpuRate, SignRate());
            (aheadRatios[i], liveRatios[i]) = (aheads[i] / constants[i], lives[i] * ((1 / constants[i]) + (1 / signs[i])));
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  a second of processor: constant {constants[i]:N0} ({constantLoad.Size} bytes), ahead {aheads[i]:N0}, live {lives[i]:N0}, sign {signs[i]:N0}; of the clock: {constantLoad.Rate:N0}, {aheadLoad.Rate:N0}, {liveLoad.Rate:N0}; allocated {constantLoad.Allocated}, {aheadLoad.Allocated}, {liveLoad.Allocated}"));
        }

        yield return new BenchRow("ocsp-ahead", Median(aheads), Median(constants), Median(aheadRatios), aheadLoad!.Allocated);
        yield return new BenchRow("ocsp-live", Median(lives), 1 / ((1 / Median(constants)) + (1 / Median(signs))), Median(liveRatios), liveLoad!.Allocated);
        foreach (var (row, path, full) in new[] { ("ocsp-p99-ahead", "/ocsp", aheadLoad.Rate), ("ocsp-p99-live", "/live/ocsp", liveLoad.Rate) })
        {
            var mine = server.At(path, 5, full * 0.7);
            var peer = server.At("/constant", 5, full * 0.7);
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {row}: at {full * 0.7:N0} a second 50 % {mine.Latencies[0]:N0} us, 99 % {mine.Latencies[1]:N0} us, 99.9 % {mine.Latencies[2]:N0} us; the constant {peer.Latencies[0]:N0}, {peer.Latencies[1]:N0}, {peer.Latencies[2]:N0} us"));
            yield return new BenchRow(row, 1e6 / mine.Latencies[1], 1e6 / peer.Latencies[1], peer.Latencies[1] / mine.Latencies[1], mine.Allocated);
        }
    }

    // The kernel's batch, as the service uses it: 64 digests at a time.
    private static double SignRate()
    {
        using var key = Sm2PrivateKey.Generate();
        byte[] digests = SecureRandom.GetBytes(64 * 32), signatures = new byte[64 * Sm2.SignatureSize];
        var began = Environment.CpuUsage.TotalTime;
        var signed = 0;
        for (; (Environment.CpuUsage.TotalTime - began).TotalSeconds < 0.5; signed += 640)
        {
            for (var i = 0; i < 10; i++)
            {
                Sm2Batch.SignDigests(key, digests, signatures);
            }
        }

        return signed / (Environment.CpuUsage.TotalTime - began).TotalSeconds;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    /// <summary>The status service's own door at an address of the bench's.</summary>
    private sealed class Door : IFrontDoor
    {
        private readonly OcspDoor _door;
        private readonly string _path;

        public Door(Place place, string path, IReadOnlyList<string> ahead)
        {
            _path = path;
            var options = new OcspOptions { SignAhead = ahead, AddressPerSecond = 1_000_000 };
            Responder = new Responder(place.Issuers, place.Words, () => ahead.Count > 0 ? place.Ahead : place.Live, TimeProvider.System, options);
            Signer = new AheadSigner(Responder, place.Words, TimeProvider.System, options, Place.Life, NullLogger.Instance);
            _door = new OcspDoor(Responder, TimeProvider.System, options, NullLogger.Instance);
        }

        public Responder Responder { get; }

        public AheadSigner Signer { get; }

        public Task? TryHandle(HttpContext context) => context.Request.Path.Value == _path ? _door.PostAsync(context) : null;
    }

    /// <summary>A CA with its serials, and a responder that it certified.</summary>
    private sealed class Place : IDisposable
    {
        public static readonly TimeSpan Life = TimeSpan.FromHours(4);

        private readonly Sm2KeyPair _ca = Sm2KeyPair.Generate();
        private readonly Sm2KeyPair _responder = Sm2KeyPair.Generate();
        private readonly Certificate _authority;

        public Place()
        {
            var name = DistinguishedName.Create((Oids.Country, "CN"), (Oids.Organization, "测试机构"), (Oids.CommonName, "运营 CA"));
            _authority = Certify(name, _ca, name, [new BasicConstraints(true).ToExtension()]);
            var certificate = Certify(
                DistinguishedName.Create((Oids.Country, "CN"), (Oids.Organization, "测试机构"), (Oids.CommonName, "OCSP")), _responder, name,
                [new KeyUsageExtension(KeyUsages.DigitalSignature).ToExtension(), new ExtendedKeyUsage([Oids.PurposeOcspSigning]).ToExtension(critical: false), OcspNoCheck.ToExtension()]);
            // Two certificates of the same bytes: what one has signed ahead is not the other's, so the same serials are answered both ways.
            Ahead = new ResponderIdentity(certificate, new Batches(_responder));
            Live = new ResponderIdentity(Certificate.Decode(certificate.Encode()), new Batches(_responder));
            Issuers = new Issuers(Index);
            Issuers.Add("operational", _authority);
            Words.Heard("operational", TimeProvider.System.GetUtcNow());
            var watch = Stopwatch.StartNew();
            var builder = new SerialSetBuilder(16, s_serials);
            var block = new byte[16 * 4096];
            for (long at = 0; at < s_serials; at += 4096)
            {
                SecureRandom.Fill(block);
                for (var i = 0; i < Math.Min(4096, s_serials - at); i++)
                {
                    builder.Add(Serial(block, i), false);
                }
            }

            var authority = Index.Of("operational");
            authority.Put(builder.Finish());
            Console.Error.WriteLine($"  {s_serials:N0} serials in {watch.Elapsed.TotalSeconds:0.0} s");
            var set = authority.Sets.Single();
            for (var i = 0; i < set.Buckets; i++)
            {
                var bucket = set.Bucket(i);
                for (var n = 0; n < bucket.Count; n++)
                {
                    if (BitConverter.ToUInt16(bucket.Serial(n, 16)[14..]) % 100 < 3)
                    {
                        authority.Revoked(bucket.Serial(n, 16), DateTimeOffset.UnixEpoch.AddDays(20_000), Hufu.Contracts.RevocationReason.KeyCompromise);
                    }
                }
            }

            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Index.RevokedCount:N0} revoked, {(double)Index.Bytes / Index.Count:0.00} bytes a serial, process {Environment.WorkingSet / 1e6:N0} MB"));
        }

        public StatusIndex Index { get; } = new();

        public Issuers Issuers { get; }

        public AuthorityWords Words { get; } = new(Life);

        public ResponderIdentity Ahead { get; }

        public ResponderIdentity Live { get; }

        public static void SignAhead(Door door)
        {
            var watch = Stopwatch.StartNew();
            var signed = door.Signer.Sweep(CancellationToken.None);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {signed:N0} answers signed ahead in {watch.Elapsed.TotalSeconds:0.0} s, process {Environment.WorkingSet / 1e6:N0} MB"));
        }

        public List<byte[]> Requests()
        {
            var set = Index.Of("operational").Sets.Single();
            var requests = new List<byte[]>(Distinct);
            var random = SecureRandom.GetBytes(8 * Distinct);
            for (var i = 0; i < Distinct; i++)
            {
                var bucket = set.Bucket((int)(BitConverter.ToUInt32(random, 8 * i) % set.Buckets));
                var serial = i % 100 == 99 || bucket.Count == 0 ? Serial(SecureRandom.GetBytes(16), 0).ToArray() : bucket.Serial((int)(BitConverter.ToUInt32(random, (8 * i) + 4) % bucket.Count), 16).ToArray();
                requests.Add(OcspRequest.Create([OcspCertId.Create(_authority, SerialNumber.FromBytes(serial), Oids.Sha1)], null).Encode());
            }

            return requests;
        }

        /// <summary>An answer of the usual size; a thousand of them are decoded and verified first.</summary>
        public byte[] CheckedAnswer(Door door, List<byte[]> requests)
        {
            var usual = Array.Empty<byte>();
            foreach (var request in requests.Take(1000))
            {
                var work = door.Responder.Rent();
                if (!door.Responder.Begin(request, work))
                {
                    work.WaitAsync().AsTask().GetAwaiter().GetResult();
                }

                var answer = OcspResponse.Decode(work.Response.ToArray());
                var asked = OcspRequest.Decode(request).CertIds[0];
                var standing = Index.Find("operational", asked.SerialNumber.Content).Standing;
                if (!answer.IsSignedBy(Ahead.Certificate) || (int)answer.Responses.Single().Status != (standing == Standing.Good ? 0 : standing == Standing.Revoked ? 1 : 2))
                {
                    throw new InvalidOperationException("An answer is wrong.");
                }

                usual = answer.Responses[0].Status == OcspCertificateStatus.Good ? work.Response.ToArray() : usual;
                door.Responder.Return(work);
            }

            return usual;
        }

        public void Dispose()
        {
            _ca.Dispose();
            _responder.Dispose();
        }

        // Sixteen content bytes of a positive INTEGER.
        private static ReadOnlySpan<byte> Serial(byte[] block, int at)
        {
            var serial = block.AsSpan(16 * at, 16);
            serial[0] = (byte)(0x40 | (serial[0] & 0x3F));
            return serial;
        }

        private Certificate Certify(DistinguishedName subject, Sm2KeyPair key, DistinguishedName issuer, IReadOnlyList<CertificateExtension> extensions)
        {
            var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
            return Certificate.Sign(
                new TbsCertificate
                {
                    SerialNumber = SerialNumber.Create(),
                    Signature = AlgorithmIdentifier.Sm2WithSm3,
                    Issuer = issuer,
                    NotBefore = now.AddDays(-1),
                    NotAfter = now.AddDays(30),
                    Subject = subject,
                    PublicKey = key.PublicKey,
                    Extensions = [new SubjectKeyIdentifier(key.PublicKey.KeyIdentifier).ToExtension(), AuthorityKeyIdentifier.FromKeyIdentifier(_ca.PublicKey.KeyIdentifier).ToExtension(), .. extensions],
                },
                _ca);
        }
    }
}
