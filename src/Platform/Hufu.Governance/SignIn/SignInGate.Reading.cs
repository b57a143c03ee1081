using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Governance;

/// <summary>What a session is good for: reading, and knowing what one may do.</summary>
public sealed partial class SignInGate
{
    /// <summary>Reads in a session, by the same policy decision as a signed act; every access is in the log (6.4.2-a).</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="person">Whose session.</param>
    /// <param name="act">The act under which the reading stands.</param>
    /// <param name="object">What is read.</param>
    /// <param name="read">Reads.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RefusedException">As the decision says; recorded too.</exception>
    [Clause("6.4.2-a")]
    public async Task<T> ReadAsync<T>(StaffSession person, string act, string @object, Func<Session, T> read, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(read);
        var decision = PolicyDecision.Of(_policy, new DecisionFacts { Room = _staff.Room, Act = act, Name = person.Person.Name, Roles = person.Person.Roles });
        try
        {
            await _ledger.AppendAsync(
                new LedgerRecord
                {
                    Actor = person.Person.ToString(), Act = act, Object = @object, Outcome = decision.Allowed ? LedgerOutcome.Done : LedgerOutcome.Refused,
                    Detail = decision.Allowed ? new JsonObject { ["session"] = true } : new JsonObject { ["session"] = true, ["code"] = ContractWords.Of(decision.Code!.Value) },
                },
                ct).ConfigureAwait(false);
        }
        catch (Exception fault) when (ActGate.IsLedgerFault(fault))
        {
            throw ActGate.Unrecorded(fault);
        }

        return decision.Allowed ? await _database.ReadAsync(read, ct).ConfigureAwait(false) : throw new RefusedException(decision.Code!.Value, decision.Reason, decision.Field);
    }

    /// <summary>Every act of the room for a person: whether they may, and why not; with an object, also whether they have had a hand in it.</summary>
    /// <param name="session">A transaction.</param>
    /// <param name="person">Who.</param>
    /// <param name="object">The object, or null.</param>
    /// <param name="state">The object's state, or null.</param>
    public IReadOnlyList<ActRight> Permissions(Session session, StaffMember person, string? @object, string? state)
    {
        ArgumentNullException.ThrowIfNull(person);
        var hands = @object is null ? [] : ActStore.HandsIn(session, @object, person.PersonId);
        return
        [
            .. _policy.Acts.Values.Where(rule => rule.Rooms.Contains(_staff.Room) && (@object is null || !_policy.States.TryGetValue(rule.Act, out var states) || @object.StartsWith(states.Kind + "/", StringComparison.Ordinal)))
                .OrderBy(rule => rule.Act, StringComparer.Ordinal).Select(rule =>
                {
                    var decision = PolicyDecision.Of(_policy, new DecisionFacts { Room = _staff.Room, Act = rule.Act, Name = person.Name, Roles = person.Roles, State = state, HandsIn = hands });
                    return new ActRight(
                        rule.Act, rule.What, decision.Allowed, decision.Code is { } code ? ContractWords.Of(code) : null, decision.Allowed ? null : decision.Reason, _policy.StatesOf(rule.Act),
                        [.. PolicyDecision.WhoMay(_policy, rule, _staff.Room).Select(role => new SessionRole(role.Id, role.TitleZh, role.TitleEn))]);
                }),
        ];
    }
}
