using System.CommandLine;
using System.Net.Sockets;
using Hufu.Contracts;
using Hufu.Host.Serving;
using Hufu.Messaging;

namespace Hufu.Host.Commands;

/// <summary>
/// <c>hufu ceremony</c> has a host of its own (Hufu.Ceremony, the kernel alone), which the <c>hufu</c> script starts; here it stands for the list of commands, and for what the platform does itself:
/// <c>hufu ceremony take-in DIR</c>. Exit code 0 taken in, 1 refused, 2 not readable or the server could not be told.
/// </summary>
internal static class CeremonyCommand
{
    private const int NotHere = 69; // EX_UNAVAILABLE
    private const int Done = 0, Refused = 1, Unavailable = 2;

    public static Command Create()
    {
        Argument<string[]> rest = new("ARGUMENTS") { Arity = ArgumentArity.ZeroOrMore, Description = "See ./hufu ceremony --help." };
        Command command = new("ceremony", "Key ceremonies on a machine without a network: script, people, devices, signed transcript (--demo); and taking the transcript in here.") { rest, TakeIn() };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Error.WriteLine("Ceremonies have a program of their own: start them by the script ./hufu ceremony, or run Hufu.Ceremony.dll.");
            return NotHere;
        });
        return command;
    }

    private static Command TakeIn()
    {
        Argument<string> folder = new("DIR") { Description = "The ceremony's folder, with transcript.p7s and the files that it names." };
        Option<string?> data = RunningServer.DataOption();
        Option<FileInfo?> people = new("--people") { Description = "A file with the SM3 of each person's certificate, one a line: who was expected. Everybody in the transcript must be in it.", HelpName = "FILE" };
        Command command = new("take-in", "Take a ceremony's signed transcript into the CA room's archive; keys that it archived never work again here. With the server running or stopped.") { folder, data, people };
        command.SetAction(async (parsed, ct) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            try
            {
                var directory = BackupCommand.Data(parsed.GetValue(data));
                var archive = CeremonyArchive.Of(directory);
                var expected = parsed.GetValue(people) is { } file ? File.ReadLines(file.FullName).Take(1000).Select(line => line.Trim()).ToHashSet(StringComparer.Ordinal) : null;
                var kept = archive.TakeIn(parsed.GetValue(folder)!, expected);
                var transcript = kept.Verdict.Transcript;
                output.WriteLine($"{transcript.Title} / {transcript.TitleEn}  {transcript.Id}\n{kept.Folder}");
                foreach (var person in transcript.People)
                {
                    output.WriteLine($"  {person.Name} ({person.Role})  {person.CertificateDigest}");
                }

                foreach (var (key, reason) in CeremonyArchive.ClosedKeys(archive.All()))
                {
                    output.WriteLine($"  closed for ever: {key}  {reason}");
                }

                if (expected is null)
                {
                    output.WriteLine("Nobody compared these certificates with a list: compare them with the one signed on paper, or give --people FILE.");
                }

                return await TellAsync(directory, output, error, ct);
            }
            catch (RefusedException e)
            {
                var words = RefusalCatalogue.Of(e.Refusal.Code);
                await error.WriteLineAsync($"{words.Zh} {words.En} {e.Refusal.Evidence}\n{words.NextZh} {words.NextEn}");
                return Refused;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or InvalidDataException)
            {
                await error.WriteLineAsync($"hufu ceremony take-in: {e.Message}");
                return Unavailable;
            }
        });
        return command;
    }

    // A running server honours it at once; one that is stopped, when it starts.
    private static async Task<int> TellAsync(string directory, TextWriter output, TextWriter error, CancellationToken ct)
    {
        DoorLines door;
        try
        {
            door = await DeviceCommands.KnockAsync(directory, ct);
        }
        catch (IOException)
        {
            output.WriteLine("No server is running over this data directory: the keys' states hold, and the CA's ledger has the ceremony, from its next start.");
            return Done;
        }

        using (door)
        {
            await door.WriteAsync(new DoorLine("honour"), ct);
            if (await door.ReadAsync<DoorAnswer>(ct) is { Refusal: null })
            {
                output.WriteLine("The running server honours it from now on; the CA's ledger has it as soon as its device is active.");
                return Done;
            }
        }

        await error.WriteLineAsync("hufu ceremony take-in: the ceremony is in the archive, and the running server could not honour it: see its log, or start it anew.");
        return Unavailable;
    }
}
