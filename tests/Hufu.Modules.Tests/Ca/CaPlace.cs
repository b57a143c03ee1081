using System.Text;
using System.Text.Json;
using Hufu.Ca;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Issuing;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hufu.Modules.Tests.Ca;

/// <summary>Collects the facts of committed transactions.</summary>
internal sealed class FactBox : IFactOutlet
{
    public List<IFact> Facts { get; } = [];

    public void Publish<TFact>(Session session, TFact fact)
        where TFact : IFact => session.OnCommitted(() => Facts.Add(fact));
}

/// <summary>A CA room over a folder of its own, with an RA's staff and a small key centre; can be closed as by a crash and opened again.</summary>
internal sealed class CaPlace : IAsyncDisposable
{
    private const string Pin = "123456";
    private readonly TempFolder folder = new();
    private readonly Sm2KeyPair audit = Sm2KeyPair.Generate();
    private readonly CaOptions options;
    private Hufu.Devices.Pkcs11.Pkcs11Device? token;

    private readonly Func<string, DatabaseOptions>? where;
    private readonly IFactOutlet? outlet;

    private readonly Func<EdgeStart, LedgerEdge> edge;

    private CaPlace(CaOptions? options, Func<string, DatabaseOptions>? where, IFactOutlet? outlet, Func<EdgeStart, LedgerEdge>? edge)
    {
        this.edge = edge ?? (static start => new LedgerEdge(start));
        this.where = where;
        this.outlet = outlet;
        this.options = options ?? new CaOptions { KeyCentreTimeout = TimeSpan.FromMilliseconds(300) };
        Authority = new TestAuthority(Clock);
        KeyCentre = new TestKeyCentre(Clock, Authority);
    }

    public FakeClock Clock { get; } = new();

    public TestAuthority Authority { get; }

    public TestKeyCentre KeyCentre { get; }

    public FactBox Facts { get; } = new();

    public SoftwareDevice Device { get; private set; } = null!;

    public Database Database { get; private set; } = null!;

    public Ledger Ledger { get; private set; } = null!;

    public CaDesks Desks { get; private set; } = null!;

    public TestPerson Administrator { get; } = new("王主管");

    public TestPerson Clerk { get; } = new("李录入");

    public TestPerson Vetter { get; } = new("赵审核");

    public static Policy Policy => SourceTree.Policy;

    public string CrlFolder => folder["crls"];

    public string AuditFolder => folder["audit"];

    /// <summary>A CA with keys, certificates and the RA's staff.</summary>
    /// <param name="options">The room's options.</param>
    /// <param name="where">Where its database lies, given the file that it has otherwise; null for that file.</param>
    /// <param name="outlet">Takes the facts instead of <see cref="Facts"/>.</param>
    /// <param name="edge">Makes the ledger's growing end: the bench's double beside which issuing is measured.</param>
    public static async Task<CaPlace> OpenAsync(CaOptions? options = null, Func<string, DatabaseOptions>? where = null, IFactOutlet? outlet = null, Func<EdgeStart, LedgerEdge>? edge = null)
    {
        var place = new CaPlace(options, where, outlet, edge);
        SoftwareDevice.Create(place.folder["device"], Pin, DeviceOptions.ForTests).Dispose();
        await place.StartAsync(null);
        await place.BearAsync();
        await place.HireAsync();
        return place;
    }

    /// <summary>Ends everything without a goodbye and starts again on the same files.</summary>
    public async Task RestartAsync(IIssuingProbe? probe = null)
    {
        await StopAsync();
        await StartAsync(probe);
    }

    private async Task StartAsync(IIssuingProbe? probe)
    {
        Device = SoftwareDevice.Open(folder["device"], Pin);
        Database = await Database.OpenAsync(
            where?.Invoke(folder["ca.db"]) ?? new DatabaseOptions { Path = folder["ca.db"], Clock = Clock },
            [.. Migration.FromAssembly(typeof(CaModule).Assembly), .. Migration.FromAssembly(typeof(Staff).Assembly)], CancellationToken.None);
        Ledger = await Ledger.OpenAsync(new LedgerOptions { Database = Database, Directory = AuditFolder, Origin = Rooms.Ca, Signer = audit, Clock = Clock }, edge, CancellationToken.None);
        var staff = new Staff(Rooms.Ca, Policy, Clock);
        Desks = new CaDesks(new CaParts(
            Database, Ledger, Policy, Clock, staff, Device, options, new PublicAddresses("http://127.0.0.1:8080"), KeyCentre, outlet ?? Facts, probe ?? NoProbe.Instance, NullLogger.Instance, folder.Path, token = CaTokens.Open(options)));
        await Desks.LoadAsync(CancellationToken.None);
    }

    private async Task StopAsync()
    {
        await Desks.DisposeAsync();
        await Ledger.DisposeAsync();
        await Database.DisposeAsync();
        Device.Dispose();
        token?.Dispose();
    }

    // What initialisation does, in short; its own tests have it in full.
    private async Task BearAsync()
    {
        var root = Device.GenerateKeyPair(AuthorityNames.RootKey, KeyUse.Signing);
        var ca = Device.GenerateKeyPair(AuthorityNames.OperationalKey, KeyUse.Signing);
        var rootSigner = new DirectSigner(AuthorityNames.Root, null, Device.GetSigner(AuthorityNames.RootKey), null);
        var rootCertificate = Desks.Direct.Sign(Order("root-ca", "虎符测试根", root), SerialNumber.Create(), rootSigner);
        var rootAuthority = new Authority(AuthorityNames.Root, rootCertificate, rootSigner.Signer, AuthorityNames.Root);
        var caCertificate = Desks.Direct.Sign(Order("operational-ca", "虎符测试运营 CA", ca), SerialNumber.Create(), DirectSigner.Of(rootAuthority));
        await Database.WriteAsync(
            session =>
            {
                AuthorityStore.Insert(session, rootAuthority, AuthorityNames.RootKey);
                AuthorityStore.Insert(
                    session, new Authority(AuthorityNames.Operational, caCertificate, Device.GetSigner(AuthorityNames.OperationalKey), AuthorityNames.Operational, Parent: AuthorityNames.Root),
                    AuthorityNames.OperationalKey);
            },
            CancellationToken.None);
        await Desks.LoadAsync(CancellationToken.None);
        using var service = Sm2KeyPair.Generate();
        var own = Sm2KeyPair.Generate();
        KeyCentre.Self = (Authority.Issue("CA", own.PublicKey), own);

        static DirectOrder Order(string profile, string name, SubjectPublicKeyInfo key) => new(
            Policy.Profile(profile), CertificateUse.Authority, Rooms.Ca, $"authority/{name}", new Dictionary<string, string> { ["organisation"] = "虎符测试认证中心", ["authorityName"] = name }, key);
    }

    private async Task HireAsync()
    {
        Administrator.Certificate = await CertifyAsync(Roles.BusinessAdministrator, Administrator, null);
        Clerk.Certificate = await CertifyAsync(Roles.EntryClerk, Clerk, Administrator);
        Vetter.Certificate = await CertifyAsync(Roles.Vetter, Vetter, Administrator);
    }

    /// <summary>Certifies a person as the RA's order asks.</summary>
    public async Task<Certificate> CertifyAsync(string role, TestPerson person, TestPerson? by)
    {
        var appointment = by is null ? null : Appoint(role, person, by);
        var order = new IssueStaffCertificate(role, person.Name, appointment is null ? person.Request().Request : RequestIn(appointment), appointment);
        return Certificate.Decode((await Desks.Staffing.CertifyAsync(order, Rooms.Ra, static (_, _) => { }, CancellationToken.None)).Certificate);
    }

    public AppointmentEvidence Appoint(string role, TestPerson person, TestPerson by) => Evidence(role, person, by, Clock.GetUtcNow());

    /// <summary>An appointment as a room hands it on to the CA.</summary>
    public static AppointmentEvidence Evidence(string role, TestPerson person, TestPerson by, DateTimeOffset time)
    {
        var request = by.Act(Rooms.Ra, ActNames.StaffAppoint, $"role/{role}", new Appointment(role, person.Request()), time);
        return new AppointmentEvidence(request.Act, request.Payload.GetRawText(), by.Certificate!.Encode());
    }

    /// <summary>The PKCS#10 that an appointment names: each is signed anew, so it is taken from there.</summary>
    public static byte[] RequestIn(AppointmentEvidence appointment) => JsonSerializer.Deserialize<Appointment>(appointment.Payload, ContractJson.Options)!.Person.Request;

    /// <summary>Fields of a fitting application of an organisation.</summary>
    public static Dictionary<string, string> Organisation(string name = "某市大数据局") => new(StringComparer.Ordinal)
    {
        ["organisationName"] = name,
        ["creditCode"] = "91110108MA01HF261H",
        ["province"] = "北京市",
        ["agentName"] = "张经办",
        ["agentIdentityNumber"] = "11010519491231002X",
        ["agentPhone"] = "010-88886666",
        ["agentEmail"] = "agent@example.cn",
    };

    /// <summary>An order with entry and approval as the RA sends it.</summary>
    public IssuePair Order(Sm2KeyPair holder, string application = "A2026112200000001", string profile = "organisation", Dictionary<string, string>? fields = null, string? renewalOf = null)
    {
        var data = fields ?? Organisation();
        return Sign(new IssuePair(
            application, profile, data, CertificationRequest.Create(TestAuthority.Name("x"), holder).Encode(), HolderIdentifier.Of(Policy.HolderProfile(profile), data), renewalOf,
            null!, null!, null!, null!));
    }

    /// <summary>The same order with fresh acts over what it says now.</summary>
    public IssuePair Sign(IssuePair order, TestPerson? clerk = null, TestPerson? vetter = null)
    {
        clerk ??= Clerk;
        vetter ??= Vetter;
        var digest = ApplicationData.Digest(order.Profile, order.Fields, order.Request, order.Papers, order.RenewalOf);
        var target = $"application/{order.Application}";
        var now = Clock.GetUtcNow();
        return order with
        {
            Entry = Act(clerk, ActNames.RaApplicationEnter, target, ApplicationData.StateText(ApplicationState.Submitted, digest), new EntryRecord("齐全"), now),
            EntryCertificate = clerk.Certificate!.Encode(),
            Approval = Act(vetter, ActNames.RaApplicationApprove, target, ApplicationData.StateText(ApplicationState.Entered, digest), new VettingDecision(true, [], null), now),
            ApprovalCertificate = vetter.Certificate!.Encode(),
        };
    }

    private static SignedAct Act<T>(TestPerson person, string act, string target, string state, T payload, DateTimeOffset time)
    {
        var bytes = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(payload, ContractJson.Options));
        return SignedAct.Sign(ActStatement.Create(Rooms.Ra, act, target, state, bytes, person.Certificate!.RawData.Span, time), person.Key);
    }

    public Task<PairIssued> IssueAsync(IssuePair order) => Desks.Issuing.IssueAsync(order, Rooms.Ra, NobodyWaits.Instance, CancellationToken.None);

    public Task<PairsIssued> IssueManyAsync(IReadOnlyList<IssuePair> orders) => Desks.Issuing.IssueManyAsync(orders, Rooms.Ra, CancellationToken.None);

    /// <summary>A social credit code by its number (GB 32100): 17 characters and one that checks them.</summary>
    public static string CreditCode(int number)
    {
        const string Characters = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        var text = $"91110108{number:D9}";
        long weight = 1, sum = 0;
        foreach (var character in text)
        {
            sum += Characters.IndexOf(character, StringComparison.Ordinal) * weight;
            weight = weight * 3 % 31;
        }

        return text + Characters[(int)((31 - (sum % 31)) % 31)];
    }

    /// <summary>Rows of a table.</summary>
    public Task<long> CountAsync(string sql) => Database.ReadAsync(session => session.Scalar<long>(sql), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        KeyCentre.Dispose();
        Authority.Dispose();
        audit.Dispose();
        folder.Dispose();
        Administrator.Dispose();
        Clerk.Dispose();
        Vetter.Dispose();
    }
}
