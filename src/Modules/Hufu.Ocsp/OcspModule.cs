using System.Diagnostics;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Ocsp.Answering;
using Hufu.Ocsp.Http;
using Hufu.Ocsp.Signers;
using Hufu.Ocsp.Status;
using Hufu.Pki;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Ocsp;

/// <summary>
/// The certificate status service (证书状态查询): answers about every certificate that the CA's facts have named, from an index in memory, without asking the CA. <c>POST /ocsp</c> and
/// <c>GET /ocsp/{base64}</c>.
/// </summary>
public sealed class OcspModule : IRoom, IFrontDoor
{
    private static readonly TimeSpan s_markEvery = TimeSpan.FromMinutes(1);

    private readonly RoomContext _context;
    private readonly OcspOptions _options;
    private readonly StatusIndex _index = new();
    private readonly Issuers _issuers;
    private readonly AuthorityWords _words;
    private readonly StatusCheckpoint _checkpoint;
    private readonly Reconciliation _reconciliation;
    private readonly OcspDoor _door;
    private readonly AheadSigner _ahead;
    private readonly CaSigners? _signers;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private ResponderIdentity? _identity;
    private bool _rebuilt;

    /// <summary>The room on what it stands on.</summary>
    /// <param name="context">Opened for <see cref="Rooms.Ocsp"/>, with this assembly's migrations.</param>
    /// <param name="options">Limits, caching, what is signed ahead.</param>
    public OcspModule(RoomContext context, OcspOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        _context = context;
        _options = options;
        _issuers = new Issuers(_index);
        _words = new AuthorityWords(context.Policy.Values.OcspAnswerLife);
        _checkpoint = new StatusCheckpoint(context.DataDirectory);
        _signers = StatusToken.IsSet(options) ? new CaSigners(context, _issuers, options) : null;
        var responder = new Responder(_issuers, _words, Identity, context.Clock, options, _signers);
        _door = new OcspDoor(responder, context.Clock, options, context.Log);
        _ahead = new AheadSigner(responder, _words, context.Clock, options, context.Policy.Values.OcspAnswerLife, context.Log);
        var facts = new StatusFacts(_index, _issuers, _words);
        _reconciliation = new Reconciliation(context.Database, facts, _issuers, context.Clock, context.DataDirectory);
        context.Post.Subscribe<AuthorityCertified>((session, fact) =>
        {
            facts.Certified(session, fact.Body, fact.SentAt);
            session.OnCommitted(() => _signers?.Noticed());
        });
        context.Post.Subscribe<StatusSignerCertified>((session, fact) => _signers?.TakeIn(session, fact.Body));
        context.Post.Subscribe<CertificateIssued>((session, fact) => facts.Issued(session, fact.Body, fact.SentAt));
        context.Post.Subscribe<CertificateRevoked>((session, fact) => facts.Revoked(session, fact.Body, fact.SentAt));
        context.Post.Subscribe<CertificateResumed>((session, fact) => facts.Resumed(session, fact.Body, fact.SentAt));
        context.Post.Subscribe<AuthorityAlive>((session, fact) => facts.Alive(session, fact.Body));
    }

    /// <inheritdoc/>
    public string Name => Rooms.Ocsp;

    /// <inheritdoc/>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        new SetupDesk(_context, SetupPath.Identity, receivesSealed: false).MapEndpoints(endpoints);
        OcspEndpoints.Map(endpoints, _door, _options);
        endpoints.MapGet("/api/ocsp/signers", () => Results.Json(_signers?.List() ?? [], ContractJson.Options))
            .WithName("ocsp-signers").WithTags(Name).WithSummary("Who speaks for the P-256 CAs, and the requests that wait to be certified").Produces<IReadOnlyList<StatusSigner>>();
        endpoints.MapPost("/api/ocsp/reconciliation", async (HttpRequest request, CancellationToken ct) =>
                Results.Json(await _reconciliation.RunAsync(await request.ReadBodyAsync(PkiLimits.RevocationListSize, ct), ct), ContractJson.Options))
            .WithBodyLimit(PkiLimits.RevocationListSize).Accepts<byte[]>("application/pkix-crl").WithName("ocsp-reconciliation").WithTags(Name)
            .WithSummary("Takes a full CRL made after a restore; what it lists is revoked here too (R17)").Produces<ReconciliationReport>().ProducesRefusals();
    }

    /// <inheritdoc/>
    public Task? TryHandle(HttpContext context) => _door.TryHandle(context);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        await _reconciliation.StartAsync(ct);
        var fromCheckpoint = await StatusRebuild.RunAsync(_context.Database, _checkpoint, _index, _issuers, _words, ct);
        _index.Gather();
        Volatile.Write(ref _rebuilt, true);
        OcspLog.Rebuilt(_context.Log, _index.Count, _index.Bytes, _issuers.Certificates.Count, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds, fromCheckpoint);
        if (_signers is not null)
        {
            await _signers.StartAsync(ct);
        }

        _context.Post.Start();
        _running.Add(Task.Run(() => KeepAsync(_stop.Token), CancellationToken.None));
        if (_options.SignAhead.Count > 0)
        {
            _running.Add(Task.Run(() => _ahead.RunAsync(_stop.Token), CancellationToken.None));
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct)
    {
        var now = _context.Clock.GetUtcNow();
        List<RoomCheck> checks = [new("status-index", Volatile.Read(ref _rebuilt), $"{_index.Count} serials, {_index.RevokedCount} revoked, {_index.Bytes} bytes")];
        if (_reconciliation.NeededSince is { } since)
        {
            checks.Add(new RoomCheck("reconciliation", false, "The database is older than what was in use; every answer is tryLater. Run: hufu reconcile", since));
        }

        checks.AddRange(_words.All.Where(word => !_issuers.IsRoot(word.Ca)).Select(word =>
            new RoomCheck($"heard-{word.Ca}", _words.Heard(word.Ca, now.ToUnixTimeSeconds()), $"last word of the CA {(now - word.Last).TotalMinutes:0} minutes ago", word.Last)));
        checks.AddRange(_signers?.Checks() ?? []);
        return Task.FromResult<IReadOnlyList<RoomCheck>>(checks);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        if (_signers is not null)
        {
            await _signers.DisposeAsync();
        }

        if (Volatile.Read(ref _rebuilt))
        {
            await _reconciliation.MarkAsync(CancellationToken.None);
        }

        _stop.Dispose();
    }

    // Nothing is answered before everything that is stored is in the index: an unknown serial would be told as such though it is revoked (R14); nor after a restore (R17).
    private ResponderIdentity? Identity()
    {
        if (!Volatile.Read(ref _rebuilt) || _reconciliation.NeededSince is not null || _context.Identity.SigningCertificate is not { } certificate)
        {
            return null;
        }

        var identity = Volatile.Read(ref _identity);
        if (identity is null || !ReferenceEquals(identity.Certificate, certificate))
        {
            identity = new ResponderIdentity(certificate, BatchSigner.Of(_context.Identity.SignerOf(certificate)));
            Volatile.Write(ref _identity, identity);
        }

        return identity;
    }

    // A mark every minute, a checkpoint every hour or so.
    private async Task KeepAsync(CancellationToken ct)
    {
        var due = _context.Clock.GetUtcNow() + _options.CheckpointEvery;
        while (true)
        {
            await Task.Delay(s_markEvery, _context.Clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested)
            {
                return;
            }

            try
            {
                if (_context.Clock.GetUtcNow() >= due)
                {
                    await CheckpointAsync(CancellationToken.None);
                    due = _context.Clock.GetUtcNow() + _options.CheckpointEvery;
                }
                else
                {
                    await _reconciliation.MarkAsync(CancellationToken.None);
                }
            }
#pragma warning disable CA1031 // Without a checkpoint the next start reads the tables; it is tried again.
            catch (Exception fault)
            {
                OcspLog.CheckpointFault(_context.Log, fault);
            }
#pragma warning restore CA1031
        }
    }

    /// <summary>The signers of P-256 CAs.</summary>
    internal CaSigners? Signers => _signers;

    /// <summary>Whether the answer about a serial, asked for by a hash, is signed ahead.</summary>
    internal bool IsKept(ReadOnlySpan<byte> serial, string hash)
    {
        foreach (var issuer in _issuers.All.Where(issuer => issuer.Form.Hash == hash))
        {
            if (issuer.Index.Locate(serial, out var bucket) >= 0 && bucket.Kept?.Common.Place(issuer.FormNumber) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes the index to its file.</summary>
    internal async Task CheckpointAsync(CancellationToken ct)
    {
        // A write of its own: when its task ends, everything committed before it is in the index (Session.OnCommitted).
        var change = await _context.Database.WriteAsync(StatusStore.LatestChange, ct);
        var digest = _checkpoint.Write(_index);
        _checkpoint.Commit();
        _index.Gather();
        await _context.Database.WriteAsync(session => StatusStore.SetCheckpoint(session, change, digest, _context.Clock.GetUtcNow()), ct);
        await _reconciliation.MarkAsync(ct);
    }
}
