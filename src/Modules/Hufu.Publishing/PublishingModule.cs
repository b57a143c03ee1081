using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Publishing.Certificates;
using Hufu.Publishing.Crls;
using Hufu.Publishing.Documents;
using Hufu.Publishing.Ldap;
using Hufu.Publishing.Verification;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Hufu.Publishing;

/// <summary>
/// The repository (证书库): what the facts of CA and RA say may be public, over HTTP. Addresses: <c>/ca/{name}.cer</c>, <c>/crl/{name}.crl</c>, <c>/repository/chain.p7b</c>,
/// <c>/repository/certificates/{serial}.cer</c>, <c>/repository/certificates?name=</c>.
/// </summary>
public sealed partial class PublishingModule : IRoom
{
    private readonly RoomContext context;
    private readonly PublishingOptions options;
    private readonly CrlFiles files;
    private readonly DirectoryDesk directories;
    private readonly DocumentShelf documents;
    private readonly VerificationDesk verification;
    private readonly OperatorToken token;
    private readonly CancellationTokenSource stop = new();
    private Task tidying = Task.CompletedTask;

    /// <summary>The room on what it stands on.</summary>
    /// <param name="context">Opened for <see cref="Rooms.Publishing"/>, with this assembly's migrations.</param>
    /// <param name="options">What the operator sets.</param>
    public PublishingModule(RoomContext context, PublishingOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        (this.context, this.options) = (context, options);
        context.Post.Subscribe<AuthorityCompromised>((_, fact) => LogCompromised(context.Log, fact.Body.Ca, fact.Body.Successor));
        files = new CrlFiles(Path.Combine(context.DataDirectory, "crls"));
        directories = new DirectoryDesk(context, files);
        documents = new DocumentShelf(context.DataDirectory);
        verification = new VerificationDesk(context, files);
        token = new OperatorToken(context.DataDirectory);
        // Each fact goes to the shelf and, in the same transaction, into the queue of every directory.
        context.Post.Subscribe<AuthorityCertified>((session, fact) =>
        {
            AuthorityShelf.Certified(session, fact.Body, Now);
            directories.Tell(session, DirectoryKinds.Authority, fact.Body.Ca);
        });
        context.Post.Subscribe<AuthorityLinked>((session, fact) =>
        {
            AuthorityShelf.Linked(session, fact.Body, Now);
            foreach (var ca in CrossPairs.Linked(session, Pki.Certificate.Decode(fact.Body.Certificate)))
            {
                directories.Tell(session, DirectoryKinds.Authority, ca);
            }
        });
        context.Post.Subscribe<CertificateIssued>((session, fact) =>
        {
            CertificateShelf.Issued(session, fact.Body);
            TellWhenPublic(session, fact.Body.Serial);
        });
        context.Post.Subscribe<CertificateAccepted>((session, fact) =>
        {
            CertificateShelf.Accepted(session, fact.Body);
            foreach (var serial in fact.Body.Serials)
            {
                TellWhenPublic(session, serial);
            }
        });
        context.Post.Subscribe<CertificateRevoked>((session, fact) =>
        {
            CertificateShelf.Revoked(session, fact.Body);
            if (directories.Tree.RemoveRevoked && fact.Body.Reason != RevocationReason.CertificateHold)
            {
                directories.Tell(session, DirectoryKinds.Certificate, fact.Body.Serial);
            }
        });
        context.Post.Subscribe<CertificateResumed>((session, fact) =>
        {
            CertificateShelf.Resumed(session, fact.Body);
            TellWhenPublic(session, fact.Body.Serial);
        });
        context.Post.Subscribe<CrlPiece>((_, fact) => files.Add(fact.Body));
        context.Post.Subscribe<CrlIssued>((session, fact) =>
        {
            // One that is not whole is not published: the old one stands, and its age shows.
            if (fact.Body.File is { } file && !files.Complete(file))
            {
                LogNotWhole(context.Log, fact.Body.Name, fact.Body.Number);
                return;
            }

            CrlShelf.Issued(session, fact.Body);
            directories.Tell(session, DirectoryKinds.Crl, $"{fact.Body.Name}/{fact.Body.Number}");
        });
    }

    /// <inheritdoc />
    public string Name => Rooms.Publishing;

    private long Now => context.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public Task StartAsync(CancellationToken ct)
    {
        context.Post.Start();
        directories.Start();
        tidying = Task.Run(() => TidyAsync(stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct)
    {
        var crl = await context.Database.ReadAsync(session => CrlShelf.Current(session, "operational"), ct);
        var lag = await directories.CheckAsync(ct);
        return crl is null
            ? [.. lag, new RoomCheck("crl-age", true, "no CRL yet")]
            : [.. lag, new RoomCheck("crl-age", crl.NextUpdate > Now, $"CRL {crl.Number}, good until {context.Policy.Values.LocalText(DateTimeOffset.FromUnixTimeMilliseconds(crl.NextUpdate))}", DateTimeOffset.FromUnixTimeMilliseconds(crl.ThisUpdate))];
    }

    /// <inheritdoc />
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        new SetupDesk(context, SetupPath.Identity, receivesSealed: false).MapEndpoints(endpoints);
        var repository = endpoints.MapGroup("").WithTags("repository");
        repository.MapGet("/ca/{name}.cer", (string name, CancellationToken ct) => FileAsync(session => AuthorityShelf.Current(session, name), "application/pkix-cert", ct))
            .WithName("CaCertificate").WithSummary("A CA's certificate (DER); name is root or operational");
        repository.MapGet("/crl/{name}.crl", (HttpContext http, string name, CancellationToken ct) => CrlAsync(http, session => CrlShelf.Current(session, name), name, ct)).WithName("Crl").WithSummary("A CA's current CRL (DER)").Produces(StatusCodes.Status200OK, contentType: "application/pkix-crl");
        repository.MapGet("/crl/{name}/{number:long}.crl", (HttpContext http, string name, long number, CancellationToken ct) => CrlAsync(http, session => CrlShelf.Numbered(session, name, number), name, ct))
            .WithName("CrlByNumber").WithSummary("A CA's earlier CRL (DER), as long as it is kept").Produces(StatusCodes.Status200OK, contentType: "application/pkix-crl");
        repository.MapGet("/repository/documents", () => Results.Json(documents.Names(), ContractJson.Options)).WithName("Documents").WithSummary("Practice statements, policies and manuals").Produces<IReadOnlyList<string>>();
        repository.MapGet("/repository/documents/{name}", (string name) => documents.Open(name)).WithName("Document").WithSummary("One of them");
        repository.MapGet("/repository/chain.p7b", (CancellationToken ct) => FileAsync(AuthorityShelf.Chain, "application/x-pkcs7-certificates", ct))
            .WithName("Chain").WithSummary("The chain without the root, PKCS#7");
        repository.MapGet("/repository/certificates/{serial}.cer", (string serial, CancellationToken ct) => FileAsync(session => CertificateShelf.Public(session, serial.ToLowerInvariant()), "application/pkix-cert", ct))
            .WithName("Certificate").WithSummary("A published certificate (DER)");
        repository.MapGet("/repository/certificates", (string name, string? after, CancellationToken ct) =>
            !options.PublicSearch
                ? throw new RefusedException(RefusalCode.UnknownObject, "The public search is off.")
                : name.Length is 0 or > 128 || after?.Length > 64
                ? throw new RefusedException(RefusalCode.FieldInvalid, "1 to 128 characters.", "name")
                : context.Database.ReadAsync(session => CertificateShelf.Search(session, name, after ?? "", options.SearchPage), ct))
            .WithName("SearchCertificates").WithSummary("Published certificates by the subject's exact common name");
        endpoints.MapPost("/api/verify", async (VerificationRequest request, CancellationToken ct) => Results.Json(await verification.VerifyAsync(request, ct), ContractJson.Options))
            .WithBodyLimit(BodyLimits.Inbox).WithName("verify").WithTags("verification").WithSummary("Verifies a certificate, a signed document or a time stamp").Produces<VerificationAnswer>().ProducesRefusals();
        endpoints.MapGet("/api/publishing/directories/{target}/comparison", async (HttpRequest http, string target, CancellationToken ct) =>
        {
            token.Demand(http);
            return Results.Json(await directories.CompareAsync(target, ct), ContractJson.Options);
        }).WithName("directory-comparison").WithTags(Name).WithSummary("A directory beside what it is to have (the operator's token)").Produces<DirectoryComparison>().ProducesRefusals();
        endpoints.MapPost("/api/publishing/directories/{target}/resynchronisation", async (HttpRequest http, string target, CancellationToken ct) =>
        {
            token.Demand(http);
            return Results.Json(new { queued = await directories.ResyncAsync(target, ct) }, ContractJson.Options);
        }).WithName("directory-resynchronisation").WithTags(Name).WithSummary("Queues everything for a directory again (the operator's token)").ProducesRefusals();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        await stop.CancelAsync();
        await tidying;
        await directories.DisposeAsync();
        verification.Dispose();
        stop.Dispose();
    }

    private void TellWhenPublic(Records.Session session, string serial)
    {
        if (CertificateShelf.Public(session, serial) is not null)
        {
            directories.Tell(session, DirectoryKinds.Certificate, serial);
        }
    }

    // Once a day: old CRLs go, and certificates that ended long enough ago leave the directories.
    private async Task TidyAsync(CancellationToken ct)
    {
        var last = context.Clock.GetUtcNow();
        while (true)
        {
            await Task.Delay(TimeSpan.FromDays(1), context.Clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested)
            {
                return;
            }

            var now = context.Clock.GetUtcNow();
            try
            {
                await context.Database.WriteAsync(
                    session =>
                    {
                        CrlShelf.Drop(session, now - options.KeepCrlsFor);
                        if (directories.Tree.RemoveEndedAfterDays is { } days)
                        {
                            foreach (var serial in CertificateShelf.EndedBetween(session, last.AddDays(-days - 1), now.AddDays(-days)))
                            {
                                directories.Tell(session, DirectoryKinds.Certificate, serial);
                            }
                        }
                    },
                    CancellationToken.None);
                files.Keep((await context.Database.ReadAsync(CrlShelf.Files, CancellationToken.None)).ToHashSet(StringComparer.Ordinal));
                last = now;
            }
            catch (Exception fault) when (fault is Records.DatabaseException or IOException or UnauthorizedAccessException)
            {
                // Tried again tomorrow, from where it was left; the database tells of its own faults.
            }
        }
    }

    private async Task<IResult> FileAsync(Func<Records.Session, byte[]?> find, string mediaType, CancellationToken ct) =>
        await context.Database.ReadAsync(find, ct) is { } bytes ? Results.Bytes(bytes, mediaType) : throw new RefusedException(RefusalCode.UnknownObject);

    private async Task<IResult> CrlAsync(HttpContext http, Func<Records.Session, CrlRow?> find, string name, CancellationToken ct)
    {
        var crl = await context.Database.ReadAsync(find, ct) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no CRL of this name.", "name");
        return CrlAnswer.Of(http, name, crl, files, context.Clock.GetUtcNow());
    }

    [LoggerMessage(6011, LogLevel.Critical, "The key of CA {Ca} is compromised; {Successor} follows it")]
    private static partial void LogCompromised(ILogger log, string ca, string successor);

    [LoggerMessage(6010, LogLevel.Error, "CRL {Number} of {Name} came in pieces that are not whole; the old one stands")]
    private static partial void LogNotWhole(ILogger log, string name, long number);
}
