using System.Diagnostics;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Records;

namespace Hufu.Messaging;

/// <summary>
/// What a room receives. The order of the checks:
/// 1 size; 2 the room has its certificates; 3 the seal (<see cref="SealedMessage.OpenAsync"/>), refused outside the seal and always alike;
/// from here on every refusal travels back signed: 4 access.csv, an order enveloped, and somebody here who handles the type; 5 an earlier receipt of the same id;
/// 6 the time window; 7 the body; 8 the handler.
/// </summary>
public sealed partial class Post
{
    /// <summary>An unauthenticated message is refused no sooner than this after its arrival, so that the time tells nothing about how far it came.</summary>
    private static readonly TimeSpan s_refusalFloor = TimeSpan.FromMilliseconds(25);

    /// <summary>Takes a sealed message, carries it out or finds its receipt, and gives the sealed answer.</summary>
    /// <param name="sealedMessage">The bytes received; must not change afterwards.</param>
    /// <param name="ct">Stops waiting; what was begun is ended and its answer kept.</param>
    /// <returns>The sealed answer: reply, acknowledgement, or signed refusal.</returns>
    /// <exception cref="RefusedException">Outside the seal: TooLarge, NotInitialised, MessageNotAuthentic (without evidence), PeerUnknown (the sender could not open an answer).</exception>
    public async Task<byte[]> ReceiveAsync(ReadOnlyMemory<byte> sealedMessage, CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (sealedMessage.Length > SealedMessage.MaxSize)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"A sealed message has at most {SealedMessage.MaxSize} bytes.");
        }

        if (!_options.Identity.IsInstalled)
        {
            throw new RefusedException(RefusalCode.NotInitialised, $"The certificates of '{Room}' are not installed.");
        }

        long began = Stopwatch.GetTimestamp();
        OpenedMessage message;
        try
        {
            message = await _options.Identity.OpenAsync(
                sealedMessage, async name => (await _options.Peers.FindAsync(name, ct).ConfigureAwait(false))?.Signers ?? [], _options.Clock.GetUtcNow()).ConfigureAwait(false);
        }
        catch (RefusedException e) when (e.Refusal.Code == RefusalCode.MessageNotAuthentic)
        {
            TimeSpan left = s_refusalFloor - Stopwatch.GetElapsedTime(began);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, ct).ConfigureAwait(false);
            }

            throw;
        }

        Peer sender = (await _options.Peers.FindAsync(message.Header.From, ct).ConfigureAwait(false))!;
        byte[] digest = Receipts.Digest(message);
        AnswerWriter answer = new(_options.Identity, _kept, sender, message, digest, _options.Clock);
        string type = message.Header.Type;
        if (message.Sealing == Sealing.Enveloped && _options.Access.Allows(AccessTable.Order, type, sender.Name, Room))
        {
            return _orders.TryGetValue(type, out IOrderDoor? door)
                ? await OneAtATimeAsync(message, () => CarryOutAsync(door, message, answer, digest), ct).ConfigureAwait(false)
                : answer.SealRefusal(new Refusal(RefusalCode.NotInitialised, $"'{Room}' does not take {type} yet."));
        }

        if (_options.Access.Allows(AccessTable.Fact, type, sender.Name, Room))
        {
            return _facts.TryGetValue(type, out List<IFactDoor>? doors)
                ? await OneAtATimeAsync(message, () => TakeNoteAsync(doors, message, answer, digest), ct).ConfigureAwait(false)
                : answer.SealRefusal(new Refusal(RefusalCode.NotInitialised, $"'{Room}' does not take {type} yet."));
        }

        return answer.SealRefusal(new Refusal(RefusalCode.MessageNotAllowed, $"{sender.Name} may not send {type} to {Room}."));
    }

    private async Task<byte[]> CarryOutAsync(IOrderDoor door, OpenedMessage message, AnswerWriter answer, byte[] digest)
    {
        if (await FindAsync(message).ConfigureAwait(false) is { } earlier)
        {
            return Repeat(earlier, answer, digest);
        }

        if (OutsideWindow(message) is { } late)
        {
            return answer.SealRefusal(late);
        }

        try
        {
            await door.RunAsync(message, answer, _life.Token).ConfigureAwait(false);
        }
        catch (RefusedException e)
        {
            byte[] refusal = answer.SealRefusal(e.Refusal);
            if (!Passing.IsPassing(e.Refusal.Code))
            {
                await _options.Database.WriteAsync(
                    session =>
                    {
                        if (Receipts.Find(session, message.Header.From, message.Header.Id) is null)
                        {
                            answer.Write(session, refusal);
                        }
                    },
                    CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                return refusal;
            }
        }
        catch (DatabaseException e) when (e.Error == DatabaseError.UniqueViolation)
        {
            // Another process answered this order meanwhile, or the handler ran into a duplicate of its own: the receipt says which.
            if (await FindAsync(message).ConfigureAwait(false) is null)
            {
                return Fault(message, answer, e);
            }
        }
        catch (Exception e)
        {
            return Fault(message, answer, e);
        }

        return await FindAsync(message).ConfigureAwait(false) is { } receipt
            ? Repeat(receipt, answer, digest)
            : Fault(message, answer, new InvalidOperationException($"The handler of {message.Header.Type} ended without an answer."));
    }

    private async Task<byte[]> TakeNoteAsync(List<IFactDoor> doors, OpenedMessage message, AnswerWriter answer, byte[] digest)
    {
        try
        {
            Refusal? refusal = await _options.Database.WriteAsync(
                session =>
                {
                    // The receipt comes before the window: a fact that was taken note of is acknowledged however old the copy is.
                    if (Receipts.Find(session, message.Header.From, message.Header.Id) is not null)
                    {
                        return null;
                    }

                    if (OutsideWindow(message) is { } late)
                    {
                        return late;
                    }

                    Receipts.TryAddFact(session, message, digest, _options.Clock.GetUtcNow());
                    doors.ForEach(door => door.Run(session, message));
                    return null;
                },
                CancellationToken.None).ConfigureAwait(false);
            return refusal is null ? answer.Seal(refused: false, "{}"u8) : answer.SealRefusal(refusal);
        }
        catch (RefusedException e)
        {
            return answer.SealRefusal(e.Refusal);
        }
        catch (Exception e)
        {
            return Fault(message, answer, e);
        }
    }

    private static byte[] Repeat(ReceiptRow receipt, AnswerWriter answer, byte[] digest) =>
        receipt.Kind == AccessTable.Order && receipt.Answer is not null && receipt.Digest.AsSpan().SequenceEqual(digest)
            ? receipt.Answer
            : answer.SealRefusal(new Refusal(RefusalCode.StatementReplayed, "The id belongs to another message of the same room."));

    private Task<ReceiptRow?> FindAsync(OpenedMessage message) =>
        _options.Database.ReadAsync(session => Receipts.Find(session, message.Header.From, message.Header.Id), CancellationToken.None);

    private Refusal? OutsideWindow(OpenedMessage message)
    {
        TimeSpan age = _options.Clock.GetUtcNow() - message.Header.Time;
        return age.Duration() <= _options.TimeWindow
            ? null
            : new Refusal(RefusalCode.StatementStale, $"The message was sealed at {message.Header.Time:u}; that may differ from the clock of '{Room}' by {_options.TimeWindow}.", "time");
    }

    private byte[] Fault(OpenedMessage message, AnswerWriter answer, Exception e)
    {
        string id = SecureRandom.NewId();
        _options.OnFault?.Invoke(id, $"{message.Header.Type} {message.Header.Id} of {message.Header.From}", e);
        return answer.SealRefusal(new Refusal(RefusalCode.Fault, id));
    }

    /// <summary>Messages with one sender and id come one after the other: the second finds the first one's receipt. Runs to its end even when nobody waits any more.</summary>
    private async Task<byte[]> OneAtATimeAsync(OpenedMessage message, Func<Task<byte[]>> work, CancellationToken ct)
    {
        (string From, string Id) key = (message.Header.From, message.Header.Id);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        while (!_running.TryAdd(key, ended.Task))
        {
            if (_running.TryGetValue(key, out Task? other))
            {
                await other.WaitAsync(ct).ConfigureAwait(false);
            }
        }

        Task<byte[]> running = Task.Run(
            async () =>
            {
                try
                {
                    return await work().ConfigureAwait(false);
                }
                finally
                {
                    _running.TryRemove(key, out _);
                    ended.SetResult();
                }
            },
            CancellationToken.None);
        return await running.WaitAsync(ct).ConfigureAwait(false);
    }
}
