using System.Collections.Concurrent;
using Hufu.Devices;
using Hufu.Messaging;
using Hufu.Records;

namespace Hufu.Modules.Tests.Messaging;

/// <summary>A room of a test: database, identity, peers and post in a folder of its own; can be stopped and opened again.</summary>
internal sealed class TestRoom : IAsyncDisposable
{
    private readonly TestNetwork _network;
    private readonly TimeProvider _clock;

    private TestRoom(string name, string folder, TestNetwork network, TimeProvider clock, Database database, RoomIdentity identity)
    {
        (Name, Folder, _network, _clock, Database, Identity) = (name, folder, network, clock, database, identity);
        Peers = new PeerStore(database, clock);
        Post = new Post(new PostOptions
        {
            Database = database,
            Identity = identity,
            Peers = Peers,
            Transport = network,
            Clock = clock,
            TimeWindow = TimeSpan.FromMinutes(5),
            RetryFirst = TimeSpan.FromMilliseconds(20),
            RetryCap = TimeSpan.FromMilliseconds(100),
            SendTimeout = TimeSpan.FromSeconds(5),
            OnFault = (_, what, e) => Faults.Enqueue($"{what}: {e}"),
        });
    }

    public string Name { get; }

    public string Folder { get; }

    public Database Database { get; }

    public RoomIdentity Identity { get; }

    public PeerStore Peers { get; }

    public Post Post { get; }

    public ConcurrentQueue<string> Faults { get; } = new();

    public static async Task<TestRoom> OpenAsync(string name, string folder, TestNetwork network, TimeProvider clock)
    {
        Directory.CreateDirectory(folder);
        Database database = await Database.OpenAsync(new DatabaseOptions { Path = Path.Combine(folder, name + ".db"), Clock = clock }, Post.Migrations, CancellationToken.None);
        TestRoom room = new(name, folder, network, clock, database, RoomIdentity.Open(name, folder, "room pin 1", DeviceOptions.ForTests));
        await room.Database.WriteAsync(s => s.Execute("CREATE TABLE IF NOT EXISTS test_deed (number BIGINT PRIMARY KEY, what TEXT NOT NULL)"), CancellationToken.None);
        return room;
    }

    /// <summary>Makes the room reachable and starts its dispatcher.</summary>
    public TestRoom Start()
    {
        _network.Rooms.Attach(Post);
        Post.Start();
        return this;
    }

    /// <summary>Stops as a crash would leave it: what is committed stays, nothing else.</summary>
    public async Task<TestRoom> ReopenAsync()
    {
        await DisposeAsync();
        return await OpenAsync(Name, Folder, _network, _clock);
    }

    public Task RegisterAsync(TestRoom other, TestAuthority authority) =>
        Database.WriteAsync(s => Peers.Register(s, other.Identity.AsPeer(), [authority.Root]), CancellationToken.None);

    /// <summary>Something that a handler does in its transaction.</summary>
    public static void Deed(Session session, string what) =>
        session.Execute("INSERT INTO test_deed (number, what) VALUES ((SELECT coalesce(max(number), 0) + 1 FROM test_deed), @what)", new { what });

    public Task<IReadOnlyList<string>> DeedsAsync() =>
        Database.ReadAsync(s => s.Query<string>("SELECT what FROM test_deed ORDER BY number LIMIT 10000"), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        _network.Rooms.Detach(Name);
        await Post.DisposeAsync();
        await Database.DisposeAsync();
        Identity.Dispose();
    }
}
