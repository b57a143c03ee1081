using System.Collections.Concurrent;
using Hufu.Contracts;

namespace Hufu.Messaging;

/// <summary>Between rooms of one process: the same sealed bytes, handed over as a copy. Rooms that have an address go over the next transport.</summary>
/// <param name="elsewhere">For rooms outside this process; null when there are none.</param>
public sealed class InProcessTransport(ITransport? elsewhere = null) : ITransport
{
    private readonly ConcurrentDictionary<string, Post> _rooms = new();

    /// <summary>Makes a room reachable.</summary>
    public void Attach(Post post)
    {
        ArgumentNullException.ThrowIfNull(post);
        _rooms[post.Room] = post;
    }

    /// <summary>Makes a room unreachable again.</summary>
    public void Detach(string room) => _rooms.TryRemove(room, out _);

    /// <inheritdoc/>
    public async Task<byte[]> SendAsync(Peer peer, ReadOnlyMemory<byte> sealedMessage, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(peer);
        if (peer.Address is not null)
        {
            return elsewhere is not null
                ? await elsewhere.SendAsync(peer, sealedMessage, ct).ConfigureAwait(false)
                : throw new TransportException($"The room '{peer.Name}' is elsewhere and nothing leads there.");
        }

        if (!_rooms.TryGetValue(peer.Name, out Post? post))
        {
            throw new TransportException($"The room '{peer.Name}' is not running here and has no address.");
        }

        try
        {
            return await post.ReceiveAsync(sealedMessage.ToArray(), ct).ConfigureAwait(false);
        }
        catch (RefusedException e)
        {
            throw new TransportException($"The room '{peer.Name}' says outside the seal: {e.Message}", e.Refusal.Code, e);
        }
        catch (ObjectDisposedException e)
        {
            throw new TransportException($"The room '{peer.Name}' is stopping.", inner: e);
        }
    }
}
