using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>
/// An order that a registered room sent, authenticated and allowed. Its handler carries it out and, in the very transaction that makes it done, calls
/// <see cref="Reply"/> (or <see cref="Refuse"/>): so the receipt and the deed are kept together or not at all, and the same order arriving again gets the
/// same sealed bytes without the handler. A handler that was interrupted before that transaction is run again when the order is repeated; what it had
/// already committed (an intent, a reserved number) it finds by <see cref="Id"/>.
/// </summary>
/// <typeparam name="TOrder">The order.</typeparam>
/// <typeparam name="TReply">Its reply.</typeparam>
public sealed class ReceivedOrder<TOrder, TReply>
{
    private readonly AnswerWriter _answer;
    private readonly Func<TReply, byte[]> _encode;
    private (TReply Reply, byte[] Sealed)? _prepared;

    internal ReceivedOrder(OpenedMessage message, TOrder body, AnswerWriter answer, Func<TReply, byte[]> encode)
    {
        (Message, Body, _answer, _encode) = (message, body, answer, encode);
    }

    /// <summary>The order's id, chosen by the sender, unique among its orders.</summary>
    public string Id => Message.Header.Id;

    /// <summary>The sending room.</summary>
    public string From => Message.Header.From;

    /// <summary>When it was sealed.</summary>
    public DateTimeOffset SentAt => Message.Header.Time;

    /// <summary>What is ordered.</summary>
    public TOrder Body { get; }

    /// <summary>The authenticated message; its signed data is evidence of the order.</summary>
    public OpenedMessage Message { get; }

    /// <summary>The room's signing certificate under which the reply goes out: the one that the sender knows, as far as its envelope tells. For replies that carry a signature of their own.</summary>
    public Certificate Answering => _answer.Certificate!;

    /// <summary>Seals the reply ahead, outside the transaction: the writer of a busy room then only stores it. Give the same object to <see cref="Reply"/>.</summary>
    public void Prepare(TReply reply) => _prepared = (reply, _answer.Seal(refused: false, _encode(reply)));

    /// <summary>Writes the receipt with the sealed reply, in the transaction that carries the order out. Once per order.</summary>
    /// <exception cref="DatabaseException">UniqueViolation: the order was answered already.</exception>
    public void Reply(Session session, TReply reply)
    {
        byte[] sealedReply = _prepared is { } p && ReferenceEquals(p.Reply, reply) ? p.Sealed : _answer.Seal(refused: false, _encode(reply));
        _answer.Write(session, sealedReply);
    }

    /// <summary>Writes the receipt with a signed refusal, in a transaction that may record the refusal too. The refusal is final: repeating the order gives it again.</summary>
    /// <exception cref="ArgumentException">The refusal is a passing one; throw it instead, so that the order can be repeated.</exception>
    /// <exception cref="DatabaseException">UniqueViolation: the order was answered already.</exception>
    public void Refuse(Session session, Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        if (Passing.IsPassing(refusal.Code))
        {
            throw new ArgumentException($"{refusal.Code} passes by itself and is no final answer.", nameof(refusal));
        }

        _answer.Write(session, _answer.SealRefusal(refusal));
    }
}

/// <summary>A fact that a registered room published.</summary>
/// <param name="Id">Its id; each is handed over once.</param>
/// <param name="From">The room where it happened.</param>
/// <param name="SentAt">When it was sealed, which may be long after it happened.</param>
/// <param name="Body">What happened.</param>
/// <param name="Message">The authenticated message; its signed data is evidence.</param>
public sealed record ReceivedFact<TFact>(string Id, string From, DateTimeOffset SentAt, TFact Body, OpenedMessage Message);

/// <summary>The final answer to an order that this room had left in its outbox: either a reply or a refusal.</summary>
/// <param name="Id">The order's id.</param>
/// <param name="To">The room that answered.</param>
/// <param name="Order">The order as it was sent.</param>
/// <param name="Reply">The reply; null when refused.</param>
/// <param name="Refusal">The signed refusal; null when replied to.</param>
public sealed record OrderAnswer<TOrder, TReply>(string Id, string To, TOrder Order, TReply? Reply, Refusal? Refusal);
