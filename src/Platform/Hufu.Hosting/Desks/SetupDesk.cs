using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Hosting;

/// <summary>How a room comes to its certificates.</summary>
public enum SetupPath
{
    /// <summary>It initialises itself (ca, kmc): no certificates are handed in.</summary>
    Own,

    /// <summary>Certificates from the CA, then an initialisation of its own that consumes the setup code (ra).</summary>
    IdentityThenInitialise,

    /// <summary>Certificates from the CA are all it needs: they consume the setup code (ocsp, tsa, publishing).</summary>
    Identity,
}

/// <summary>The addresses by which a room is set up: <c>GET /api/{room}/setup</c>, and <c>POST /api/{room}/identity/requests</c> and <c>/identity</c> for rooms that the CA certifies.</summary>
/// <param name="context">The room.</param>
/// <param name="path">How it comes to its certificates.</param>
/// <param name="receivesSealed">Whether it has an encryption key: rooms that receive facts only have none.</param>
public sealed class SetupDesk(RoomContext context, SetupPath path, bool receivesSealed)
{
    /// <summary>Maps the addresses.</summary>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet($"/api/{context.Name}/setup", async (CancellationToken ct) => Results.Json(await StateAsync(ct), ContractJson.Options))
            .WithName($"{context.Name}-setup").WithTags(context.Name).WithSummary("Where the room stands").Produces<SetupState>();
        if (path == SetupPath.Own)
        {
            return;
        }

        endpoints.MapPost($"/api/{context.Name}/identity/requests", async (SetupAsk ask, CancellationToken ct) => Results.Json(await RequestsAsync(ask, ct), ContractJson.Options))
            .WithName($"{context.Name}-identity-requests").WithTags(context.Name).WithSummary("PKCS#10 requests of the room's service keys").Produces<IdentityRequests>().ProducesRefusals();
        endpoints.MapPost($"/api/{context.Name}/identity", async (IdentityInstallation installation, CancellationToken ct) => Results.Json(await InstallAsync(installation, ct), ContractJson.Options))
            .WithName($"{context.Name}-identity").WithTags(context.Name).WithSummary("Installs the room's certificates and its peers").Produces<SetupState>().ProducesRefusals();
    }

    /// <summary>Where the room stands.</summary>
    public async Task<SetupState> StateAsync(CancellationToken ct)
    {
        var initialised = await context.Database.ReadAsync(context.SetupCode.IsConsumed, ct).ConfigureAwait(false);
        var installed = context.Identity.IsInstalled;
        var next = (initialised, installed, path) switch
        {
            (true, _, _) => "已就绪。Ready.",
            (_, _, SetupPath.Own) => $"请初始化：POST /api/{context.Name}/initialise。Initialise it.",
            (_, false, _) => $"请由 CA 签发服务证书后安装：POST /api/{context.Name}/identity/requests，再 POST /api/{context.Name}/identity。Have its keys certified by the CA, then install the certificates.",
            _ => $"请初始化：POST /api/{context.Name}/initialise。Initialise it.",
        };
        return new SetupState(context.Name, initialised, installed, next);
    }

    private async Task<IdentityRequests> RequestsAsync(SetupAsk ask, CancellationToken ct)
    {
        await context.Database.ReadAsync(
            session =>
            {
                context.SetupCode.Demand(session, ask.SetupCode);
                return true;
            },
            ct).ConfigureAwait(false);
        var requests = context.Identity.MakeRequests(DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, context.Name)));
        return receivesSealed ? requests : requests with { Encryption = null };
    }

    private async Task<SetupState> InstallAsync(IdentityInstallation installation, CancellationToken ct)
    {
        var chain = PersonRequests.OpenCertificates(installation.Chain, "chain");
        var signing = PersonRequests.OpenCertificates([installation.SigningCertificate], "signingCertificate")[0];
        var audit = PersonRequests.OpenCertificates([installation.AuditCertificate], "auditCertificate")[0];
        var encryption = installation.EncryptionCertificate is { } der ? PersonRequests.OpenCertificates([der], "encryptionCertificate")[0] : null;
        if (receivesSealed != encryption is not null)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, receivesSealed ? "The room needs one." : "The room has no encryption key.", "encryptionCertificate");
        }

        await context.Database.WriteAsync(
            session =>
            {
                context.SetupCode.Demand(session, installation.SetupCode);
                foreach (var peer in installation.Peers)
                {
                    context.Peers.Register(session, peer, chain);
                }

                if (path == SetupPath.Identity)
                {
                    context.SetupCode.Consume(session);
                }

                context.Ledger.Append(session, new LedgerRecord
                {
                    Actor = "setup",
                    Act = "identity.install",
                    Object = $"room/{context.Name}",
                    Outcome = LedgerOutcome.Done,
                    Detail = new JsonObject
                    {
                        ["signing"] = signing.SerialHex,
                        ["encryption"] = encryption?.SerialHex,
                        ["audit"] = audit.SerialHex,
                        ["peers"] = new JsonArray([.. installation.Peers.Select(peer => JsonValue.Create(peer.Name))]),
                    },
                });

                // Last, and in one step on disk: if the commit fails after it, the code still opens and the same is installed again.
                context.Identity.Install(signing, encryption, audit, chain, context.Clock.GetUtcNow());
            },
            ct).ConfigureAwait(false);
        await context.Ledger.InstallCertificateAsync(installation.AuditCertificate, ct).ConfigureAwait(false);
        return await StateAsync(ct).ConfigureAwait(false);
    }
}
