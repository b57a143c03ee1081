using System.Text.Json.Nodes;
using Hufu.Ca.Certificates;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Messaging;
using Hufu.Records;

namespace Hufu.Ca.Services;

/// <summary>
/// The CA's own service certificates follow themselves (R18), by the issuer's own act and the same way as the other rooms' (<see cref="ServiceRenewals"/>): 1 what is due is noted, 2 certified and told to every room
/// that knows this one, 3 installed: the encryption key at once, because others seal to it as soon as they know it; the signing key when everyone registered has been told, or a week before the old one ends.
/// </summary>
internal sealed class OwnRenewal(RoomContext context, CaDesks desks)
{
    private static readonly TimeSpan s_latest = TimeSpan.FromDays(7);
    private static readonly string[] s_uses = [RoomIdentity.SigningLabel, RoomIdentity.EncryptionLabel, RoomIdentity.AuditLabel];

    /// <summary>One look.</summary>
    /// <returns>How many certificates were installed.</returns>
    [Clause("6.2.6.1-a")]
    public async Task<int> LookAsync(CancellationToken ct)
    {
        if (desks.Authorities.Current is null || RestoreMark.IsSet(context.DataDirectory) || !context.Identity.IsActive)
        {
            return 0;
        }

        var installed = 0;
        foreach (var use in s_uses)
        {
            var now = context.Clock.GetUtcNow();
            if (context.Identity.CertificateFor(use) is not { } old || now < context.Policy.Values.ServiceRenewalOpensBefore.Before(old.NotAfter) || now > old.NotAfter)
            {
                continue;
            }

            var made = await MadeAsync(use, old.SerialHex, ct).ConfigureAwait(false);
            if (made is not null && (use != RoomIdentity.SigningLabel || now > old.NotAfter - s_latest || await ToldAsync(ct).ConfigureAwait(false)))
            {
                await context.Renewal.FollowOwnAsync(made, ct).ConfigureAwait(false);
                installed++;
            }
        }

        return installed;
    }

    // 1 and 2; what is certified already is found again.
    private async Task<ServiceCertified?> MadeAsync(string use, string oldSerial, CancellationToken ct)
    {
        var id = $"own-{oldSerial}";
        if (!await context.Database.ReadAsync(session => session.Scalar<long>("SELECT count(*) FROM ca_service_renewals WHERE id = @id", new { id }) > 0, ct).ConfigureAwait(false)
            && context.Identity.AskFollowing(use) is { } asked)
        {
            await context.Database.WriteAsync(
                session =>
                {
                    desks.Renewals.Note(session, id, Rooms.Ca, asked);
                    context.Ledger.Append(session, new LedgerRecord
                    {
                        Actor = "system", Act = "identity.renewal.ask", Object = $"room/{Rooms.Ca}", Outcome = LedgerOutcome.Done, Detail = new JsonObject { ["use"] = use, ["oldSerial"] = oldSerial },
                    });
                },
                ct).ConfigureAwait(false);
            await desks.Renewals.CarryOutAsync(ct).ConfigureAwait(false);
        }

        var all = desks.Authorities.Demand();
        return await context.Database.ReadAsync(
            session => session.QueryFirst<MadeRow>("SELECT issuer, serial FROM ca_service_renewals WHERE id = @id AND state = 'done' AND serial IS NOT NULL", new { id }) is { } row
                ? new ServiceCertified(Rooms.Ca, use, oldSerial, CertificateStore.Find(session, row.Issuer, row.Serial)!.Der, all.ChainOf(all.Of(row.Issuer)))
                : null,
            ct).ConfigureAwait(false);
    }

    // Facts to a room stay in order: where nothing waits, the new certificate has arrived. A room that was never registered knows no certificate of ours.
    private async Task<bool> ToldAsync(CancellationToken ct)
    {
        foreach (var lag in await context.Post.LagAsync(ct).ConfigureAwait(false))
        {
            if (lag.Waiting > 0 && await context.Peers.FindAsync(lag.Destination, ct).ConfigureAwait(false) is not null)
            {
                return false;
            }
        }

        return true;
    }

    private sealed record MadeRow(string Issuer, string Serial);
}
