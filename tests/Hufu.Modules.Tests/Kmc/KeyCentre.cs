using Xunit;
using System.Diagnostics;
using Hufu.Devices;
using Hufu.Governance;
using Hufu.Kmc;
using Hufu.Kmc.Serving;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Records;
using Hufu.Testing;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>A key centre without its doors: real database, real ledger, real device, and CAs that ask it.</summary>
internal sealed class KeyCentre : IAsyncDisposable
{
    private const string Pin = "test-pin-7";

    private readonly TimeProvider _clock;
    private readonly (string Connection, string Schema)? _postgres;

    private KeyCentre(string folder, (string, string)? postgres, Database database, Ledger ledger, SoftwareDevice device, KmcOptions options, TimeProvider clock, Certificate? certificate)
    {
        _clock = clock;
        _postgres = postgres;
        Folder = folder;
        Database = database;
        Ledger = ledger;
        Device = device;
        Options = options;
        Maker = new PairMaker(database, ledger, () => device, clock);
        Reserve = new SpareReserve(database);
        var queue = new ServingQueue(database, ledger, new AnswerWriter(() => device, () => device, options), Reserve, Maker, new RequestRules(Policy, new EscrowedKeys(), clock, options), clock);
        Server = new RequestServer(database, ledger, queue, clock, options);
        var signer = device.GetSigner("sign");
        Certificate = certificate ?? SelfSigned("密钥管理中心", signer);
        Serving = new ServingCentre(Certificate, signer, "sign", 1, [signer.PublicKey]);
    }

    public static Policy Policy { get; } = Policy.Load(PolicyFolder());

    public string Folder { get; }

    public bool OnPostgres => _postgres is not null;

    public Database Database { get; }

    public Ledger Ledger { get; }

    public SoftwareDevice Device { get; }

    public KmcOptions Options { get; }

    public PairMaker Maker { get; }

    public SpareReserve Reserve { get; }

    public RequestServer Server { get; }

    public Certificate Certificate { get; }

    public ServingCentre Serving { get; }

    public static async Task<KeyCentre> OpenAsync(int spares = 0, KmcOptions? options = null, TimeProvider? clock = null, string? postgres = null)
    {
        // HUFU_TEST_KMC_POSTGRES=1: all of them on PostgreSQL.
        postgres ??= Environment.GetEnvironmentVariable("HUFU_TEST_KMC_POSTGRES") is { Length: > 0 } ? (await PostgresServer.SharedAsync()).ConnectionString : null;
        var folder = Directory.CreateTempSubdirectory("hufu-kmc-").FullName;
        using (var device = SoftwareDevice.Create(Path.Combine(folder, "device"), Pin, DeviceOptions.ForTests))
        {
            device.GenerateKeyPair("sign", KeyUse.Signing);
            device.GenerateKeyPair("audit", KeyUse.Signing);
            device.GenerateStorageKey(PairMetadata.StorageKeyLabel(1));
        }

        var centre = await StartAsync(folder, options ?? new KmcOptions(), clock ?? TimeProvider.System, null, postgres is null ? null : (postgres, PostgresServer.NewSchema("kmc")));
        if (spares > 0)
        {
            await centre.Maker.MakeAsync(spares, "test", 1, CancellationToken.None);
        }

        return centre;
    }

    /// <summary>Ends without a goodbye and starts again on the same files.</summary>
    public async Task<KeyCentre> RestartAsync()
    {
        await StopAsync();
        return await StartAsync(Folder, Options, _clock, Certificate, _postgres);
    }

    private static async Task<KeyCentre> StartAsync(string folder, KmcOptions options, TimeProvider clock, Certificate? certificate, (string Connection, string Schema)? postgres)
    {
        var device = SoftwareDevice.Open(Path.Combine(folder, "device"), Pin);
        var database = await Database.OpenAsync(
            postgres is { } server
                ? new DatabaseOptions { Postgres = server.Connection, Schema = server.Schema, Clock = clock }
                : new DatabaseOptions { Path = Path.Combine(folder, "kmc.db"), Clock = clock },
            Migration.FromAssembly(typeof(KmcOptions).Assembly), CancellationToken.None);
        var ledger = await Ledger.OpenAsync(
            new LedgerOptions { Database = database, Directory = Path.Combine(folder, "audit"), Origin = "kmc", Signer = device.GetSigner("audit"), Clock = clock }, CancellationToken.None);
        var centre = new KeyCentre(folder, postgres, database, ledger, device, options, clock, certificate);
        await centre.Maker.StartAsync(CancellationToken.None);
        return centre;
    }

    private async Task StopAsync()
    {
        await Ledger.DisposeAsync();
        await Database.DisposeAsync();
        Maker.Dispose();
        Reserve.Dispose();
        Device.Dispose();
    }

    public async Task<byte[]> AnswerAsync(TestCa ca, byte[] request) =>
        (await Server.AnswerAsync(ca.Name, [ca.Certificate], Serving, request, new AnswerKeeper(_ => { }, (_, _) => { }), CancellationToken.None)).Der;

    public async Task<KmRespond> AskAsync(TestCa ca, CaRequest request)
    {
        var answer = KmRespond.Decode(await AnswerAsync(ca, request.Encode()));
        answer.Check(Certificate, request, Options.Gmt0014);
        return answer;
    }

    public Task<(long Spare, long InUse, long History)> CountAsync() => Database.ReadAsync(
        session =>
        {
            var counts = PairStores.Count(session);
            Assert.Equal(counts.Spare, session.Scalar<long>("SELECT COUNT(*) FROM kmc_spare"));
            Assert.Equal(counts.InUse, session.Scalar<long>("SELECT COUNT(*) FROM kmc_in_use"));
            Assert.Equal(counts.History, session.Scalar<long>("SELECT COUNT(*) FROM kmc_history"));
            return (counts.Spare, counts.InUse, counts.History);
        },
        CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    public static Certificate SelfSigned(string name, ISigner signer)
    {
        var subject = DistinguishedName.Create((Oids.Country, "CN"), (Oids.Organization, "测试机构"), (Oids.CommonName, name));
        var now = TimeProvider.System.GetUtcNow();
        return Certificate.Sign(
            new TbsCertificate
            {
                SerialNumber = SerialNumber.Create(),
                Signature = signer.Algorithm,
                Issuer = subject,
                NotBefore = now.AddMinutes(-1),
                NotAfter = now.AddYears(1),
                Subject = subject,
                PublicKey = signer.PublicKey,
                Extensions = [new KeyUsageExtension(KeyUsages.Signing).ToExtension()],
            },
            signer);
    }

    private static string PolicyFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "policy", "values.yaml")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new UnreachableException("No policy folder above the tests."), "policy");
    }
}

/// <summary>A CA that asks for pairs.</summary>
internal sealed class TestCa : IDisposable
{
    private readonly Sm2KeyPair _key = Sm2KeyPair.Generate();
    private long _task;

    public TestCa(string name)
    {
        Name = name;
        Certificate = KeyCentre.SelfSigned(name, _key);
    }

    public string Name { get; }

    public Certificate Certificate { get; }

    public ISigner Signer => _key;

    public CaRequest Ask(params IReadOnlyList<KeyRequest> requests) => AskAs(Interlocked.Increment(ref _task), requests);

    public CaRequest AskAs(long task, params IReadOnlyList<KeyRequest> requests) =>
        CaRequest.Sign(Certificate, _key, requests, TimeProvider.System.GetUtcNow(), SerialNumber.FromInt64(task), Gmt0014Options.Hufu);

    public static ApplyKeyRequest Apply(SerialNumber number, SubjectPublicKeyInfo holder, string? user = "某单位")
    {
        var now = TimeProvider.System.GetUtcNow();
        var start = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        return ApplyKeyRequest.ForSm2(new AppUserInfo(number, holder, start, start.AddYears(1).AddSeconds(-1), user, "110000", null));
    }

    public static RestoreKeyRequest Restore(SerialNumber number, SubjectPublicKeyInfo holder) => new(ReturnAlgorithms.Sm, number, holder);

    public void Dispose() => _key.Dispose();
}
