using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Messaging;
using Hufu.Records;

namespace Hufu.Host.Serving;

/// <summary>The rooms' devices as the settings have them: which start by themselves, which wait for their operator; and what ceremonies said of their keys.</summary>
internal sealed class RoomDevices : IDisposable
{
    private const string RecordedFile = "recorded";

    private readonly HostSettings settings;
    private readonly TimeProvider clock;
    private readonly IReadOnlyList<RoomContext> contexts;
    private readonly Dictionary<string, DeviceActivation> guarded;
    private readonly SemaphoreSlim one = new(1, 1);
    private IReadOnlyDictionary<string, string> closed = new Dictionary<string, string>();

    public RoomDevices(HostSettings settings, TimeProvider clock, IReadOnlyList<RoomContext> contexts)
    {
        this.settings = settings;
        this.clock = clock;
        this.contexts = contexts;
        guarded = contexts.Where(context => context.Identity.GuardedFolder is not null)
            .ToDictionary(context => context.Name, context => new DeviceActivation(context.Identity, context.Ledger, () => Volatile.Read(ref closed), clock));
    }

    /// <summary>Opens a room's identity as the settings say: found and locked, or with the PIN file.</summary>
    public static RoomIdentity Open(HostSettings settings, string room, string directory) => settings.Devices.TryGetValue(room, out var device) && device.Guarded is { } folder
        ? File.Exists(Path.Combine(directory, DevicePinFile.FileName))
            ? throw new SettingsException($"devices: '{room}' is to have a guarded device, but {Path.Combine(directory, DevicePinFile.FileName)} says that it has one that starts by itself.")
            : RoomIdentity.FindGuarded(room, directory, folder)
        : DevicePinFile.Open(room, directory);

    /// <summary>Whether any room waits, or may wait, for its operator.</summary>
    public bool AnyGuarded => guarded.Count > 0;

    /// <summary>Rooms with a guarded device, and whether it is active.</summary>
    public IReadOnlyList<(string Room, bool Active)> Guarded => [.. contexts.Where(context => guarded.ContainsKey(context.Name)).Select(context => (context.Name, context.Identity.IsActive))];

    /// <summary>A room of this process.</summary>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    public RoomContext RoomOf(string? name) => contexts.FirstOrDefault(context => context.Name == name) ?? throw new RefusedException(RefusalCode.UnknownObject, "There is no such room here.", "room");

    /// <summary>The door to a room's device.</summary>
    /// <exception cref="RefusedException">UnknownObject, FieldInvalid.</exception>
    public (RoomContext Room, DeviceActivation Device) Find(string? name)
    {
        var context = RoomOf(name);
        return guarded.TryGetValue(context.Name, out var device)
            ? (context, device)
            : throw new RefusedException(RefusalCode.FieldInvalid, $"The device of '{context.Name}' starts by itself; nobody activates it.", "room");
    }

    /// <summary>Whether what is asked belongs to a room whose device waits.</summary>
    public string? Waits(HttpRequest request)
    {
        if (guarded.Count == 0 || HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || request.Path.Value?.Split('/', 4) is not ["", "api" or "inbox", var name, ..])
        {
            return null;
        }

        return contexts.FirstOrDefault(context => context.Name == name) is { Identity.IsActive: false } ? name : null;
    }

    /// <summary>
    /// Reads the archive of ceremonies again: keys that they closed are archived in every device that is active (the others when they are activated), ceremonies that are new come into the CA's ledger
    /// as soon as it can be written. Nothing that a ceremony closed works afterwards.
    /// </summary>
    /// <exception cref="InvalidDataException">The archive is not what was taken in.</exception>
    [Clause("6.6.2.2-d")]
    public async Task HonourAsync(CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            var kept = CeremonyArchive.Of(settings.DataDirectory).All();
            Volatile.Write(ref closed, CeremonyArchive.ClosedKeys(kept));
            foreach (var context in contexts.Where(context => context.Identity.IsActive))
            {
                await DeviceActivation.ToldAsync(context.Ledger, context.Identity.Close(closed, clock.GetUtcNow()), ct);
            }

            if (contexts.FirstOrDefault(context => context.Name == Rooms.Ca) is { Identity.IsActive: true } ca)
            {
                foreach (var ceremony in kept.Where(ceremony => !File.Exists(Path.Combine(ceremony.Folder, RecordedFile))))
                {
                    var receipt = await ca.Ledger.AppendAsync(Record(ceremony), ct);
                    await File.WriteAllTextAsync(Path.Combine(ceremony.Folder, RecordedFile), $"{receipt.Sequence}\n", ct);
                }
            }
        }
        finally
        {
            one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var device in guarded.Values)
        {
            device.Dispose();
        }

        one.Dispose();
    }

    private static LedgerRecord Record(KeptCeremony ceremony)
    {
        var transcript = ceremony.Verdict.Transcript;
        return new LedgerRecord
        {
            Actor = "system",
            Act = "ceremony.transcript.taken",
            Object = $"ceremony/{transcript.Id}",
            Outcome = LedgerOutcome.Done,
            Detail = new JsonObject
            {
                ["transcript"] = ceremony.Digest,
                ["title"] = transcript.Title,
                ["ended"] = transcript.Ended.ToString("u", System.Globalization.CultureInfo.InvariantCulture),
                ["people"] = new JsonArray([.. transcript.People.Select(person => new JsonObject { ["name"] = person.Name, ["role"] = person.Role, ["certificate"] = person.CertificateDigest })]),
                ["keys"] = new JsonArray([.. transcript.Keys.Take(200).Select(key => new JsonObject { ["device"] = key.Device, ["label"] = key.Label, ["key"] = key.KeyDigest, ["state"] = key.State })]),
            },
        };
    }
}
