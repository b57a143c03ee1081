using System.Diagnostics;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Ocsp.Answering;
using Hufu.Ocsp.Http;
using Hufu.Ocsp.Status;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Ocsp;

/// <summary>
/// The certificate status service (证书状态查询): answers about every certificate that the CA's facts have named, from an index in memory, without asking the CA. <c>POST /ocsp</c> and
/// <c>GET /ocsp/{base64}</c>.
/// </summary>
public sealed class OcspModule : IRoom
{
    private readonly RoomContext _context;
    private readonly OcspOptions _options;
    private readonly StatusIndex _index = new();
    private readonly Issuers _issuers = new();
    private readonly Responder _responder;
    private bool _rebuilt;

    /// <summary>The room on what it stands on.</summary>
    /// <param name="context">Opened for <see cref="Rooms.Ocsp"/>, with this assembly's migrations.</param>
    /// <param name="options">Limits and caching.</param>
    public OcspModule(RoomContext context, OcspOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        _context = context;
        _options = options;
        _responder = new Responder(_index, _issuers, Identity, context.Policy.Values.OcspAnswerLife, context.Clock, options);
        var facts = new StatusFacts(_index, _issuers);
        context.Post.Subscribe<AuthorityCertified>((session, fact) => facts.Certified(session, fact.Body));
        context.Post.Subscribe<CertificateIssued>((session, fact) => facts.Issued(session, fact.Body));
        context.Post.Subscribe<CertificateRevoked>((session, fact) => facts.Revoked(session, fact.Body));
        context.Post.Subscribe<CertificateResumed>((session, fact) => facts.Resumed(session, fact.Body));
    }

    /// <inheritdoc/>
    public string Name => Rooms.Ocsp;

    /// <inheritdoc/>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        new SetupDesk(_context, SetupPath.Identity, receivesSealed: false).MapEndpoints(endpoints);
        OcspEndpoints.Map(endpoints, _responder, _context.Clock, _options, _context.Log);
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        await StatusFacts.RebuildAsync(_context.Database, _index, _issuers, ct);
        Volatile.Write(ref _rebuilt, true);
        OcspLog.Rebuilt(_context.Log, _index.Count, _index.Bytes, _issuers.Certificates.Count, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        _context.Post.Start();
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<RoomCheck>>([new RoomCheck("status-index", Volatile.Read(ref _rebuilt), $"{_index.Count} serials")]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Nothing is answered before everything that is stored is in the index: an unknown serial would be told as such though it is revoked (R14).
    private ResponderIdentity? Identity() =>
        Volatile.Read(ref _rebuilt) && _context.Identity.SigningCertificate is { } certificate ? new ResponderIdentity(certificate, _context.Identity.Signer) : null;
}
