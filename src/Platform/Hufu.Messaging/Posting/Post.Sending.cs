using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>What a room sends.</summary>
public sealed partial class Post
{
    internal const string OrderKind = "order:";
    internal const string FactKind = "fact:";

    /// <summary>Sends an order and waits for its answer.</summary>
    /// <param name="to">The room asked.</param>
    /// <param name="order">The order.</param>
    /// <param name="id">
    /// Null for a fresh one. With an id that the caller keeps with its own intent, asking again after a crash is safe: the order that was sent first is sent
    /// again (whatever <paramref name="order"/> says now), and an answer that was received is returned without sending.
    /// </param>
    /// <param name="ct">Stops waiting; the order may have been carried out.</param>
    /// <exception cref="RefusedException">
    /// What the other room refused; or RoomUnreachable, PeerUnknown, NotInitialised, MessageNotAuthentic (no authentic answer came back: ask again with the same
    /// id); MessageNotAllowed by access.csv.
    /// </exception>
    public async Task<TReply> AskAsync<TReply>(string to, IOrder<TReply> order, string? id = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        ReadOnlyMemory<byte> reply = await AskAsync(to, order.GetType().Name, JsonBody.WriteAs(order, order.GetType()), id, ct).ConfigureAwait(false);
        return JsonBody.Read<TReply>(reply);
    }

    /// <summary>As the other, for an exchange whose bodies are DER.</summary>
    /// <param name="to">The room asked.</param>
    /// <param name="type">The message type.</param>
    /// <param name="der">The request.</param>
    /// <param name="id">As above.</param>
    /// <param name="ct">As above.</param>
    public async Task<byte[]> AskDerAsync(string to, string type, byte[] der, string? id = null, CancellationToken ct = default) =>
        (await AskAsync(to, type, der, id, ct).ConfigureAwait(false)).ToArray();

    private async Task<ReadOnlyMemory<byte>> AskAsync(string to, string type, byte[] body, string? id, CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Demand(AccessTable.Order, type, to, id);
        id ??= SecureRandom.NewId();
        (AskRow ask, AnswerRow? known) = await _options.Database.WriteAsync(
            session => (Answers.Ask(session, to, id, type, _kept.Seal(id, body), _options.Clock.GetUtcNow()), Answers.Find(session, to, id)), ct).ConfigureAwait(false);
        if (ask.Type != type)
        {
            throw new RefusedException(RefusalCode.StatementReplayed, $"The id {id} belongs to an order of the type {ask.Type}.");
        }

        if (known is not null)
        {
            return known.Refused == 0 ? known.Body : throw new RefusedException(JsonBody.Read<Refusal>(known.Body));
        }

        OpenedAnswer answer;
        try
        {
            answer = await _courier.DeliverAsync(to, type, id, _kept.Open(id, ask.Body), Sealing.Enveloped, ct).ConfigureAwait(false);
        }
        catch (TransportException e)
        {
            throw new RefusedException(e.Refusal ?? RefusalCode.RoomUnreachable, e.Message);
        }

        if (answer.Refusal is null || !Passing.IsPassing(answer.Refusal.Code))
        {
            await _options.Database.WriteAsync(session => Answers.Add(session, to, id, type, answer, _options.Clock.GetUtcNow()), ct).ConfigureAwait(false);
        }

        return answer.Refusal is null ? answer.Message.Body : throw new RefusedException(answer.Refusal);
    }

    /// <summary>Leaves an order in the caller's transaction: it goes out once that is durable, is repeated until it is finally answered, and the answer comes to <see cref="OnAnswer{TOrder, TReply}"/>.</summary>
    /// <param name="session">The writing session.</param>
    /// <param name="to">The room asked.</param>
    /// <param name="order">The order. Orders do not wait for one another.</param>
    /// <param name="id">Null for a fresh one.</param>
    /// <returns>The order's id.</returns>
    /// <exception cref="RefusedException">MessageNotAllowed by access.csv.</exception>
    /// <exception cref="DatabaseException">UniqueViolation: an order with this id was left already.</exception>
    public string Enqueue<TReply>(Session session, string to, IOrder<TReply> order, string? id = null)
    {
        ArgumentNullException.ThrowIfNull(order);
        string type = order.GetType().Name;
        Demand(AccessTable.Order, type, to, id);
        if (!_answers.ContainsKey(type))
        {
            throw new InvalidOperationException($"Nobody would hear the answer to {type}: register OnAnswer first.");
        }

        id ??= SecureRandom.NewId();
        _outbox.Add(session, new OutboxItem { Destination = Lane.OfOrder(to, id), Id = id, Kind = OrderKind + type, Body = _kept.Seal(id, JsonBody.WriteAs(order, order.GetType())) });
        return id;
    }

    /// <summary>Publishes a fact in the transaction in which it happens, to every room that access.csv names. Facts to one room stay in order.</summary>
    /// <returns>The fact's id.</returns>
    public string Publish<TFact>(Session session, TFact fact)
        where TFact : IFact
    {
        string type = typeof(TFact).Name;
        string id = SecureRandom.NewId();
        byte[] body = JsonBody.Write(fact);
        if (fact is ServiceCertified certified && _options.Identity.Chain is [.., var root])
        {
            // Whoever certifies a room knows it as a peer too.
            _options.Peers.Follow(session, certified, root);
        }

        foreach (string to in _options.Access.ReceiversOf(type, Room))
        {
            _outbox.Add(session, new OutboxItem { Destination = to, Id = id, Kind = FactKind + type, Body = body });
        }

        return id;
    }

    /// <summary>Publishes many facts of one kind in the transaction in which they happen, in their order.</summary>
    public void PublishMany<TFact>(Session session, IReadOnlyList<TFact> facts)
        where TFact : IFact
    {
        ArgumentNullException.ThrowIfNull(facts);
        string type = typeof(TFact).Name;
        List<OutboxItem> items = new(facts.Count);
        foreach (TFact fact in facts)
        {
            (string id, byte[] body) = (SecureRandom.NewId(), JsonBody.Write(fact));
            foreach (string to in _options.Access.ReceiversOf(type, Room))
            {
                items.Add(new OutboxItem { Destination = to, Id = id, Kind = FactKind + type, Body = body });
            }
        }

        _outbox.AddMany(session, items);
    }

    /// <summary>Publishes facts again to one room that has lost them, in their order; the other rooms hear nothing.</summary>
    /// <exception cref="RefusedException">MessageNotAllowed: access.csv does not name the room for this fact.</exception>
    public void PublishTo<TFact>(Session session, string to, IReadOnlyList<TFact> facts)
        where TFact : IFact
    {
        ArgumentNullException.ThrowIfNull(facts);
        string type = typeof(TFact).Name;
        Demand(AccessTable.Fact, type, to, null);
        _outbox.AddMany(session, [.. facts.Select(fact => new OutboxItem { Destination = to, Id = SecureRandom.NewId(), Kind = FactKind + type, Body = JsonBody.Write(fact) })]);
    }

    /// <summary>What waits for each room, for health and alarms.</summary>
    public async Task<IReadOnlyList<OutboxLag>> LagAsync(CancellationToken ct) =>
    [
        .. (await _outbox.LagAsync(ct).ConfigureAwait(false)).GroupBy(l => Lane.RoomOf(l.Destination)).Select(lanes =>
        {
            OutboxLag oldest = lanes.MinBy(l => l.Oldest)!;
            return new OutboxLag(lanes.Key, lanes.Sum(l => l.Waiting), oldest.Oldest, lanes.Max(l => l.Tries), oldest.Error ?? lanes.Select(l => l.Error).FirstOrDefault(e => e is not null));
        }),
    ];

    /// <summary>Tries what waits for a room at once, for example because it is known to be back.</summary>
    public void Hasten(string room) => _dispatcher.Hasten(room);

    private void Demand(string kind, string type, string to, string? id)
    {
        if (!_options.Access.Allows(kind, type, Room, to))
        {
            throw new RefusedException(RefusalCode.MessageNotAllowed, $"{Room} may not send {type} to {to}.");
        }

        if (id is not null && !MessageHeader.IsId(id))
        {
            throw new ArgumentException($"An id is 1 to {MessageHeader.IdLimit} visible ASCII characters.", nameof(id));
        }
    }
}

/// <summary>
/// Places in the outbox that wait for one another: all facts to a room are one lane, in order; every order is a lane of its own, so that an order that the
/// other room cannot carry out now holds up no other.
/// </summary>
internal static class Lane
{
    public static string OfOrder(string to, string id) => $"{to}/{id}";

    public static string RoomOf(string lane) => lane.IndexOf('/', StringComparison.Ordinal) is > 0 and int at ? lane[..at] : lane;
}
