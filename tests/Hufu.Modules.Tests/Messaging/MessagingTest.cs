using System.Diagnostics;
using Hufu.Contracts;
using Hufu.Messaging;
using Xunit;

namespace Hufu.Modules.Tests.Messaging;

/// <summary>Rooms that know one another, on a clock that tests set, in a temporary folder.</summary>
public abstract class MessagingTest : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hufu-messaging-").FullName;
    private readonly Dictionary<string, TestRoom> _rooms = [];

    internal TestAuthority Authority { get; } = new();

    internal TestNetwork Network { get; } = new();

    internal ShiftedClock Clock { get; } = new();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal TestRoom this[string name] => _rooms[name];

    internal TestRoom Ra => this[Rooms.Ra];

    internal TestRoom Ca => this[Rooms.Ca];

    internal TestRoom Ocsp => this[Rooms.Ocsp];

    internal TestRoom Kmc => this[Rooms.Kmc];

    public virtual async ValueTask InitializeAsync()
    {
        foreach (string name in new[] { Rooms.Ra, Rooms.Ca, Rooms.Ocsp, Rooms.Kmc })
        {
            TestRoom room = await TestRoom.OpenAsync(name, Path.Combine(_folder, name), Network, Clock);
            _rooms.Add(name, room);
            Authority.Certify(room.Identity, Clock.GetUtcNow());
        }

        foreach ((TestRoom a, TestRoom b) in new[] { (Ra, Ca), (Ca, Ocsp), (Ca, Kmc) })
        {
            await a.RegisterAsync(b, Authority);
            await b.RegisterAsync(a, Authority);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TestRoom room in _rooms.Values)
        {
            await room.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops a room and opens its files again; handlers are then registered anew.</summary>
    internal async Task<TestRoom> ReopenAsync(TestRoom room) => _rooms[room.Name] = await room.ReopenAsync();

    /// <summary>Waits until something holds, at most a minute (machines may be busy).</summary>
    internal static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"Never happened: {what}");
            await Task.Delay(10, Ct);
        }
    }

    /// <summary>The answer to a sealed message, opened by its sender.</summary>
    internal async Task<OpenedMessage> OpenAnswerAsync(TestRoom sender, TestRoom receiver, byte[] answer) => await SealedMessage.OpenAsync(
        answer, sender.Name, sender.Identity.Decryptor, sender.Identity.EncryptionCertificate!, _ => new(receiver.Identity.SigningCertificate), Clock.GetUtcNow());

    internal byte[] Seal(TestRoom from, TestRoom to, string type, string id, byte[] body, DateTimeOffset? time = null) => SealedMessage.Seal(
        new MessageHeader(id, type, from.Name, to.Name, time ?? Clock.GetUtcNow()), body, from.Identity.Signer, from.Identity.SigningCertificate!, to.Identity.EncryptionCertificate!);
}

/// <summary>The machine's clock, shifted into the life of the tests' certificates and further as a test likes.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private readonly TimeSpan _base = TestAuthority.From.AddMonths(6) - System.GetUtcNow();

    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _base + Shift;
}
