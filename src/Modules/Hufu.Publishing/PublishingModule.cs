using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Publishing.Certificates;
using Hufu.Publishing.Crls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

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

    /// <summary>The room on what it stands on.</summary>
    /// <param name="context">Opened for <see cref="Rooms.Publishing"/>, with this assembly's migrations.</param>
    /// <param name="options">What the operator sets.</param>
    public PublishingModule(RoomContext context, PublishingOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        (this.context, this.options) = (context, options);
        context.Post.Subscribe<AuthorityCertified>((session, fact) => AuthorityShelf.Certified(session, fact.Body, Now));
        context.Post.Subscribe<CertificateIssued>((session, fact) => CertificateShelf.Issued(session, fact.Body));
        context.Post.Subscribe<CertificateAccepted>((session, fact) => CertificateShelf.Accepted(session, fact.Body));
        context.Post.Subscribe<CertificateRevoked>((session, fact) => CertificateShelf.Revoked(session, fact.Body));
        context.Post.Subscribe<CertificateResumed>((session, fact) => CertificateShelf.Resumed(session, fact.Body));
        files = new CrlFiles(Path.Combine(context.DataDirectory, "crls"));
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
        });
    }

    /// <inheritdoc />
    public string Name => Rooms.Publishing;

    private long Now => context.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public Task StartAsync(CancellationToken ct)
    {
        context.Post.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct)
    {
        var crl = await context.Database.ReadAsync(session => CrlShelf.Current(session, "operational"), ct);
        return crl is null
            ? [new RoomCheck("crl-age", true, "no CRL yet")]
            : [new RoomCheck("crl-age", crl.NextUpdate > Now, $"CRL {crl.Number}, good until {context.Policy.Values.LocalText(DateTimeOffset.FromUnixTimeMilliseconds(crl.NextUpdate))}", DateTimeOffset.FromUnixTimeMilliseconds(crl.ThisUpdate))];
    }

    /// <inheritdoc />
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        new SetupDesk(context, SetupPath.Identity, receivesSealed: false).MapEndpoints(endpoints);
        var repository = endpoints.MapGroup("").WithTags("repository");
        repository.MapGet("/ca/{name}.cer", (string name, CancellationToken ct) => FileAsync(session => AuthorityShelf.Current(session, name), "application/pkix-cert", ct))
            .WithName("CaCertificate").WithSummary("A CA's certificate (DER); name is root or operational");
        repository.MapGet("/crl/{name}.crl", CrlAsync).WithName("Crl").WithSummary("A CA's current CRL (DER)").Produces(StatusCodes.Status200OK, contentType: "application/pkix-crl");
        repository.MapGet("/repository/chain.p7b", (CancellationToken ct) => FileAsync(AuthorityShelf.Chain, "application/x-pkcs7-certificates", ct))
            .WithName("Chain").WithSummary("The chain without the root, PKCS#7");
        repository.MapGet("/repository/certificates/{serial}.cer", (string serial, CancellationToken ct) => FileAsync(session => CertificateShelf.Public(session, serial.ToLowerInvariant()), "application/pkix-cert", ct))
            .WithName("Certificate").WithSummary("A published certificate (DER)");
        repository.MapGet("/repository/certificates", (string name, string? after, CancellationToken ct) =>
            name.Length is 0 or > 128 || after?.Length > 64
                ? throw new RefusedException(RefusalCode.FieldInvalid, "1 to 128 characters.", "name")
                : context.Database.ReadAsync(session => CertificateShelf.Search(session, name, after ?? "", options.SearchPage), ct))
            .WithName("SearchCertificates").WithSummary("Published certificates by the subject's exact common name");
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<IResult> FileAsync(Func<Records.Session, byte[]?> find, string mediaType, CancellationToken ct) =>
        await context.Database.ReadAsync(find, ct) is { } bytes ? Results.Bytes(bytes, mediaType) : throw new RefusedException(RefusalCode.UnknownObject);

    // The entity tag is CA and CRL number: two CRLs never share it, so caches may revalidate (RFC 9110 8.8.3).
    private async Task<IResult> CrlAsync(string name, CancellationToken ct)
    {
        var crl = await context.Database.ReadAsync(session => CrlShelf.Current(session, name), ct) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no CRL of this CA.", "name");
        if (crl.File is { } file)
        {
            return Results.File(
                files.PathOf(file), "application/pkix-crl", lastModified: DateTimeOffset.FromUnixTimeMilliseconds(crl.ThisUpdate), entityTag: new EntityTagHeaderValue($"\"{name}-{crl.Number}\""), enableRangeProcessing: true);
        }

        return Results.Bytes(
            crl.Der, "application/pkix-crl", lastModified: DateTimeOffset.FromUnixTimeMilliseconds(crl.ThisUpdate), entityTag: new EntityTagHeaderValue($"\"{name}-{crl.Number}\""), enableRangeProcessing: true);
    }

    [LoggerMessage(6010, LogLevel.Error, "CRL {Number} of {Name} came in pieces that are not whole; the old one stands")]
    private static partial void LogNotWhole(ILogger log, string name, long number);
}
