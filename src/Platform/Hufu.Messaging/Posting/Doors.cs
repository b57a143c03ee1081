using System.Text.Json;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>A handler of one order type, without its type parameters.</summary>
internal interface IOrderDoor
{
    /// <summary>Runs the handler. It has answered in its own transaction when this returns.</summary>
    /// <exception cref="RefusedException">Malformed: the body is not the order; and what the handler refuses.</exception>
    Task RunAsync(OpenedMessage message, AnswerWriter answer, CancellationToken ct);
}

internal sealed class JsonOrderDoor<TOrder, TReply>(Func<ReceivedOrder<TOrder, TReply>, CancellationToken, Task> handler) : IOrderDoor
{
    public Task RunAsync(OpenedMessage message, AnswerWriter answer, CancellationToken ct)
    {
        TOrder body = JsonBody.ReadReceived<TOrder>(message);
        return handler(new ReceivedOrder<TOrder, TReply>(message, body, answer, JsonBody.Write), ct);
    }
}

internal sealed class DerOrderDoor(Func<ReceivedOrder<ReadOnlyMemory<byte>, byte[]>, CancellationToken, Task> handler) : IOrderDoor
{
    public Task RunAsync(OpenedMessage message, AnswerWriter answer, CancellationToken ct) =>
        handler(new ReceivedOrder<ReadOnlyMemory<byte>, byte[]>(message, message.Body, answer, static der => der), ct);
}

/// <summary>A subscriber to one fact type, without its type parameter.</summary>
internal interface IFactDoor
{
    /// <exception cref="RefusedException">Malformed: the body is not the fact.</exception>
    void Run(Session session, OpenedMessage message);
}

internal sealed class FactDoor<TFact>(Action<Session, ReceivedFact<TFact>> handler) : IFactDoor
{
    public void Run(Session session, OpenedMessage message)
    {
        MessageHeader header = message.Header;
        handler(session, new ReceivedFact<TFact>(header.Id, header.From, header.Time, JsonBody.ReadReceived<TFact>(message), message));
    }
}

/// <summary>What is done with the answer to one type of enqueued order, without its type parameters.</summary>
internal interface IAnswerDoor
{
    /// <exception cref="JsonException">The answer's body is not the reply.</exception>
    void Run(Session session, OutboxEntry entry, string to, OpenedAnswer answer);
}

internal sealed class AnswerDoor<TOrder, TReply>(Action<Session, OrderAnswer<TOrder, TReply>> handler) : IAnswerDoor
{
    public void Run(Session session, OutboxEntry entry, string to, OpenedAnswer answer)
    {
        TReply? reply = answer.Refusal is null ? JsonBody.Read<TReply>(answer.Message.Body) : default;
        handler(session, new OrderAnswer<TOrder, TReply>(entry.Id, to, JsonBody.Read<TOrder>(entry.Body), reply, answer.Refusal));
    }
}

/// <summary>Contracts as bodies of messages.</summary>
internal static class JsonBody
{
    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Options);

    public static byte[] WriteAs(object value, Type type) => JsonSerializer.SerializeToUtf8Bytes(value, type, ContractJson.Options);

    public static T Read<T>(ReadOnlyMemory<byte> body) => JsonSerializer.Deserialize<T>(body.Span, ContractJson.Options) ?? throw new JsonException("The body is null.");

    /// <exception cref="RefusedException">Malformed, saying where.</exception>
    public static T ReadReceived<T>(OpenedMessage message)
    {
        try
        {
            return Read<T>(message.Body);
        }
        catch (JsonException e)
        {
            throw new RefusedException(RefusalCode.Malformed, $"{message.Header.Type}: {e.Message}", e.Path);
        }
    }
}
