using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Governance;

// The order of checks; the first that fails is the refusal:
//   1 the statement parses
//   2 it says the room, the act, the object, the payload and the state that the room expects
//   3 its time lies within the window
//   4 its nonce is unused
//   5 the signer is known
//   6 and not suspended
//   7 the certificate is in its validity and not revoked
//   8 the signature verifies
//   9 a role of the signer allows the act in this room, and no two of the signer's roles exclude one another
//  10 the signer differs from those who did what acts.csv names on the same object, and from whom the room names
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
    }

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
        // The signature is verified beside the writer; its result is used in its place in the order.
        var attempt = await _database.ReadAsync(session => ActAttempt.Read(session, request), ct).ConfigureAwait(false);
        try
        {
            return await _database.WriteAsync(
                session =>
                {
                    var act = Authorise(session, attempt, expected);
                    var result = work(session, act);
                    ActStore.AddDone(session, expected.Object, expected.Act, act.Person.PersonId, Now);
                    _ledger.Append(session, attempt.Record(act.Person.ToString(), expected, LedgerOutcome.Done, act.Detail));
                    return result;
                },
                ct).ConfigureAwait(false);
        }
        catch (RefusedException refused)
        {
            var detail = new JsonObject { ["code"] = ContractWords.Of(refused.Refusal.Code), ["evidence"] = refused.Refusal.Evidence };
            await RecordAsync(attempt, expected, LedgerOutcome.Refused, detail).ConfigureAwait(false);
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

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private AuthorisedAct Authorise(Session session, ActAttempt attempt, ExpectedAct expected)
    {
        // 1
        var statement = attempt.Statement ?? throw new RefusedException(RefusalCode.Malformed, "The statement is no canonical text of an act.", "act.statement");

        // 2
        Match(statement.Room, _staff.Room, "room");
        Match(statement.Act, expected.Act, "act");
        Match(statement.Object, expected.Object, "object");
        Match(statement.PayloadDigest, attempt.PayloadDigest, "payload");
        var state = expected.State(session);
        if (!string.Equals(statement.State, state, StringComparison.Ordinal))
        {
            throw new RefusedException(RefusalCode.StateWrong, $"Signed for '{statement.State}', the state is '{state}'.", "state");
        }

        // 3
        var now = _clock.GetUtcNow();
        var window = _policy.Values.ActTimeWindow;
        if ((now - statement.Time).Duration() > window)
        {
            throw new RefusedException(RefusalCode.StatementStale, $"The room's clock says {now:yyyy-MM-dd'T'HH:mm:ss'Z'}; {window.TotalMinutes:0} minutes either way are allowed.", "time");
        }

        // 4
        if (ActStore.IsUsed(session, statement.Person, statement.Nonce))
        {
            throw new RefusedException(RefusalCode.StatementReplayed, "", "nonce");
        }

        // 5, 6, 7: the certificate may have been revoked since the attempt was read.
        var certificate = StaffStore.Certificate(session, statement.Person) ?? throw new RefusedException(RefusalCode.PersonUnknown, "", "person");
        var person = StaffStore.ById(session, certificate.PersonId) ?? throw new RefusedException(RefusalCode.PersonUnknown, "", "person");
        if (person.Suspended != 0)
        {
            throw new RefusedException(RefusalCode.PersonSuspended, person.Name, "person");
        }

        var moment = now.ToUnixTimeMilliseconds();
        if (certificate.RevokedAt is not null || moment < certificate.NotBefore || moment >= certificate.NotAfter + 1000)
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, certificate.RevokedAt is null ? "Outside its validity." : "Revoked.", "person");
        }

        // 8
        if (!attempt.Verified)
        {
            throw new RefusedException(RefusalCode.SignatureInvalid, "", "act.signature");
        }

        // 9, 10
        var member = _staff.Member(session, person);
        Decide(session, member, expected);
        ActStore.Use(session, statement.Person, statement.Nonce, (statement.Time + window).ToUnixTimeMilliseconds() + 1000, moment);
        return new AuthorisedAct(member, statement, attempt.Signed, certificate.Der);
    }

    /// <summary>The one policy decision: role, compatibility, separation.</summary>
    [Clause("6.6.1.2-d")]
    [Clause("6.6.2.6-d")]
    private void Decide(Session session, StaffMember member, ExpectedAct expected)
    {
        if (!_policy.Acts.TryGetValue(expected.Act, out var rule) || !rule.Rooms.Contains(_staff.Room))
        {
            throw new RefusedException(RefusalCode.RoleMissing, $"'{expected.Act}' is no act of '{_staff.Room}'.", "act");
        }

        if (!member.Roles.Any(rule.Roles.Contains))
        {
            throw new RefusedException(
                RefusalCode.RoleMissing, $"Who may: {string.Join(", ", rule.Roles.Order(StringComparer.Ordinal).Select(role => $"{_policy.Roles[role].TitleZh} ({role})"))}.", "person");
        }

        foreach (var role in member.Roles)
        {
            if (_policy.Roles.TryGetValue(role, out var definition) && member.Roles.FirstOrDefault(definition.IncompatibleWith.Contains) is { } other)
            {
                throw new RefusedException(RefusalCode.RolesIncompatible, $"{member.Name}: {definition.TitleZh} / {_policy.Roles[other].TitleZh} (6.6.1.2-d).", "person");
            }
        }

        if (expected.MustDifferFrom.Contains(member.PersonId) || rule.DiffersFrom.Any(act => ActStore.HasDone(session, expected.Object, act, member.PersonId)))
        {
            throw new RefusedException(RefusalCode.SamePerson, $"{member.Name} has had a hand in it before.", "person");
        }
    }

    private async Task RecordAsync(ActAttempt attempt, ExpectedAct expected, LedgerOutcome outcome, JsonObject detail)
    {
        try
        {
            await _database.WriteAsync(
                session =>
                {
                    // A verified statement is used up even when it is refused: it cannot come back when the state suits it.
                    if (attempt is { Verified: true, Statement: { } statement } && (_clock.GetUtcNow() - statement.Time).Duration() <= _policy.Values.ActTimeWindow)
                    {
                        ActStore.Use(session, statement.Person, statement.Nonce, (statement.Time + _policy.Values.ActTimeWindow).ToUnixTimeMilliseconds() + 1000, Now);
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

    private static bool IsLedgerFault(Exception fault) =>
        fault is LedgerException or DatabaseException { Error: DatabaseError.Full or DatabaseError.Failed };

    // R24: no ledger row, no act.
    private static RefusedException Unrecorded(Exception fault) => new(RefusalCode.LedgerUnavailable, fault.GetType().Name);

    private static void Match(string said, string expected, string part)
    {
        if (!string.Equals(said, expected, StringComparison.Ordinal))
        {
            throw new RefusedException(RefusalCode.StatementMismatch, part == "payload" ? "The payload is not the one that was signed." : $"Expected {part} '{expected}'.", part);
        }
    }
}
