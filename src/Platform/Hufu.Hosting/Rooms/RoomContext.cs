using Hufu.Governance;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Hosting;

/// <summary>Everything that a room stands on. Owned and disposed by the host.</summary>
public sealed class RoomContext : IAsyncDisposable
{
    private RoomContext(string name, string dataDirectory, HostSettings settings, TimeProvider clock, Policy policy, Database database, ILogger log)
    {
        Name = name;
        DataDirectory = dataDirectory;
        Settings = settings;
        Clock = clock;
        Policy = policy;
        Database = database;
        Log = log;
        Staff = new Staff(name, policy, clock);
        Acts = null!;
        SetupCode = null!;
    }

    /// <summary>The room's name.</summary>
    public string Name { get; }

    /// <summary>Its folder, for example <c>data/ca</c>.</summary>
    public string DataDirectory { get; }

    /// <summary>The host's settings.</summary>
    public HostSettings Settings { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The policy in force.</summary>
    public Policy Policy { get; }

    /// <summary>The room's own database.</summary>
    public Database Database { get; }

    /// <summary>The room's people.</summary>
    public Staff Staff { get; }

    /// <summary>The gate of signed acts.</summary>
    public ActGate Acts { get; }

    /// <summary>The one-time code that opens the room's initialisation.</summary>
    public SetupCode SetupCode { get; }

    /// <summary>The room's log, for operators; what matters to auditors goes to the ledger.</summary>
    public ILogger Log { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Database.DisposeAsync().ConfigureAwait(false);
}
