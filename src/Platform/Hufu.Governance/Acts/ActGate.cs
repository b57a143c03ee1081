using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Governance;

// The order of checks; the first that fails is the refusal:
//   1 the statement parses
//   2 it says the room, the act, the object and the payload that the room expects
//   3 the room's clock has not gone back, and the statement's time lies within the window
//   4 its nonce is unused
//   5 the signer is known
//   6 not suspended, and no condition of theirs has lapsed
//   7 the certificate is in its validity and not revoked; where the act puts ended certificates in force again, its end does not count
//   8 the signature verifies
//   9 when the request came in a session, it is the signer's and has not ended
//  10 a role of the signer allows the act in this room, and no two of the signer's roles exclude one another
//  11 the object is there (who may not touch it learns nothing of it), in the state that was signed, and the act can be done in it
//  12 the signer differs from those who did what acts.csv names on the same object, and from whom the room names
//  13 where seconds.csv asks for four eyes: a second person's statement about this one passes 1 to 12, and is another's
// Then the work, then the ledger's record, in one transaction. Refused or failed, everything is rolled back and the attempt is recorded in a transaction of its own.

/// <summary>The one way to do something in a room's name: a signed act is checked, the room's work is done and the ledger's record is written in one transaction, or none of it is.</summary>
/// <remarks>R15, R22 and R24 hold here: two persons cannot be switched off, every door comes through this one decision, and what cannot be recorded does not happen.</remarks>
public sealed class ActGate
{
    private readonly Staff _staff;
    private readonly Policy _policy;
    private readonly Database _database;
    private readonly Ledger _ledger;
    private readonly TimeProvider _clock;
    private readonly UnsignedAttempts _unsigned;

    /// <summary>The gate of a room.</summary>
    /// <param name="staff">The room's people.</param>
    /// <param name="policy">Roles and acts.</param>
    /// <param name="database">The room's database.</param>
    /// <param name="ledger">The room's ledger.</param>
    /// <param name="clock">The room's clock.</param>
    public ActGate(Staff staff, Policy policy, Database database, Ledger ledger, TimeProvider clock)
    {
        _staff = staff;
        _policy = policy;
        _database = database;
        _ledger = ledger;
        _clock = clock;
        _unsigned = new UnsignedAttempts(policy.Values.UnsignedRecorded, clock);
    }

    /// <summary>Counts what nobody has signed; the room's sign-in counts with it.</summary>
    internal UnsignedAttempts Unsigned => _unsigned;

    /// <summary>Checks the act, runs the work and records the outcome.</summary>
    /// <typeparam name="T">What the work returns.</typeparam>
    /// <param name="request">The signed act and its payload.</param>
    /// <param name="expected">What the statement must say.</param>
    /// <param name="work">The room's work, in the act's transaction; computes little and waits for nothing. A <see cref="RefusedException"/> from it rolls back and is recorded.</param>
    /// <param name="ct">Cancels while the act waits for the writer.</param>
    /// <exception cref="RefusedException">The act is refused; it is in the ledger. LedgerUnavailable when that could not be written.</exception>
    [Clause("6.6.1.2-c")]
    public async Task<T> RunAsync<T>(ActRequest request, ExpectedAct expected, Func<Session, AuthorisedAct, T> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(work);
        // The session is the request's; the writer's thread has none.
        var current = StaffSession.Current;
        // The signature is verified beside the writer; its result is used in its place in the order.
        var (attempt, second) = await _database.ReadAsync(
            session => (ActAttempt.Read(session, request), request.Second is { } seconding ? ActAttempt.Read(session, new ActRequest(seconding, request.Payload)) : null), ct).ConfigureAwait(false);
        try
        {
            return await _database.WriteAsync(
                session =>
                {
                    var act = Authorise(session, attempt, expected, second is null ? current : null, Proposals.IsOpen(session, attempt.Signed.Statement, Now));
                    var needed = SecondNeeded(session, expected);
                    if (second is not null)
                    {
                        act = act with { Second = Authorise(session, second, attempt, act, needed, current) };
                    }

                    // Without its second person the work is done too, to see whether it could be, and rolled back.
                    var result = work(session, act);
                    if (needed is not null && second is null)
                    {
                        throw new RefusedException(RefusalCode.SecondNeeded, $"proposal/{Proposals.IdOf(attempt.Signed.Statement)}: {string.Join(", ", needed.Roles.Order(StringComparer.Ordinal).Select(role => _policy.Roles[role]).Where(role => role.ExistsIn(_staff.Room)).Select(role => $"{role.TitleZh} ({role.Id})"))}.", "second");
                    }

                    Proposals.Close(session, attempt.Signed.Statement, Now);
                    ActStore.AddDone(session, expected.Object, expected.Act, act.Person.PersonId, Now);
                    ActStore.NoteClock(session, Now);
                    _ledger.Append(session, attempt.Record(act.Person.ToString(), expected, LedgerOutcome.Done, act.Detail) with { Private = act.Private.Count > 0 ? act.Private : null });
                    return result;
                },
                ct).ConfigureAwait(false);
        }
        catch (RefusedException refused)
        {
            var detail = new JsonObject { ["code"] = ContractWords.Of(refused.Refusal.Code), ["evidence"] = refused.Refusal.Evidence };
            await RecordAsync(attempt, expected, LedgerOutcome.Refused, detail, refused.Refusal.Code == RefusalCode.SecondNeeded ? request : null, second).ConfigureAwait(false);
            throw;
        }
        catch (Exception fault) when (IsLedgerFault(fault))
        {
            throw Unrecorded(fault);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            await RecordAsync(attempt, expected, LedgerOutcome.Failed, new JsonObject { ["fault"] = fault.GetType().Name }).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The same for an act whose object stands in its payload: a payload that cannot be read is refused after the decision and in the log, so that nobody without the right learns anything from it.</summary>
    /// <typeparam name="TPayload">What the payload is.</typeparam>
    /// <typeparam name="T">What the work returns.</typeparam>
    /// <param name="request">The signed act and its payload.</param>
    /// <param name="act">The act's name.</param>
    /// <param name="expected">What the statement must say, from the payload; may refuse.</param>
    /// <param name="work">The room's work, with the payload.</param>
    /// <param name="ct">Cancels while the act waits for the writer.</param>
    /// <exception cref="RefusedException">As the other.</exception>
    public Task<T> RunAsync<TPayload, T>(ActRequest request, string act, Func<TPayload, ExpectedAct> expected, Func<Session, AuthorisedAct, TPayload, T> work, CancellationToken ct)
        where TPayload : class
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(work);
        TPayload? payload = null;
        ExpectedAct told;
        try
        {
            payload = request.Payload<TPayload>();
            told = expected(payload);
        }
        catch (RefusedException refused)
        {
            told = new ExpectedAct(act, "-") { Unreadable = refused.Refusal };
        }

        return RunAsync(request, told, (session, authorised) => work(session, authorised, payload!), ct);
    }

    // A clock may go back by one window unseen, and the statement be looked at up to one window late: kept for three, no used one is forgotten too early.
    private long Expiry(ActStatement statement) => (statement.Time + (3 * _policy.Values.ActTimeWindow)).ToUnixTimeMilliseconds() + 1000;

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private AuthorisedAct Authorise(Session session, ActAttempt attempt, ExpectedAct expected, StaffSession? current, bool proposed)
    {
        // 1
        var statement = attempt.Statement ?? throw new RefusedException(RefusalCode.Malformed, "The statement is no canonical text of an act.", "act.statement");

        // 2
        Match(statement.Room, _staff.Room, "room");
        Match(statement.Act, expected.Act, "act");
        if (expected.Unreadable is null)
        {
            Match(statement.Object, expected.Object, "object");
        }

        Match(statement.PayloadDigest, attempt.PayloadDigest, "payload");
        // 3
        var now = _clock.GetUtcNow();
        var window = _policy.Values.ActTimeWindow;
        ActStore.DemandClock(session, now, window);
        if (!proposed && (now - statement.Time).Duration() > window)
        {
            throw new RefusedException(RefusalCode.StatementStale, $"The room's clock says {now:yyyy-MM-dd'T'HH:mm:ss'Z'}; {window.TotalMinutes:0} minutes either way are allowed.", "time");
        }

        // 4
        if (!proposed && ActStore.IsUsed(session, statement.Person, statement.Nonce))
        {
            throw new RefusedException(RefusalCode.StatementReplayed, "", "nonce");
        }

        // 5, 6, 7: the certificate may have been revoked since the attempt was read.
        var certificate = StaffStore.Certificate(session, statement.Person) ?? throw new RefusedException(RefusalCode.PersonUnknown, "", "person");
        var member = _staff.InOffice(session, certificate, now, evenLapsed: expected.EvenEnded || expected.Act == ActNames.StaffFitness, expected.EvenEnded);

        // 8
        if (!attempt.Verified)
        {
            throw new RefusedException(RefusalCode.SignatureInvalid, "", "act.signature");
        }

        // 9
        DemandSession(member, current);

        // 10
        Decide(new DecisionFacts { Room = _staff.Room, Act = expected.Act, Name = member.Name, Roles = member.Roles });

        // 11
        if (expected.Unreadable is { } unreadable)
        {
            throw new RefusedException(unreadable);
        }

        var state = expected.State(session);
        if (!string.Equals(statement.State, state, StringComparison.Ordinal))
        {
            throw new RefusedException(RefusalCode.StateWrong, $"Signed for '{statement.State}', the state is '{state}'.", "state");
        }

        // 12
        Decide(new DecisionFacts
        {
            Room = _staff.Room,
            Act = expected.Act,
            Name = member.Name,
            Roles = member.Roles,
            State = state == "-" ? null : state.Split(' ', '/')[0],
            HandsIn = ActStore.HandsIn(session, expected.Object, member.PersonId),
            NamedByRoom = expected.MustDifferFrom.Contains(member.PersonId),
        });
        ActStore.Use(session, statement.Person, statement.Nonce, Expiry(statement), now.ToUnixTimeMilliseconds());
        return new AuthorisedAct(member, statement, attempt.Signed, certificate.Der);
    }

    /// <summary>13: the second person's statement is about exactly this one, and passes the same checks.</summary>
    [Clause("6.6.1.2-b")]
    private StaffMember Authorise(Session session, ActAttempt second, ActAttempt first, AuthorisedAct act, SecondRule? needed, StaffSession? current)
    {
        if (needed is null)
        {
            throw new RefusedException(RefusalCode.Malformed, "This act takes no second person.", "second");
        }

        var seconded = Authorise(
            session, second, new ExpectedAct(ActNames.Second, $"proposal/{Proposals.IdOf(first.Signed.Statement)}") { MustDifferFrom = [act.Person.PersonId] }, current, proposed: false);
        if (!seconded.Person.Roles.Any(needed.Roles.Contains))
        {
            throw new RefusedException(RefusalCode.RoleMissing, $"Who may second it: {string.Join(", ", needed.Roles.Order(StringComparer.Ordinal))}.", "second");
        }

        act.Detail["second"] = seconded.Person.ToString();
        act.Detail["secondStatement"] = second.Signed.Statement;
        act.Detail["secondSignature"] = Convert.ToBase64String(second.Signed.Signature);
        return seconded.Person;
    }

    private SecondRule? SecondNeeded(Session session, ExpectedAct expected)
    {
        var rule = _policy.SecondOf(expected.Act, _staff.Room);
        return rule?.When switch
        {
            SecondWhen.Always when Now >= StaffStore.Founded(session) + (long)_policy.Values.FoundingPeriod.TotalMilliseconds => rule,
            SecondWhen.Again when expected.Replaces?.Invoke(session) ?? ActStore.WasDone(session, expected.Object, expected.Act) => rule,
            _ => null,
        };
    }

    /// <summary>The one policy decision (<see cref="PolicyDecision"/>), as in force at this moment.</summary>
    [Clause("6.6.1.2-d")]
    [Clause("6.6.2.6-d")]
    private void Decide(DecisionFacts facts)
    {
        var decision = PolicyDecision.Of(_policy, facts);
        if (!decision.Allowed)
        {
            throw new RefusedException(decision.Code!.Value, decision.Reason, decision.Field);
        }
    }

    private async Task RecordAsync(ActAttempt attempt, ExpectedAct expected, LedgerOutcome outcome, JsonObject detail, ActRequest? proposal = null, ActAttempt? second = null)
    {
        // Rubbish that nobody has signed cannot fill the log: some of it is recorded one by one, the rest is counted.
        if (!attempt.Verified && !_unsigned.TryTake(detail))
        {
            return;
        }

        try
        {
            await _database.WriteAsync(
                session =>
                {
                    // A verified statement is used up even when it is refused: it cannot come back when the state suits it.
                    if (attempt is { Verified: true, Statement: { } statement } && (_clock.GetUtcNow() - statement.Time).Duration() <= _policy.Values.ActTimeWindow)
                    {
                        ActStore.Use(session, statement.Person, statement.Nonce, Expiry(statement), Now);
                    }

                    if (second is { Verified: true, Statement: { } other } && (_clock.GetUtcNow() - other.Time).Duration() <= _policy.Values.ActTimeWindow)
                    {
                        ActStore.Use(session, other.Person, other.Nonce, Expiry(other), Now);
                        detail["second"] = second.ActorText;
                    }

                    if (proposal is not null && attempt.Statement is { } proposed)
                    {
                        detail["proposal"] = Proposals.Keep(session, proposal, expected, proposed, Now, Now + (long)_policy.Values.SecondWithin.TotalMilliseconds);
                    }

                    _ledger.Append(session, attempt.Record(attempt.ActorText, expected, outcome, attempt.Explain(detail)));
                },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (IsLedgerFault(fault))
        {
            throw Unrecorded(fault);
        }
    }

    // A stolen cookie does nothing with another's token, and one's own token does nothing in a session that has ended (6.6.2.5-a).
    private static void DemandSession(StaffMember member, StaffSession? current)
    {
        if (current is not null && current.Person.PersonId != member.PersonId)
        {
            throw ReferenceEquals(current, StaffSession.Ended) ? new RefusedException(RefusalCode.SessionMissing) : new RefusedException(RefusalCode.SessionOther, $"Signed in: {current.Person.Name}.", "person");
        }
    }

    internal static bool IsLedgerFault(Exception fault) =>
        fault is LedgerException or DatabaseException { Error: DatabaseError.Full or DatabaseError.Failed };

    // R24: no ledger row, no act.
    internal static RefusedException Unrecorded(Exception fault) => new(RefusalCode.LedgerUnavailable, fault.GetType().Name);

    private static void Match(string said, string expected, string part)
    {
        if (!string.Equals(said, expected, StringComparison.Ordinal))
        {
            throw new RefusedException(RefusalCode.StatementMismatch, part == "payload" ? "The payload is not the one that was signed." : $"Expected {part} '{expected}'.", part);
        }
    }
}
