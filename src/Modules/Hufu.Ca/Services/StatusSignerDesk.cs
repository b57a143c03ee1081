using System.Text.Json.Nodes;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Services;

/// <summary>
/// Certifies a key of the status service as the OCSP signer of a P-256 CA: <c>POST /api/ca/services/signers</c>. Two people sign, whatever was done before: who holds such a key speaks about every certificate of that CA
/// (R15). Steps: 1 the act is authorised, 2 a serial is reserved and the certificate signed by that CA's own key (RFC 6960 4.2.2.2), 3 it is stored and told to the room.
/// </summary>
internal sealed class StatusSignerDesk(RoomContext context, CaDesks desks, IFactOutlet facts)
{
    private const string Profile = "room-ocsp";

    /// <summary>Whose key it is, in words: another holder than the room itself, so that neither's end hides behind the other's.</summary>
    public static string HolderOf(string ca) => StatusSignerRegistration.ObjectOf(ca);

    /// <summary>Whether a CA's certificates are told of by a signer of its own beside the room's certificate.</summary>
    public static bool Signs(Authority authority) => authority.Algorithm == KeyAlgorithm.P256;

    /// <exception cref="RefusedException">The act, the CA or the request is not in order.</exception>
    public async Task<StatusSignerCertified> RegisterAsync(ActRequest request, CancellationToken ct)
    {
        var authorities = desks.Authorities.Demand();

        // 1
        var (act, authority, order) = await context.Acts.RunAsync<StatusSignerRegistration, (AuthorisedAct, Authority, DirectOrder)>(
            request,
            ActNames.CaServiceRegister,
            static asked => new ExpectedAct(ActNames.CaServiceRegister, StatusSignerRegistration.ObjectOf(asked.Ca)) { Replaces = static _ => true },
            (session, authorised, asked) =>
            {
                var issuer = IssuerOf(authorities, asked.Ca);
                authorised.Detail["name"] = asked.Name;
                return (authorised, issuer, OrderOf(session, issuer, authorities, asked));
            },
            ct).ConfigureAwait(false);

        // 2
        var serials = await desks.Direct.ReserveAsync(authority.Name, [order.Holder], ct).ConfigureAwait(false);
        var certificate = desks.Direct.Sign(order, serials[0], DirectSigner.Of(authority));

        // 3
        var certified = new StatusSignerCertified(authority.Name, certificate.Encode());
        await context.Database.WriteAsync(
            session =>
            {
                desks.Direct.Store(session, order, authority.Name, certificate);
                facts.Publish(session, certified);
                context.Ledger.Append(session, new LedgerRecord
                {
                    Actor = act.Person.ToString(), Act = "ca.service.certified", Object = order.Holder, Outcome = LedgerOutcome.Done, Detail = new JsonObject { ["signing"] = certificate.SerialHex },
                });
            },
            ct).ConfigureAwait(false);
        return certified;
    }

    /// <summary>The CA, if it still signs: one that is closing goes on certifying who speaks about what it has issued.</summary>
    /// <exception cref="RefusedException">UnknownObject, StateWrong.</exception>
    public static Authority IssuerOf(AuthoritySet authorities, string ca)
    {
        var authority = authorities.Of(ca);
        return authority.State is not (AuthorityState.Active or AuthorityState.Closing) || authority.Signer is OfflineSigner
            ? throw new RefusedException(RefusalCode.StateWrong, $"The CA '{ca}' signs nothing at present.", "ca")
            : authority.Certificate.IsSelfIssued || !Signs(authority)
                ? throw new RefusedException(RefusalCode.StateWrong, $"Status is told by a signer of its own for P-256 CAs below a root; '{ca}' is none.", "ca")
                : authority;
    }

    private DirectOrder OrderOf(Session session, Authority issuer, AuthoritySet authorities, StatusSignerRegistration asked)
    {
        if (asked is not { Name.Length: > 0 and <= 60, Request.Length: > 0 })
        {
            throw new RefusedException(RefusalCode.FieldMissing, "A name of 1 to 60 characters and a request are needed.", "name");
        }

        var order = new DirectOrder(
            context.Policy.Profile(Profile), CertificateUse.Service, Rooms.Ocsp, HolderOf(issuer.Name),
            new Dictionary<string, string>(StringComparer.Ordinal) { ["organisation"] = authorities.Operational.Certificate.Subject.Find(Oids.Organization)!, ["serviceName"] = asked.Name.Trim() },
            ServiceRequests.Open(asked.Request, issuer.Algorithm).PublicKey);

        // Whoever lacks something hears it before a serial is spent and a second person asked.
        KeyIsAcceptable.Demand(order.Key, issuer.Algorithm, "request");
        SubjectIsUnique.Demand(CertificateStore.SubjectHolder(session, ActStatement.Digest(SubjectBuilder.Build(order.Profile, order.Fields).RawData.Span)), order.Holder);
        KeyBelongsToHolder.Demand(CertificateStore.FindKey(session, ActStatement.Digest(order.Key.RawData.Span)), order.Holder, order.Kind, certified: false, renewal: true, "request");
        return order;
    }
}
