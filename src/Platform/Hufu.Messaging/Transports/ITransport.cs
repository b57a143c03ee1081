using Hufu.Contracts;

namespace Hufu.Messaging;

/// <summary>Moves sealed bytes to a room and brings its sealed answer back. It sees nothing but bytes: the seal is the interface.</summary>
public interface ITransport
{
    /// <summary>Delivers one message and waits for the answer.</summary>
    /// <param name="peer">The receiving room.</param>
    /// <param name="sealedMessage">The sealed message.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The sealed answer, at most <see cref="SealedMessage.MaxSize"/> bytes.</returns>
    /// <exception cref="TransportException">The room was not reached, or answered outside the seal.</exception>
    Task<byte[]> SendAsync(Peer peer, ReadOnlyMemory<byte> sealedMessage, CancellationToken ct);
}

/// <summary>No sealed answer came back.</summary>
/// <param name="message">Why, for the operator.</param>
/// <param name="refusal">What the other side said outside the seal, unauthenticated; null when it was not reached.</param>
/// <param name="inner">What lay below.</param>
public sealed class TransportException(string message, RefusalCode? refusal = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the other side said outside the seal, unauthenticated: MessageNotAuthentic, NotInitialised, TooLarge; null when it was not reached.</summary>
    public RefusalCode? Refusal { get; } = refusal;
}
