using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Serving;
using Hufu.Kmc.Stores;
using Hufu.Records;

namespace Hufu.Kmc.Recovery;

/// <summary>
/// A holder asks on the user page: <c>POST /api/kmc/recoveries/requests</c>, and follows it: <c>GET /api/kmc/recoveries/{id}</c>. Nobody is identified by it: an operator does that, off the line,
/// and takes the request up by a signed act; then it goes as one that the operator has entered.
/// </summary>
internal sealed class RequestRecovery(RoomContext context, CaseBook cases, EscrowedKeys escrowed, Func<ServingCentre> centre)
{
    // The door is open: so many wait at most, a further one is refused until somebody has looked.
    private const int MostWaiting = 500;

    /// <summary>Keeps the request.</summary>
    /// <exception cref="RefusedException">FieldInvalid, FieldMissing, TooLarge, UnknownObject, PossessionNotProven, KeyWeak, KeyReused, TooManyRequests.</exception>
    [Clause("6.2.8-b")]
    public Task<RecoveryStatus> RunAsync(RecoveryRequest asked, CancellationToken ct)
    {
        CaseBook.Require(asked.Reason, "reason");
        CaseBook.Require(asked.Holder, "holder");
        CaseBook.Require(asked.Ca, "ca");
        if (asked.UserCertNumbers is null)
        {
            throw new RefusedException(RefusalCode.FieldMissing, "The certificates are missing.", "userCertNumbers");
        }

        var key = PersonRequests.Open(asked.SigningRequest, "signingRequest").PublicKey;
        var keys = centre().Keys;
        var content = JsonSerializer.SerializeToUtf8Bytes(asked, ContractJson.Options);
        return context.Database.WriteAsync(
            session =>
            {
                if (CaseBook.Count(session, CaseKind.Recovery, CaseState.Requested, MostWaiting) >= MostWaiting)
                {
                    throw new RefusedException(RefusalCode.TooManyRequests, $"{MostWaiting} requests wait for an operator.", "requests");
                }

                _ = CaseScope.Find(session, asked.Ca, asked.UserCertNumbers);
                _ = HolderKeys.Require(session, escrowed, keys, key, "signingRequest");
                var step = cases.Open(session, CaseKind.Recovery, content, CaseState.Requested);
                context.Ledger.Append(session, new LedgerRecord
                {
                    Actor = "holder",
                    Act = "kmc.recovery.requested",
                    Object = $"recovery/{step.Id}",
                    Outcome = LedgerOutcome.Done,
                    Detail = new JsonObject { ["case"] = step.StateToSign, ["ca"] = asked.Ca, ["userCertNumbers"] = new JsonArray([.. asked.UserCertNumbers.Select(one => JsonValue.Create(one))]) },
                });
                return new RecoveryStatus(step.Id, step.State, null);
            },
            ct);
    }

    /// <summary>How far it is.</summary>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    public Task<RecoveryStatus> StatusAsync(string id, CancellationToken ct) => context.Database.ReadAsync(
        session =>
        {
            var until = session.Scalar<long>("SELECT until FROM kmc_recovery_code WHERE id = @id", new { id });
            return new RecoveryStatus(id, cases.Find(session, CaseKind.Recovery, id).State, until == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(until));
        },
        ct);
}
