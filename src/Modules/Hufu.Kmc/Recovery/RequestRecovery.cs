using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Serving;
using Hufu.Kmc.Stores;
using Hufu.Messaging;
using Hufu.Pki;
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
    public async Task<RecoveryStatus> RunAsync(RecoveryRequest asked, CancellationToken ct)
    {
        var content = Read(asked, out var key);
        var keys = centre().Keys;
        return await context.Database.WriteAsync(
            session =>
            {
                if (CaseBook.Count(session, CaseKind.Recovery, CaseState.Requested, MostWaiting) >= MostWaiting)
                {
                    throw new RefusedException(RefusalCode.TooManyRequests, $"{MostWaiting} requests wait for an operator.", "requests");
                }

                var step = Keep(session, asked, content, keys, key, "holder");
                return new RecoveryStatus(step.Id, step.State, null);
            },
            ct);
    }

    /// <summary>A registration authority opens what two of its people have entered and reviewed: <see cref="OpenRecovery"/>. The bound of the open door does not hold it back.</summary>
    /// <exception cref="RefusedException">As above, but for TooManyRequests.</exception>
    [Clause("6.2.8-b")]
    public Task RunAsync(ReceivedOrder<OpenRecovery, RecoveryOpened> order, CancellationToken ct)
    {
        var (raCase, asked) = (order.Body.RaCase, order.Body.Request);
        if (raCase is not { Length: > 0 and <= 64 })
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "1 to 64 characters.", "raCase");
        }

        var content = Read(asked, out var key);
        var keys = centre().Keys;
        return context.Database.WriteAsync(
            session =>
            {
                var step = Keep(session, asked, content, keys, key, order.From);
                new RecoveryOrigin(order.From, raCase).Add(session, step.Id);
                order.Reply(session, new RecoveryOpened(step.Id));
            },
            ct);
    }

    private static byte[] Read(RecoveryRequest asked, out SubjectPublicKeyInfo key)
    {
        CaseBook.Require(asked.Reason, "reason");
        CaseBook.Require(asked.Holder, "holder");
        CaseBook.Require(asked.Ca, "ca");
        if (asked.UserCertNumbers is null)
        {
            throw new RefusedException(RefusalCode.FieldMissing, "The certificates are missing.", "userCertNumbers");
        }

        key = PersonRequests.Open(asked.SigningRequest, "signingRequest").PublicKey;
        return JsonSerializer.SerializeToUtf8Bytes(asked, ContractJson.Options);
    }

    private CaseStep Keep(Session session, RecoveryRequest asked, byte[] content, IReadOnlyList<SubjectPublicKeyInfo> keys, SubjectPublicKeyInfo key, string actor)
    {
        _ = CaseScope.Find(session, asked.Ca, asked.UserCertNumbers);
        _ = HolderKeys.Require(session, escrowed, keys, key, "signingRequest");
        var step = cases.Open(session, CaseKind.Recovery, content, null, CaseState.Requested);
        context.Ledger.Append(session, new LedgerRecord
        {
            Actor = actor,
            Act = "kmc.recovery.requested",
            Object = $"recovery/{step.Id}",
            Outcome = LedgerOutcome.Done,
            Detail = new JsonObject { ["case"] = step.StateToSign, ["ca"] = asked.Ca, ["userCertNumbers"] = new JsonArray([.. asked.UserCertNumbers.Select(one => JsonValue.Create(one))]) },
        });
        return step;
    }

    /// <summary>How far it is.</summary>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    public Task<RecoveryStatus> StatusAsync(string id, CancellationToken ct) => context.Database.ReadAsync(
        session => new RecoveryStatus(id, cases.Find(session, CaseKind.Recovery, id).State, RecoveryOrigin.CodeUntil(session, id)), ct);
}
