using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>What this room asked and was answered (tables <c>messaging_ask</c>, <c>messaging_answer</c>): the sender's side of the receipts.</summary>
internal static class Answers
{
    public static AnswerRow? Find(Session session, string destination, string id) =>
        session.QueryFirst<AnswerRow>("SELECT type, refused, body FROM messaging_answer WHERE destination = @destination AND id = @id", new { destination, id });

    /// <summary>Keeps an answer with what the other room signed. The first one stays.</summary>
    public static void Add(Session session, string destination, string id, string type, OpenedAnswer answer, DateTimeOffset now) => session.Execute(
        """
        INSERT INTO messaging_answer (destination, id, type, refused, body, message, answered)
        VALUES (@destination, @id, @type, @Refused, @Body, @Message, @Now) ON CONFLICT (destination, id) DO NOTHING
        """,
        new
        {
            destination, id, type, Refused = answer.Refusal is null ? 0L : 1L, Body = answer.Message.Body.ToArray(), Message = answer.Message.Signed.ToArray(),
            Now = now.ToUnixTimeMilliseconds(),
        });

    /// <summary>Keeps a question before it is sent; of two with one id the first stays and is returned.</summary>
    public static AskRow Ask(Session session, string destination, string id, string type, byte[] body, DateTimeOffset now)
    {
        session.Execute(
            "INSERT INTO messaging_ask (destination, id, type, body, asked) VALUES (@destination, @id, @type, @body, @Now) ON CONFLICT (destination, id) DO NOTHING",
            new { destination, id, type, body, Now = now.ToUnixTimeMilliseconds() });
        return session.QueryFirst<AskRow>("SELECT type, body FROM messaging_ask WHERE destination = @destination AND id = @id", new { destination, id })!;
    }
}

/// <summary>An answer that was kept.</summary>
internal sealed record AnswerRow(string Type, long Refused, byte[] Body);

/// <summary>A question that was kept.</summary>
internal sealed record AskRow(string Type, byte[] Body);
