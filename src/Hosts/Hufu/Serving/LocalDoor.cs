using System.Net.Sockets;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Messaging;
using Hufu.Pki;

namespace Hufu.Host.Serving;

/// <summary>
/// The door for whoever stands at the machine: a Unix socket in <c>data/door/</c> (folder 0700, socket 0600), so that the operating system lets in the service's own user alone. Through it the operators
/// activate and deactivate devices (docs/decisions/0031) and read repairs and carry what they need and certify (0047). What passes is useless to whoever reads it: secrets are enveloped to the conversation's key, statements good for one conversation.
/// </summary>
internal sealed partial class LocalDoor : IAsyncDisposable
{
    private const int MostAtOnce = 8;
    private const int LongestPath = 100; // sun_path has 108 bytes
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly RoomDevices devices;
    private readonly IRepairingRoom? repairing;
    private readonly ILogger log;
    private readonly string path;
    private readonly Socket listener;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim slots = new(MostAtOnce);
    private readonly Task running;

    private LocalDoor(RoomDevices devices, IRepairingRoom? repairing, ILogger log, string path, Socket listener)
    {
        this.repairing = repairing;
        this.devices = devices;
        this.log = log;
        this.path = path;
        this.listener = listener;
        running = Task.Run(ListenAsync);
    }

    /// <summary>Where the door of a data directory is.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "door", "hufu.sock");

    /// <summary>Opens the door; null where the path is too long for a socket and no device needs one.</summary>
    /// <exception cref="SettingsException">A device waits for its operator and the door cannot be opened.</exception>
    public static LocalDoor? Open(RoomDevices devices, IRepairingRoom? repairing, string dataDirectory, ILogger log)
    {
        var path = PathIn(dataDirectory);
        if (OperatingSystem.IsWindows() || System.Text.Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            return devices.AnyGuarded ? throw new SettingsException($"The local door {path} cannot be opened: a socket's path has at most {LongestPath} bytes. Take a shorter data directory (a link does).") : null;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // What a killed process left behind: nobody else runs over this data directory, its databases are this process's.
        File.Delete(path);
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(MostAtOnce);
            return new LocalDoor(devices, repairing, log, path, listener);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            return devices.AnyGuarded ? throw new SettingsException($"The local door {path} cannot be opened: {e.Message}") : null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await running;
        for (var i = 0; i < MostAtOnce; i++)
        {
            await slots.WaitAsync();
        }

        File.Delete(path);
        stop.Dispose();
        slots.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await slots.WaitAsync(stop.Token);
                Socket socket;
                try
                {
                    socket = await listener.AcceptAsync(stop.Token);
                }
                catch
                {
                    slots.Release();
                    throw;
                }

                _ = Task.Run(() => ServeAsync(socket));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException || stop.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException e)
            {
                LogFault(log, e);
                await Task.Delay(TimeSpan.FromSeconds(1), stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using DoorLines lines = new(socket);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        limit.CancelAfter(s_patience);
        try
        {
            DoorAnswer answer;
            try
            {
                answer = await lines.ReadAsync<DoorLine>(limit.Token) is { } first ? await AnswerAsync(lines, first, limit.Token) : new DoorAnswer();
            }
            catch (RefusedException e)
            {
                answer = new DoorAnswer(e.Refusal);
            }
            catch (Exception e) when (e is not (OperationCanceledException or SocketException))
            {
                LogFault(log, e);
                answer = new DoorAnswer(new Refusal(RefusalCode.Fault, e is InvalidDataException ? e.Message : ""));
            }

            await lines.WriteAsync(answer, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Whoever asked has gone, or took too long.
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<DoorAnswer> AnswerAsync(DoorLines lines, DoorLine first, CancellationToken ct)
    {
        switch (first.Do)
        {
            case "state":
                return new DoorAnswer(Devices: devices.Guarded.ToDictionary(device => device.Room, device => device.Active));
            case "honour":
                await devices.HonourAsync(ct);
                return new DoorAnswer();
            case "shut":
                await devices.Find(first.Room).Device.DeactivateAsync(string.IsNullOrWhiteSpace(first.Reason) ? "none given" : first.Reason.Length > 500 ? first.Reason[..500] : first.Reason, ct);
                return new DoorAnswer();
            case "activate" or "deactivate":
                return await TalkAsync(lines, first, ct);
            case "repairs":
                return new DoorAnswer(Repairs: await DemandRepairing().WaitingRepairsAsync(ct));
            case "repair":
                return new DoorAnswer(Repair: await DemandRepairing().RepairAsync(first.Id ?? "", ct));
            case "repair-needs":
                return new DoorAnswer(Needs: await IdentityRepair.NeedsAsync(devices.RoomOf(first.Room), ct));
            case "repair-take-in" when first.Service is { } service:
                return new DoorAnswer(Taken: await IdentityRepair.TakeInAsync(devices.RoomOf(first.Room), service, ct));
            case "repair-take-in" when first.Person is { } person:
                return new DoorAnswer(Taken: await IdentityRepair.TakeInAsync(devices.RoomOf(first.Room), person, ct));
            default:
                throw new RefusedException(RefusalCode.Malformed, "The door takes state, activate, deactivate, shut, honour, repairs, repair, repair-needs and repair-take-in.", "do");
        }
    }

    private async Task<DoorAnswer> TalkAsync(DoorLines lines, DoorLine first, CancellationToken ct)
    {
        var (room, device) = devices.Find(first.Room);
        using var talk = await device.BeginAsync(Read(first.Certificate), first.Do == "activate" ? DeviceActivation.ActivateAct : DeviceActivation.DeactivateAct, ct);
        await lines.WriteAsync(new DoorAnswer(Activation: talk.Activation, To: talk.To.Encode()), ct);
        if (await lines.ReadAsync<DoorLine>(ct) is not { Do: "sign", Act: { } act } second)
        {
            throw new RefusedException(RefusalCode.Malformed, "The operator's statement did not come.", "do");
        }

        if (first.Do == "deactivate")
        {
            await device.DeactivateAsync(talk, act, ct);
            return new DoorAnswer();
        }

        await device.ActivateAsync(talk, act, second.Secret ?? [], ct);
        if (SelfTest.Of(room.Identity).FirstOrDefault(test => !test.Passed) is { } failed)
        {
            room.Identity.Device.Deactivate();
            throw new RefusedException(RefusalCode.DeviceUnavailable, $"The self-test of the {failed.Name} failed: {failed.What}. The device is deactivated and the process is in its secure state.");
        }

        await devices.HonourAsync(ct);
        return new DoorAnswer();
    }

    private IRepairingRoom DemandRepairing() => repairing ?? throw new RefusedException(RefusalCode.UnknownObject, "The CA does not run here; ask at its own machine.", "room");

    private static Certificate Read(byte[]? der)
    {
        try
        {
            return Certificate.Decode(der ?? []);
        }
        catch (PkiException e)
        {
            throw new RefusedException(RefusalCode.Malformed, e.Message, "certificate");
        }
    }

    [LoggerMessage(9100, LogLevel.Error, "The local door failed")]
    private static partial void LogFault(ILogger log, Exception fault);
}
