using System.Collections.Concurrent;
using Hufu.Messaging;

namespace Hufu.Modules.Tests.Messaging;

/// <summary>Rooms in one process, and whatever a test lets happen on the way between them.</summary>
internal sealed class TestNetwork : ITransport
{
    /// <summary>What happens instead of delivery: gets the message and the way to really deliver it.</summary>
    public delegate Task<byte[]> Interference(Peer peer, byte[] message, Func<Task<byte[]>> deliver);

    public InProcessTransport Rooms { get; } = new();

    /// <summary>Null: everything arrives.</summary>
    public Interference? Interfere { get; set; }

    /// <summary>Everything that was sent, in order.</summary>
    public ConcurrentQueue<(string To, byte[] Message)> Sent { get; } = new();

    public Task<byte[]> SendAsync(Peer peer, ReadOnlyMemory<byte> sealedMessage, CancellationToken ct)
    {
        byte[] message = sealedMessage.ToArray();
        Sent.Enqueue((peer.Name, message));
        Task<byte[]> Deliver() => Rooms.SendAsync(peer, message, ct);
        return Interfere is { } interfere ? interfere(peer, message, Deliver) : Deliver();
    }
}
