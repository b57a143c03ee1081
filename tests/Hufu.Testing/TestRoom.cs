using System.Reflection;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Messaging;
using Hufu.Pki;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hufu.Testing;

/// <summary>A room as the host opens it, in a folder of its own, on a clock that the test moves and with certificates from a PKI in memory.</summary>
public sealed class TestRoom : IAsyncDisposable
{
    private readonly TempFolder? _ownFolder;

    private TestRoom(RoomContext context, FakeClock clock, TestAuthority authority, InProcessTransport transport, string folder, TempFolder? ownFolder)
    {
        Context = context;
        Clock = clock;
        Authority = authority;
        Transport = transport;
        Folder = folder;
        _ownFolder = ownFolder;
    }

    public RoomContext Context { get; }

    public FakeClock Clock { get; }

    public TestAuthority Authority { get; }

    public InProcessTransport Transport { get; }

    /// <summary>The data directory.</summary>
    public string Folder { get; }

    /// <summary>Opens a room.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="module">The module's assembly, for its tables; null for none.</param>
    /// <param name="beside">Another room of the same test: its clock, authority and transport are shared, so that the two can talk.</param>
    /// <param name="folder">The data directory; null for a new one that is removed at the end.</param>
    /// <param name="policy">Null for the repository's.</param>
    /// <param name="settings">Changes the usual settings.</param>
    public static async Task<TestRoom> OpenAsync(
        string name, Assembly? module = null, TestRoom? beside = null, string? folder = null, Policy? policy = null, Func<HostSettings, HostSettings>? settings = null)
    {
        var own = folder is null ? new TempFolder() : null;
        var clock = beside?.Clock ?? new FakeClock();
        var transport = beside?.Transport ?? new InProcessTransport();
        var data = folder ?? own!.Path;
        var context = await RoomContext.OpenAsync(
            new RoomOpening
            {
                Name = name,
                Module = module ?? typeof(TestRoom).Assembly,
                Settings = HostSettings.For(data, new Uri("http://127.0.0.1:8080/")) is var usual && settings is not null ? settings(usual) : usual,
                Policy = policy ?? SourceTree.Policy,
                Clock = clock,
                Transport = transport,
                Logs = NullLoggerFactory.Instance,
                OpenIdentity = static (room, directory) => RoomIdentity.Open(room, directory, "device-pin", DeviceOptions.ForTests),
            },
            CancellationToken.None);
        return new TestRoom(context, clock, beside?.Authority ?? new TestAuthority(clock), transport, data, own);
    }

    /// <summary>Certificates from the test's authority for the room's three keys.</summary>
    public IdentityInstallation Certify(string setupCode, bool withEncryption = true, params PeerInfo[] peers)
    {
        var requests = Context.Identity.MakeRequests(TestAuthority.Name(Context.Name));
        return new IdentityInstallation(
            setupCode,
            Issue(requests.Signing, KeyUsages.DigitalSignature | KeyUsages.NonRepudiation),
            withEncryption ? Issue(requests.Encryption!, KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment) : null,
            Issue(requests.Audit, KeyUsages.DigitalSignature),
            [.. Authority.Chain.Select(certificate => certificate.Encode())],
            peers);

        byte[] Issue(byte[] request, KeyUsages usages) => Authority.Issue(Context.Name, CertificationRequest.Decode(request).PublicKey, usages).Encode();
    }

    /// <summary>Installs such certificates at once.</summary>
    public void InstallIdentity(bool withEncryption = true)
    {
        var installation = Certify("-", withEncryption);
        Context.Identity.Install(
            Certificate.Decode(installation.SigningCertificate), installation.EncryptionCertificate is { } der ? Certificate.Decode(der) : null, Certificate.Decode(installation.AuditCertificate),
            Authority.Chain, Clock.GetUtcNow());
    }

    /// <summary>Registers another room of the test as a peer.</summary>
    public Task KnowAsync(TestRoom other) =>
        Context.Database.WriteAsync(session => Context.Peers.Register(session, other.Context.Identity.AsPeer(), other.Authority.Chain), CancellationToken.None);

    /// <summary>A person in a role, past every rule of appointment: for tests of what comes after.</summary>
    public async Task<TestPerson> InRoleAsync(string role, string name, TimeSpan? life = null)
    {
        var person = Authority.Person(name, life);
        await EnrolAsync(role, name, person.Certificate!);
        return person;
    }

    /// <summary>The same for somebody whose key lies elsewhere.</summary>
    public async Task EnrolAsync(string role, string name, Certificate certificate)
    {
        var by = Context.Policy.Roles[role].AppointedBy[Context.Name];
        var appointer = by == RoleDefinition.ByInitialisation ? null : new StaffMember("P0000", "任命人", [by]);
        await Context.Database.WriteAsync(
            session =>
            {
                if (appointer is not null)
                {
                    session.Execute("INSERT INTO staff_people (id, name, name_key, suspended, added) VALUES ('P0000', '任命人', '任命人', 0, @now) ON CONFLICT (id) DO NOTHING", new { now = Clock.GetUtcNow().ToUnixTimeMilliseconds() });
                }

                Context.Staff.Enrol(session, role, name, certificate.Encode(), appointer, null);
            },
            CancellationToken.None);
    }

    /// <summary>The lines of the ledger so far.</summary>
    public async Task<IReadOnlyList<string>> LedgerAsync()
    {
        await Context.Ledger.SignHeadAsync(CancellationToken.None);
        return await File.ReadAllLinesAsync(Path.Combine(Context.DataDirectory, "audit", "records.jsonl"));
    }

    public async ValueTask DisposeAsync()
    {
        await Context.DisposeAsync();
        if (_ownFolder is not null)
        {
            Authority.Dispose();
            _ownFolder.Dispose();
        }
    }
}
