using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Tsa.Http;
using Hufu.Tsa.Tokens;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Tsa;

/// <summary>The time-stamping authority (时间戳服务): RFC 3161 and GM/T 0033. <c>POST /tsa</c> gives tokens with CMS identifiers, <c>POST /tsa/gm</c> with those of GM/T 0010.</summary>
public sealed class TsaModule : IRoom, IFrontDoor
{
    private readonly RoomContext _context;
    private readonly TsaDoor _door;
    private readonly TsaOptions _options;
    private readonly ClockBounds _bounds;
    private readonly TimeWatch _watch;
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;
    private TsaIdentity? _identity;
    private Stamper? _stamper;

    /// <summary>The room on what it stands on.</summary>
    /// <param name="context">Opened for <see cref="Rooms.Tsa"/>, with this assembly's migrations.</param>
    /// <param name="options">Policy OID, ordering, limit.</param>
    public TsaModule(RoomContext context, TsaOptions options)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(options);
        _context = context;
        _options = options;
        // Policy is the most that may be stated: a setting can only promise more.
        var (accuracy, bound) = (context.Policy.Values.TimeStampAccuracy, context.Policy.Values.TimeStampClockBound);
        if (options.Accuracy > accuracy)
        {
            throw new SettingsException($"timeStamps.accuracyMilliseconds: the policy (time-stamp-accuracy) allows {accuracy.TotalMilliseconds:0} at most.");
        }

        accuracy = options.Accuracy ?? accuracy;
        _bounds = new ClockBounds(accuracy, bound < accuracy ? bound : accuracy, options.Ordering);
        _door = new TsaDoor(() => Volatile.Read(ref _stamper), options, context.Clock);
        _watch = new TimeWatch(context, new TimeSources(options.TimeServers, options.AskTimeEvery, _bounds.Backward));
    }

    /// <inheritdoc/>
    public string Name => Rooms.Tsa;

    /// <inheritdoc/>
    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        new SetupDesk(_context, SetupPath.Identity, receivesSealed: false).MapEndpoints(endpoints);
        _door.Map(endpoints);
    }

    /// <inheritdoc/>
    public Task? TryHandle(Microsoft.AspNetCore.Http.HttpContext context) => _door.TryHandle(context);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken ct)
    {
        var clock = await ClockStore.StartAsync(_context.Database, _context.Clock, ct);
        var stamper = new Stamper(
            _context.Database, _context.Ledger, Identity, new TokenClock(_context.Clock, clock.Latest, _bounds, () => _watch.Doubt), new TokenSerials(clock.Start), _context.Clock, _bounds, _options, _context.Log);
        stamper.Start();
        Volatile.Write(ref _stamper, stamper);
        _watching = Task.Run(() => _watch.RunAsync(_stop.Token), CancellationToken.None);
        TsaLog.Started(_context.Log, clock.Start, clock.Tokens);
        _context.Post.Start();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RoomCheck>> CheckHealthAsync(CancellationToken ct)
    {
        var (latest, tokens) = await _context.Database.ReadAsync(ClockStore.Read, ct);
        var behind = DateTimeOffset.UnixEpoch.AddMicroseconds(latest) - _context.Clock.GetUtcNow();
        return
        [
            _watch.Health,
            new RoomCheck("clock", behind <= _bounds.Backward, behind > TimeSpan.Zero ? $"{behind.TotalMilliseconds:0} ms behind the latest token" : $"{tokens} tokens so far"),
        ];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _watching;
        if (Volatile.Read(ref _stamper) is { } stamper)
        {
            await stamper.DisposeAsync();
        }

        _stop.Dispose();
    }

    private TsaIdentity? Identity()
    {
        if (_context.Identity.SigningCertificate is not { } certificate)
        {
            return null;
        }

        if (_identity is null || !ReferenceEquals(_identity.Certificate, certificate))
        {
            _identity = new TsaIdentity(certificate, (IBatchSigner)_context.Identity.SignerOf(certificate));
        }

        return _identity;
    }
}
