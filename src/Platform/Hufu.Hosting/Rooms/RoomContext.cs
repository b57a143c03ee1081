using Hufu.Governance;
using Hufu.Messaging;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Hosting;

/// <summary>Everything that a room stands on. Made by <see cref="OpenAsync"/>; owned and disposed by the host.</summary>
public sealed class RoomContext : IAsyncDisposable
{
    private readonly InProcessTransport _transport;

    private RoomContext(RoomOpening opening, Policy policy, string directory, Database database, Ledger ledger, RoomIdentity identity, SetupCode setupCode, ILogger log)
    {
        _transport = opening.Transport;
        Name = opening.Name;
        DataDirectory = directory;
        Settings = opening.Settings;
        Clock = opening.Clock;
        Policy = policy;
        Database = database;
        Ledger = ledger;
        Identity = identity;
        SetupCode = setupCode;
        Log = log;
        Staff = new Staff(Name, Policy, Clock);
        Acts = new ActGate(Staff, Policy, database, ledger, Clock);
        SignIn = new SignInGate(Staff, Policy, database, ledger, Acts, Clock);
        Peers = new PeerStore(database, Clock);
        Evidence = new EvidenceStore(Path.Combine(directory, "evidence"), identity.DataCipher("evidence"));
        Post = new Post(new PostOptions
        {
            Database = database,
            Identity = identity,
            Peers = Peers,
            Transport = opening.Transport,
            Clock = Clock,
            TimeWindow = Policy.Values.MessageTimeWindow,
            OnFault = (id, what, fault) => HostingLog.PostFault(log, fault, Name, what, id),
        });
        Renewal = new IdentityRenewal(this);
        Scans = new ScanCopies(this);
        opening.Transport.Attach(Post);
    }

    /// <summary>The room's name.</summary>
    public string Name { get; }

    /// <summary>Its folder, for example <c>data/ca</c>.</summary>
    public string DataDirectory { get; }

    /// <summary>The host's settings.</summary>
    public HostSettings Settings { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The policy in force in this room.</summary>
    public Policy Policy { get; }

    /// <summary>The room's own database.</summary>
    public Database Database { get; }

    /// <summary>The room's ledger.</summary>
    public Ledger Ledger { get; }

    /// <summary>The room's device and certificates.</summary>
    public RoomIdentity Identity { get; }

    /// <summary>The rooms that it talks with.</summary>
    public PeerStore Peers { get; }

    /// <summary>Its orders and facts. The module registers its handlers and then starts it, in <see cref="IRoom.StartAsync"/>.</summary>
    public Post Post { get; }

    /// <summary>Follows the room's own certificates; the host starts it.</summary>
    public IdentityRenewal Renewal { get; }

    /// <summary>Copies of manual registers' scans; the host starts it.</summary>
    public ScanCopies Scans { get; }

    /// <summary>The room's people.</summary>
    public Staff Staff { get; }

    /// <summary>The gate of signed acts.</summary>
    public ActGate Acts { get; }

    /// <summary>The gate of sessions.</summary>
    public SignInGate SignIn { get; }

    /// <summary>Papers, sealed at rest under the room's device.</summary>
    public EvidenceStore Evidence { get; }

    /// <summary>The one-time code that opens the room's initialisation.</summary>
    public SetupCode SetupCode { get; }

    /// <summary>The room's log, for operators; what matters to auditors goes to the ledger.</summary>
    public ILogger Log { get; }

    /// <summary>Opens a room under the data directory, or makes it: device, database with every migration, ledger, setup code.</summary>
    /// <param name="opening">What is needed.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DatabaseException">The database does not open.</exception>
    /// <exception cref="LedgerException">The ledger does not open.</exception>
    public static async Task<RoomContext> OpenAsync(RoomOpening opening, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(opening);
        var log = opening.Logs.CreateLogger($"Hufu.{opening.Name}");
        var directory = Path.Combine(opening.Settings.DataDirectory, opening.Name);
        MakePrivate(directory);
        // The device's key derivation is slow on purpose; rooms open side by side.
        var identity = await Task.Run(() => opening.OpenIdentity(opening.Name, directory), ct).ConfigureAwait(false);
        Database? database = null;
        Ledger? ledger = null;
        try
        {
            database = await Database.OpenAsync(
                new DatabaseOptions
                {
                    Path = opening.Settings.Postgres is null ? Path.Combine(directory, $"{opening.Name}.db") : null,
                    Postgres = opening.Settings.PostgresFor(opening.Name),
                    Schema = opening.Name,
                    Clock = opening.Clock,
                    OnFault = fault => HostingLog.DatabaseFault(log, fault, opening.Name),
                },
                [
                    .. Migration.FromAssembly(typeof(Staff).Assembly), .. Post.Migrations, .. Migration.FromAssembly(typeof(RoomContext).Assembly), .. Migration.FromAssembly(opening.Module),
                ],
                ct).ConfigureAwait(false);
            ledger = await Ledger.OpenAsync(
                new LedgerOptions
                {
                    Database = database,
                    Directory = Path.Combine(directory, "audit"),
                    Origin = opening.Name,
                    Signer = identity.AuditSigner,
                    Clock = opening.Clock,
                    Copies = opening.Settings.LogServer?.Copies() ?? [],
                    PrivateCipher = identity.DataCipher("evidence"),
                    OnFault = fault =>
                    {
                        // While the device waits for its operator no head can be signed: health says so, and not the log once a second.
                        if (identity.IsActive)
                        {
                            HostingLog.LedgerFault(log, fault, opening.Name);
                        }
                    },
                },
                ct).ConfigureAwait(false);
            var setupCode = await SetupCode.OpenAsync(opening.Name, directory, database, opening.Clock, ct).ConfigureAwait(false);
            // Profiles that were changed by acts are this room's own, in force from the first request on.
            var policy = opening.Policy.ForRoom();
            await ProfileVersions.LoadAsync(database, policy, ct).ConfigureAwait(false);
            var context = new RoomContext(opening, policy, directory, database, ledger, identity, setupCode, log);
            await PolicyHistory.TakeAsync(context, ct).ConfigureAwait(false);
            return context;
        }
        catch
        {
            if (ledger is not null)
            {
                await ledger.DisposeAsync().ConfigureAwait(false);
            }

            if (database is not null)
            {
                await database.DisposeAsync().ConfigureAwait(false);
            }

            identity.Dispose();
            throw;
        }
    }

    /// <summary>The checks that every room has: database, ledger, certificates, what waits to be sent. A module adds its own.</summary>
    public async Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct)
    {
        var checks = new List<RoomCheck>(4);
        try
        {
            await Database.ReadAsync(static session => session.Scalar<long>("SELECT 1"), ct).ConfigureAwait(false);
            checks.Add(new RoomCheck("database", true, "answers"));
        }
        catch (DatabaseException fault)
        {
            checks.Add(new RoomCheck("database", false, fault.Error.ToString()));
        }

        checks.Add(Ledger.IsWritable ? new RoomCheck("ledger", true, $"{Ledger.Size} records") : new RoomCheck("ledger", false, "The audit files cannot be written; acts are refused."));
        checks.AddRange(Ledger.Copies.Select(copy => new RoomCheck($"log-{copy.Name}", copy.Fault is null, copy.Fault ?? $"{copy.Behind} bytes behind")));
        if (Identity.GuardedFolder is not null)
        {
            checks.Add(new RoomCheck("device", Identity.IsActive, Identity.IsActive ? "activated by its operator" : $"waits for its operator: hufu activate {Name}"));
        }

        if (Identity.SigningCertificate is { } certificate)
        {
            var left = certificate.NotAfter - Clock.GetUtcNow();
            checks.Add(new RoomCheck("certificates", left > TimeSpan.Zero, left > TimeSpan.Zero ? $"{left.TotalDays:0} days left" : "expired"));
        }

        var waiting = await new Outbox(Database, Clock).LagAsync(ct).ConfigureAwait(false);
        checks.Add(new RoomCheck("outbox", true, waiting.Count == 0 ? "empty" : string.Join(", ", waiting.Select(lag => $"{lag.Waiting} for {lag.Destination}"))));
        return checks;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _transport.Detach(Name);
        await Renewal.DisposeAsync().ConfigureAwait(false);
        await Scans.DisposeAsync().ConfigureAwait(false);
        await Post.DisposeAsync().ConfigureAwait(false);
        await Ledger.DisposeAsync().ConfigureAwait(false);
        await Database.DisposeAsync().ConfigureAwait(false);
        Identity.Dispose();
    }

    private static void MakePrivate(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
