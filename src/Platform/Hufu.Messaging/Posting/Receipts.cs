using System.Text;
using Hufu.Crypto;
using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>What was received and how it was answered (table <c>messaging_receipt</c>).</summary>
internal static class Receipts
{
    /// <summary>SM3 over the type, a zero byte and the body: two messages with one id are the same exactly when this is.</summary>
    public static byte[] Digest(OpenedMessage message)
    {
        using Sm3Hash hash = new();
        hash.AppendData(Encoding.UTF8.GetBytes(message.Header.Type));
        hash.AppendData([0]);
        hash.AppendData(message.Body.Span);
        byte[] digest = new byte[Sm3.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return digest;
    }

    public static ReceiptRow? Find(Session session, string sender, string id) =>
        session.QueryFirst<ReceiptRow>("SELECT kind, digest, answer FROM messaging_receipt WHERE sender = @sender AND id = @id", new { sender, id });

    /// <summary>The receipt of an order, with the order as its sender signed it (kept sealed) and the sealed answer.</summary>
    public static void AddOrder(Session session, OpenedMessage message, byte[] kept, byte[] digest, byte[] answer, DateTimeOffset now) => session.Send(
        """
        INSERT INTO messaging_receipt (sender, id, kind, type, digest, message, answer, received)
        VALUES (@From, @Id, 'order', @Type, @digest, @Message, @answer, @Now)
        """,
        new { message.Header.From, message.Header.Id, message.Header.Type, digest, Message = kept, answer, Now = now.ToUnixTimeMilliseconds() });

    /// <summary>The receipt of a fact. False when the fact was received before.</summary>
    public static bool TryAddFact(Session session, OpenedMessage message, byte[] digest, DateTimeOffset now) => session.Execute(
        """
        INSERT INTO messaging_receipt (sender, id, kind, type, digest, message, answer, received)
        VALUES (@From, @Id, 'fact', @Type, @digest, NULL, NULL, @Now) ON CONFLICT (sender, id) DO NOTHING
        """,
        new { message.Header.From, message.Header.Id, message.Header.Type, digest, Now = now.ToUnixTimeMilliseconds() }) == 1;
}

/// <summary>A receipt.</summary>
internal sealed record ReceiptRow(string Kind, byte[] Digest, byte[]? Answer);
