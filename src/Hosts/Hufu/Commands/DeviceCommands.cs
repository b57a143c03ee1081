using System.CommandLine;
using System.Net.Sockets;
using System.Security.Cryptography;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Host.Serving;
using Hufu.Messaging;
using Hufu.Pki;

namespace Hufu.Host.Commands;

/// <summary>
/// <c>hufu activate [ROOM]</c> and <c>hufu deactivate ROOM</c>: the operator of a room's guarded device at the running server (6.6.2.2). Exit code 0 done, 1 refused, 2 the server or the token could not be asked.
/// </summary>
internal static class DeviceCommands
{
    private const int Done = 0, Refused = 1, Unavailable = 2;

    public static Command Activate()
    {
        Argument<string?> room = new("ROOM") { Arity = ArgumentArity.ZeroOrOne, Description = "The room; without it, which rooms' devices are active and which wait." };
        Option<string?> data = RunningServer.DataOption();
        var (token, container, pin) = TokenOptions();
        Command command = new("activate", "Activate a room's guarded device with its operator's token and PIN.") { room, data, token, container, pin };
        command.SetAction((parsed, ct) => GuardAsync(parsed, async () =>
        {
            if (parsed.GetValue(room) is not { } name)
            {
                return await StateAsync(parsed, BackupCommand.Data(parsed.GetValue(data)), ct);
            }

            return await TalkAsync(parsed, BackupCommand.Data(parsed.GetValue(data)), name, "activate", parsed.GetValue(token), parsed.GetValue(container), parsed.GetValue(pin), ct);
        }));
        return command;
    }

    public static Command Deactivate()
    {
        Argument<string> room = new("ROOM") { Description = "The room." };
        Option<string?> data = RunningServer.DataOption();
        Option<string?> reason = new("--without-token") { Description = "Shut it without a token, for this reason; the ledger says that it was done at the machine.", HelpName = "REASON" };
        var (token, container, pin) = TokenOptions();
        Command command = new("deactivate", "Deactivate a room's guarded device: no key of it works until it is activated again.") { room, data, token, container, pin, reason };
        command.SetAction((parsed, ct) => GuardAsync(parsed, async () =>
        {
            var folder = BackupCommand.Data(parsed.GetValue(data));
            if (parsed.GetValue(reason) is not { } why)
            {
                return await TalkAsync(parsed, folder, parsed.GetValue(room)!, "deactivate", parsed.GetValue(token), parsed.GetValue(container), parsed.GetValue(pin), ct);
            }

            using var door = await KnockAsync(folder, ct);
            await door.WriteAsync(new DoorLine("shut", parsed.GetValue(room), Reason: why), ct);
            return await EndAsync(parsed, door, $"The device of '{parsed.GetValue(room)}' is deactivated.", ct);
        }));
        return command;
    }

    /// <summary>Connects to the running server's local door.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public static async Task<DoorLines> KnockAsync(string data, CancellationToken ct)
    {
        var path = LocalDoor.PathIn(data);
        if (!File.Exists(path))
        {
            throw new IOException($"{path} is not there: no server runs over {data} (./hufu up), or its data lies elsewhere (--data).");
        }

        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return new DoorLines(socket, DoorLines.LongestAnswer);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"{path}: {e.Message}", e);
        }
    }

    private static (Option<string?> Token, Option<string> Container, Option<FileInfo?> Pin) TokenOptions() => (
        new("--token") { Description = "The operator's token, a folder.", HelpName = "DIR" },
        new("--container") { Description = "The container in it.", DefaultValueFactory = _ => "ceremony", HelpName = "NAME" },
        new("--pin-file") { Description = "A file with the token's PIN in its first line; without it the PIN is asked for.", HelpName = "FILE" });

    private static async Task<int> StateAsync(ParseResult parsed, string data, CancellationToken ct)
    {
        using var door = await KnockAsync(data, ct);
        await door.WriteAsync(new DoorLine("state"), ct);
        var answer = await door.ReadAsync<DoorAnswer>(ct) ?? throw new IOException("The server has gone.");
        foreach (var (name, active) in answer.Devices ?? new Dictionary<string, bool>())
        {
            parsed.InvocationConfiguration.Output.WriteLine($"{name,-10}  {(active ? "active" : "waits for its operator")}");
        }

        if (answer.Devices is not { Count: > 0 })
        {
            parsed.InvocationConfiguration.Output.WriteLine("Every room's device starts by itself (hufu.json, devices).");
        }

        return Done;
    }

    private static async Task<int> TalkAsync(ParseResult parsed, string data, string room, string what, string? folder, string? container, FileInfo? pinFile, CancellationToken ct)
    {
        if (folder is null)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"hufu {what}: say where the operator's token is, with --token DIR.");
            return 64;
        }

        using var token = SoftToken.Open(folder);
        token.VerifyPin(pinFile is null ? HiddenInput.Read($"{token.Label}: PIN（可试 {token.TriesLeft} 次）: ") ?? throw new IOException("No PIN was given.") : BackupCommand.ReadPin(pinFile));
        var certificate = token.ExportCertificate(container!, KeyUse.Signing);
        using var door = await KnockAsync(data, ct);
        await door.WriteAsync(new DoorLine(what, room, certificate.Encode()), ct);
        var offer = await door.ReadAsync<DoorAnswer>(ct) ?? throw new IOException("The server has gone.");
        if (offer.Refusal is not null || offer.To is not { } point || !Sm2PublicKey.TryDecode(point, out var to))
        {
            return Tell(parsed, offer.Refusal ?? new Refusal(RefusalCode.Malformed, "The server's answer is none of this door."));
        }

        // The token opens what lies in the device's activation folder, and it goes to the key of this conversation without being shown.
        var secret = what == "activate" ? token.ReEnvelop(container!, offer.Activation ?? [], to) : [];
        ActStatement statement = new(
            room, what == "activate" ? DeviceActivation.ActivateAct : DeviceActivation.DeactivateAct, DeviceActivation.ObjectOf(room), ActStatement.Digest(point), ActStatement.Digest(secret),
            ActStatement.Digest(certificate.RawData.Span), TimeProvider.System.GetUtcNow(), SecureRandom.NewId());
        await door.WriteAsync(new DoorLine("sign", room, Act: SignedAct.Sign(statement, token.GetSigner(container!)), Secret: secret), ct);
        return await EndAsync(parsed, door, $"The device of '{room}' is {(what == "activate" ? "active" : "deactivated")}.", ct);
    }

    private static async Task<int> EndAsync(ParseResult parsed, DoorLines door, string words, CancellationToken ct)
    {
        var answer = await door.ReadAsync<DoorAnswer>(ct) ?? throw new IOException("The server has gone.");
        if (answer.Refusal is { } refusal)
        {
            return Tell(parsed, refusal);
        }

        parsed.InvocationConfiguration.Output.WriteLine(words);
        return Done;
    }

    private static int Tell(ParseResult parsed, Refusal refusal)
    {
        var words = RefusalCatalogue.Of(refusal.Code);
        parsed.InvocationConfiguration.Error.WriteLine($"{words.Zh} {words.En} {refusal.Evidence}\n{words.NextZh} {words.NextEn}");
        return Refused;
    }

    private static async Task<int> GuardAsync(ParseResult parsed, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (RefusedException e)
        {
            return Tell(parsed, e.Refusal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or DeviceException or PkiException or CryptographicException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"hufu: {e.Message}");
            return Unavailable;
        }
    }
}
