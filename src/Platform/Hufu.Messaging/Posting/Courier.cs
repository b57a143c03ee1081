using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Messaging;

/// <summary>An authenticated answer to one message of this room.</summary>
/// <param name="Message">The answer; its body is the reply, or the refusal as JSON.</param>
/// <param name="Refusal">The signed refusal; null for a reply.</param>
internal sealed record OpenedAnswer(OpenedMessage Message, Refusal? Refusal);

/// <summary>Seals one message, has it carried, opens the answer. Every attempt seals afresh, so that its time is right however long the message waited.</summary>
internal sealed class Courier(PostOptions options)
{
    /// <exception cref="TransportException">No authentic answer came back; nothing is known about what the other room did.</exception>
    public async Task<OpenedAnswer> DeliverAsync(string to, string type, string id, ReadOnlyMemory<byte> body, Sealing sealing, CancellationToken ct)
    {
        RoomIdentity identity = options.Identity;
        // A room without an encryption key tells facts; the answer to one says nothing private and comes signed.
        bool signedOnly = sealing == Sealing.Signed && identity.EncryptionCertificate is null;
        if (identity.SigningCertificate is not { } signing || (identity.EncryptionCertificate is null && !signedOnly))
        {
            throw new TransportException("This room's own certificates are not installed.", RefusalCode.NotInitialised);
        }

        Peer peer = await options.Peers.FindAsync(to, ct).ConfigureAwait(false)
            ?? throw new TransportException($"The room '{to}' is not registered here.", RefusalCode.PeerUnknown);
        DateTimeOffset now = options.Clock.GetUtcNow();
        if (sealing == Sealing.Enveloped && peer.Encryption?.IsValidAt(now) != true)
        {
            throw new TransportException($"The room '{to}' has no encryption certificate that is valid now.", RefusalCode.PeerUnknown);
        }

        MessageHeader header = new(id, type, identity.Room, to, now);
        byte[] sealedMessage = sealing == Sealing.Enveloped
            ? SealedMessage.Seal(header, body.Span, identity.SignerOf(signing), signing, peer.Encryption!)
            : SealedMessage.Sign(header, body.Span, identity.SignerOf(signing), signing);
        byte[] sealedAnswer = await SendAsync(peer, sealedMessage, ct).ConfigureAwait(false);
        try
        {
            OpenedMessage answer = await identity.OpenAsync(sealedAnswer, name => new(name == to ? peer.Signers : []), options.Clock.GetUtcNow()).ConfigureAwait(false);
            Sealing wanted = signedOnly ? Sealing.Signed : Sealing.Enveloped;
            if (answer.Sealing == wanted && answer.Header.Id == id && answer.Header.Type == MessageHeader.ReplyMark + type)
            {
                return new OpenedAnswer(answer, null);
            }

            if (answer.Sealing == wanted && answer.Header.Id == id && answer.Header.Type == MessageHeader.RefusalMark + type)
            {
                return new OpenedAnswer(answer, JsonSerializer.Deserialize<Refusal>(answer.Body.Span, ContractJson.Options) ?? throw new JsonException("No refusal."));
            }
        }
        catch (Exception e) when (e is RefusedException or JsonException)
        {
            throw new TransportException($"What came back from '{to}' is not an authentic answer.", RefusalCode.MessageNotAuthentic, e);
        }

        throw new TransportException($"What came back from '{to}' is the answer to something else.", RefusalCode.MessageNotAuthentic);
    }

    private async Task<byte[]> SendAsync(Peer peer, byte[] sealedMessage, CancellationToken ct)
    {
        using CancellationTokenSource timeout = new(options.SendTimeout, options.Clock);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            return await options.Transport.SendAsync(peer, sealedMessage, both.Token).WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TransportException($"The room '{peer.Name}' did not answer in {options.SendTimeout.TotalSeconds} seconds.", inner: e);
        }
    }
}
