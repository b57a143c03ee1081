using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Testing;

/// <summary>Staff, acts and ledger of a room over a database in a folder of its own; people are enrolled by the test.</summary>
public sealed class TestGate : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly Sm2KeyPair _audit;

    private TestGate(string room, FakeClock clock, Database database, Ledger ledger, TempFolder folder, Sm2KeyPair audit)
    {
        _folder = folder;
        _audit = audit;
        Room = room;
        Clock = clock;
        Authority = new TestAuthority(clock);
        Database = database;
        Ledger = ledger;
        Staff = new Staff(room, SourceTree.Policy, clock);
        Acts = new ActGate(Staff, SourceTree.Policy, database, ledger, clock);
    }

    public string Room { get; }

    public FakeClock Clock { get; }

    public TestAuthority Authority { get; }

    public Database Database { get; }

    public Ledger Ledger { get; }

    public Staff Staff { get; }

    public ActGate Acts { get; }

    public string AuditFolder => _folder["audit"];

    public static async Task<TestGate> OpenAsync(string room)
    {
        var folder = new TempFolder();
        var clock = new FakeClock();
        var audit = Sm2KeyPair.Generate();
        var database = await Database.OpenAsync(
            new DatabaseOptions { Path = folder["room.db"], Clock = clock }, Migration.FromAssembly(typeof(Staff).Assembly), CancellationToken.None);
        var ledger = await Ledger.OpenAsync(new LedgerOptions { Database = database, Directory = folder["audit"], Origin = room, Signer = audit, Clock = clock }, CancellationToken.None);
        return new TestGate(room, clock, database, ledger, folder, audit);
    }

    /// <summary>A person in a role, past every rule of appointment: for tests of what comes after.</summary>
    public async Task<TestPerson> InRoleAsync(string role, string name, TestPerson? person = null)
    {
        person ??= Authority.Person(name);
        var by = SourceTree.Policy.Roles[role].AppointedBy[Room];
        var appointer = by == RoleDefinition.ByInitialisation ? null : new StaffMember("P0000", "任命人", [by]);
        await Database.WriteAsync(
            session =>
            {
                if (appointer is not null)
                {
                    session.Execute("INSERT INTO staff_people (id, name, name_key, suspended, added) VALUES ('P0000', '任命人', '任命人', 0, @now) ON CONFLICT (id) DO NOTHING", new { now = Clock.GetUtcNow().ToUnixTimeMilliseconds() });
                }

                Staff.Enrol(session, role, name, person.Certificate!.Encode(), appointer, null);
            },
            CancellationToken.None);
        return person;
    }

    public Task<string> RunAsync(ActRequest request, ExpectedAct expected, Action<Session>? work = null) =>
        Acts.RunAsync(
            request,
            expected,
            (session, act) =>
            {
                work?.Invoke(session);
                return act.Person.PersonId;
            },
            CancellationToken.None);

    /// <summary>The ledger's lines so far.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync()
    {
        await Ledger.SignHeadAsync(CancellationToken.None);
        return await File.ReadAllLinesAsync(Path.Combine(AuditFolder, "records.jsonl"));
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await Database.DisposeAsync();
        Authority.Dispose();
        _audit.Dispose();
        _folder.Dispose();
    }
}
