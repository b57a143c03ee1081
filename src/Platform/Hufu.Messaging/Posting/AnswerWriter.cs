using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>Seals and stores the answer to one received message.</summary>
internal sealed class AnswerWriter(RoomIdentity identity, KeptBodies kept, Peer sender, OpenedMessage message, byte[] digest, TimeProvider clock)
{
    /// <summary>Under which of the room's certificates it is answered: one answer, one certificate, whatever is installed meanwhile. Null before installation.</summary>
    public Certificate? Certificate { get; } = identity.AnsweringUnder(message, clock.GetUtcNow());

    /// <summary>The sealed answer to the message's sender.</summary>
    public byte[] Seal(bool refused, ReadOnlySpan<byte> body)
    {
        // A fact of a room without an encryption key is acknowledged signed only: the answer says nothing private.
        bool signedOnly = sender.Encryption is null && message.Sealing == Sealing.Signed;
        if (Certificate is not { } certificate || (sender.Encryption is null && !signedOnly))
        {
            throw new RefusedException(RefusalCode.PeerUnknown, $"'{sender.Name}' has no encryption certificate to which an answer could be sealed.");
        }

        string type = (refused ? MessageHeader.RefusalMark : MessageHeader.ReplyMark) + message.Header.Type;
        MessageHeader header = new(message.Header.Id, type, identity.Room, message.Header.From, clock.GetUtcNow());
        return signedOnly
            ? SealedMessage.Sign(header, body, identity.SignerOf(certificate), certificate)
            : SealedMessage.Seal(header, body, identity.SignerOf(certificate), certificate, sender.Encryption!);
    }

    public byte[] SealRefusal(Refusal refusal) => Seal(refused: true, JsonSerializer.SerializeToUtf8Bytes(refusal, ContractJson.Options));

    /// <summary>The receipt of an order.</summary>
    public void Write(Session session, byte[] sealedAnswer) => 
        Receipts.AddOrder(session, message, kept.Seal(message.Header.Id, message.Signed.Span), digest, sealedAnswer, clock.GetUtcNow());
}
