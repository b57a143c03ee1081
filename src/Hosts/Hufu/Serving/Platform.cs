using Hufu.Ca;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Kmc;
using Hufu.Messaging;
using Hufu.Ocsp;
using Hufu.Portal;
using Hufu.Publishing;
using Hufu.Ra;
using Hufu.Records;
using Hufu.Tsa;

namespace Hufu.Host.Serving;

/// <summary>All rooms in one process behind one HTTP address: what <c>hufu up</c> and <c>hufu demo</c> run.</summary>
internal sealed class Platform : IAsyncDisposable
{
    private static readonly (string Name, Func<RoomContext, IRoom> Make)[] Modules =
    [
        (Rooms.Kmc, context => new KmcModule(context, new KmcOptions())),
        (Rooms.Ca, context => new CaModule(context, CaOptions.Of(context.Settings))),
        (Rooms.Ra, context => new RaModule(context, new RaOptions())),
        (Rooms.Ocsp, context => new OcspModule(context, StatusOptions.Ocsp(context.Settings))),
        (Rooms.Tsa, context => new TsaModule(context, StatusOptions.TimeStamps(context.Settings))),
        (Rooms.Publishing, context => new PublishingModule(context, StatusOptions.Repository(context.Settings))),
    ];

    private static readonly Dictionary<string, System.Reflection.Assembly> Assemblies = new()
    {
        [Rooms.Kmc] = typeof(KmcModule).Assembly,
        [Rooms.Ca] = typeof(CaModule).Assembly,
        [Rooms.Ra] = typeof(RaModule).Assembly,
        [Rooms.Ocsp] = typeof(OcspModule).Assembly,
        [Rooms.Tsa] = typeof(TsaModule).Assembly,
        [Rooms.Publishing] = typeof(PublishingModule).Assembly,
    };

    private readonly WebApplication app;
    private readonly IReadOnlyList<RoomContext> contexts;
    private readonly IReadOnlyList<IRoom> rooms;
    private readonly RoomDevices devices;
    private readonly string dataDirectory;
    private LocalDoor? door;
    private bool stopped;

    private Platform(WebApplication app, HostSettings settings, IReadOnlyList<RoomContext> contexts, IReadOnlyList<IRoom> rooms, RoomDevices devices)
    {
        this.devices = devices;
        this.app = app;
        this.contexts = contexts;
        this.rooms = rooms;
        Address = settings.PublicUrl;
        dataDirectory = settings.DataDirectory;
        SetupCodes = contexts.Where(context => context.SetupCode.Pending is not null).ToDictionary(context => context.Name, context => context.SetupCode.Pending!);
    }

    /// <summary>The public address.</summary>
    public Uri Address { get; }

    /// <summary>Setup codes of the rooms that are not initialised yet.</summary>
    public IReadOnlyDictionary<string, string> SetupCodes { get; }

    /// <summary>Rooms whose device waits for its operator.</summary>
    public IReadOnlyList<string> WaitingRooms => [.. devices.Guarded.Where(device => !device.Active).Select(device => device.Room)];

    /// <summary>Opens every room, settles what was left open, and listens.</summary>
    public static async Task<Platform> StartAsync(HostSettings settings, TimeProvider clock, LogLevel logLevel, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(logLevel);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.UseUrls(settings.ListenUrl.ToString());
        builder.Services.AddHufuWeb(settings.Limits);
        builder.Services.AddOpenApi(ActDescriptions.Add);
        var app = builder.Build();
        var doors = new List<IFrontDoor>();
        app.UseFrontDoors(doors);
        app.UseHufuWeb();
        RoomDevices? devices = null;
        app.Use(next => context => devices?.Waits(context.Request) is { } waiting
            ? throw new RefusedException(RefusalCode.DeviceUnavailable, $"The device of '{waiting}' waits for its operator: hufu activate {waiting}.")
            : next(context));
        app.Use(next => async context =>
        {
            try
            {
                await next(context);
            }
            catch (Hufu.Devices.DeviceException e) when (e.Error is Hufu.Devices.DeviceError.PinNotVerified or Hufu.Devices.DeviceError.KeyArchived)
            {
                throw new RefusedException(RefusalCode.DeviceUnavailable, e.Message);
            }
        });

        var policy = Policy.Load(settings.PolicyDirectory);
        var transport = new InProcessTransport();
        var logs = app.Services.GetRequiredService<ILoggerFactory>();
        foreach (var connection in Modules.Select(module => settings.PostgresFor(module.Name)).OfType<string>().Distinct())
        {
            await PostgresAccess.DemandPasswordAsync(connection, ct);
        }

        // Opening derives each device's key from its PIN, which is slow on purpose: the rooms do it side by side.
        var contexts = await Task.WhenAll(Modules.Select(module => RoomContext.OpenAsync(
            new RoomOpening { Name = module.Name, Module = Assemblies[module.Name], Settings = settings, Policy = policy, Clock = clock, Transport = transport, Logs = logs, OpenIdentity = (room, directory) => RoomDevices.Open(settings, room, directory) }, ct)));
        devices = new RoomDevices(settings, clock, contexts);
        await devices.HonourAsync(ct);
        // A device that waits for its operator is tested when it is activated.
        SelfTestResult[] tests = [SelfTest.Kernel(), .. contexts.Where(context => context.Identity.IsActive).SelectMany(context => SelfTest.Of(context.Identity))];
        if (tests.FirstOrDefault(test => !test.Passed) is { } failed)
        {
            devices.Dispose();
            foreach (var context in contexts)
            {
                await context.DisposeAsync();
            }

            throw new SettingsException($"The self-test of the {failed.Name} failed: {failed.What}. Nothing is started.");
        }

        var rooms = Modules.Zip(contexts, (module, context) => module.Make(context)).ToList();
        // The pages show the profiles as the RA has them.
        rooms.Add(new PortalModule(settings, contexts.First(context => context.Name == Rooms.Ra).Policy, clock, new PortalOptions { Health = stop => HufuWeb.HealthAsync(rooms, contexts, stop) }));
        doors.AddRange(rooms.OfType<IFrontDoor>());
        app.MapOpenApi();
        app.MapHufu(rooms, contexts);
        var platform = new Platform(app, settings, contexts, rooms, devices);
        foreach (var room in rooms)
        {
            await room.StartAsync(ct);
        }

        foreach (var context in contexts)
        {
            context.Renewal.Start();
            context.Scans.Start();
            await RoomLife.StartedAsync(context, ct);
        }

        platform.door = LocalDoor.Open(devices, rooms.OfType<IRepairingRoom>().FirstOrDefault(), settings.DataDirectory, logs.CreateLogger("Hufu.door"));
        await app.StartAsync(ct);
        RunningAddress.Write(settings.DataDirectory, settings.ListenUrl);
        return platform;
    }

    /// <summary>Until Ctrl+C or SIGTERM.</summary>
    public Task WaitForShutdownAsync(CancellationToken ct) => app.WaitForShutdownAsync(ct);

    /// <summary>Stops listening, signs every ledger's last head, closes the rooms.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        if (stopped)
        {
            return;
        }

        stopped = true;
        RunningAddress.Remove(dataDirectory);
        if (door is not null)
        {
            await door.DisposeAsync();
        }

        await app.StopAsync(ct);
        foreach (var room in rooms)
        {
            await room.DisposeAsync();
        }

        foreach (var context in contexts)
        {
            await RoomLife.StoppedAsync(context, ct);
            if (context.Identity.IsActive)
            {
                await context.Ledger.SignHeadAsync(ct);
            }

            await context.Ledger.ExportAsync(ct);
            await context.DisposeAsync();
        }

        devices.Dispose();
        await app.DisposeAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);
}
