using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Profiles;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Services;

/// <summary>
/// Certifies a room's service keys and registers it as a peer: <c>POST /api/ca/services</c>, act ca.service.register. Steps: 1 the act is authorised, 2 serials are reserved and the certificates
/// signed, 3 they are stored and the room is registered. A crash between them leaves burnt serials; the act is done again.
/// </summary>
internal sealed class ServiceDesk(RoomContext context, CaDesks desks, IFactOutlet facts)
{
    /// <exception cref="RefusedException">The act, the room or a request is not in order.</exception>
    public async Task<ServiceRegistered> RegisterAsync(ActRequest request, CancellationToken ct)
    {
        var authorities = desks.Authorities.Demand();

        // 1
        var (act, registration, orders) = await context.Acts.RunAsync<ServiceRegistration, (AuthorisedAct, ServiceRegistration, ServiceOrders)>(
            request,
            ActNames.CaServiceRegister,
            static asked => new ExpectedAct(ActNames.CaServiceRegister, $"room/{asked.Room}"),
            (_, authorised, asked) =>
            {
                authorised.Detail["name"] = asked.Name;
                return (authorised, asked, OrdersOf(asked, authorities));
            },
            ct).ConfigureAwait(false);

        // 2
        var signer = DirectSigner.Of(authorities.Operational);
        var serials = await desks.Direct.ReserveAsync(authorities.Operational.Name, [.. Enumerable.Repeat($"room/{registration.Room}", 3)], ct).ConfigureAwait(false);
        var signing = desks.Direct.Sign(orders.Signing, serials[0], signer);
        var audit = desks.Direct.Sign(orders.Audit, serials[1], signer);
        var encryption = orders.Encryption is null ? null : desks.Direct.Sign(orders.Encryption, serials[2], signer);

        // 3
        await context.Database.WriteAsync(
            session =>
            {
                desks.Direct.Store(session, orders.Signing, authorities.Operational.Name, signing);
                desks.Direct.Store(session, orders.Audit, authorities.Operational.Name, audit);
                if (encryption is not null)
                {
                    desks.Direct.Store(session, orders.Encryption!, authorities.Operational.Name, encryption);
                }

                context.Peers.Register(
                    session, new PeerInfo(registration.Room, signing.Encode(), encryption?.Encode()), [authorities.Operational.Certificate, authorities.Root.Certificate]);
                if (Rooms.KindOf(registration.Room) == Rooms.Ra)
                {
                    // What was changed before it was there.
                    facts.PublishTo<ProfileChanged>(session, registration.Room, [.. ProfileVersions.InForce(session).Select(ProfileDesk.FactOf)]);
                    facts.PublishTo<ProfileKeysSet>(session, registration.Room, desks.ProfileKeys.Now() is { Algorithms.Count: > 0 } keys ? [keys] : []);
                }

                context.Ledger.Append(session, new LedgerRecord
                {
                    Actor = act.Person.ToString(),
                    Act = "ca.service.certified",
                    Object = $"room/{registration.Room}",
                    Outcome = LedgerOutcome.Done,
                    Detail = new System.Text.Json.Nodes.JsonObject { ["signing"] = signing.SerialHex, ["encryption"] = encryption?.SerialHex, ["audit"] = audit.SerialHex },
                });
            },
            ct).ConfigureAwait(false);
        return new ServiceRegistered(signing.Encode(), encryption?.Encode(), audit.Encode(), authorities.Chain, context.Identity.AsPeer());
    }

    private ServiceOrders OrdersOf(ServiceRegistration registration, AuthoritySet authorities)
    {
        if (registration.Room is not (Rooms.Ra or Rooms.Ocsp or Rooms.Tsa or Rooms.Publishing))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "The CA certifies the rooms ra, ocsp, tsa and publishing.", "room");
        }

        if (registration.Room == Rooms.Ra && registration.Requests.Encryption is null)
        {
            throw new RefusedException(RefusalCode.FieldMissing, "An RA receives sealed messages.", "requests.encryption");
        }

        return ServiceOrders.Of(
            context.Policy, authorities.Operational.Certificate.Subject.Find(Oids.Organization)!, registration.Room, registration.Name.Trim(),
            PersonRequests.Open(registration.Requests.Signing, "requests.signing").PublicKey,
            registration.Requests.Encryption is { } der ? PersonRequests.Open(der, "requests.encryption").PublicKey : null,
            PersonRequests.Open(registration.Requests.Audit, "requests.audit").PublicKey);
    }
}
