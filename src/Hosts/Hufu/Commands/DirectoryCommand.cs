using System.CommandLine;
using System.Text.Json;

namespace Hufu.Host.Commands;

/// <summary><c>hufu directory compare TARGET</c> and <c>hufu directory resync TARGET</c>: an LDAP directory beside what it is to have. Exit code 0 the same, 1 different, 2 it could not be asked.</summary>
internal static class DirectoryCommand
{
    private const int Same = 0, Different = 1, NotAsked = 2;

    public static Command Create()
    {
        Argument<string> compared = new("TARGET") { Description = "The directory's name in directories.json." };
        Argument<string> sent = new("TARGET") { Description = "The directory's name in directories.json." };
        Command compare = new("compare", "Compare a directory with what it is to have.") { compared };
        var serverOfCompare = ServerChoice.Of(compare, withToken: true);
        compare.SetAction((parsed, ct) => CompareAsync(parsed.GetValue(compared)!, () => serverOfCompare.Connect(parsed, "publishing"), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, ct));
        Command resync = new("resync", "Send a directory everything again.") { sent };
        var serverOfResync = ServerChoice.Of(resync, withToken: true);
        resync.SetAction((parsed, ct) => ResyncAsync(parsed.GetValue(sent)!, () => serverOfResync.Connect(parsed, "publishing"), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, ct));
        return new Command("directory", "The LDAP directories that are published to.") { compare, resync };
    }

    private static async Task<int> CompareAsync(string target, Func<HttpClient> connect, TextWriter output, TextWriter error, CancellationToken ct)
    {
        try
        {
            using var http = connect();
            using var response = await http.GetAsync(new Uri($"api/publishing/directories/{Uri.EscapeDataString(target)}/comparison", UriKind.Relative), ct);
            using var report = JsonDocument.Parse(await response.Content.ReadAsStringAsync(ct));
            if (!response.IsSuccessStatusCode)
            {
                await error.WriteLineAsync($"hufu directory: {report.RootElement.GetProperty("title").GetString()} {report.RootElement.GetProperty("detail").GetString()}");
                return NotAsked;
            }

            var differences = report.RootElement.GetProperty("differences");
            foreach (var difference in differences.EnumerateArray())
            {
                await output.WriteLineAsync($"{difference.GetProperty("what").GetString(),-10} {difference.GetProperty("attribute").GetString(),-34} {difference.GetProperty("entry").GetString()}");
            }

            await output.WriteLineAsync(
                $"{target}: {report.RootElement.GetProperty("compared").GetInt64()} values compared, {differences.GetArrayLength()} differences, {report.RootElement.GetProperty("waiting").GetInt64()} waiting, {report.RootElement.GetProperty("refused").GetInt64()} refused");
            return differences.GetArrayLength() == 0 ? Same : Different;
        }
        catch (Exception fault) when (RunningServer.IsToldInWords(fault))
        {
            await error.WriteLineAsync($"hufu directory: {RunningServer.InWords(fault)}");
            return NotAsked;
        }
    }

    private static async Task<int> ResyncAsync(string target, Func<HttpClient> connect, TextWriter output, TextWriter error, CancellationToken ct)
    {
        try
        {
            using var http = connect();
            using var response = await http.PostAsync(new Uri($"api/publishing/directories/{Uri.EscapeDataString(target)}/resynchronisation", UriKind.Relative), null, ct);
            var text = await response.Content.ReadAsStringAsync(ct);
            await (response.IsSuccessStatusCode ? output : error).WriteLineAsync(text);
            return response.IsSuccessStatusCode ? Same : NotAsked;
        }
        catch (Exception fault) when (RunningServer.IsToldInWords(fault))
        {
            await error.WriteLineAsync($"hufu directory: {RunningServer.InWords(fault)}");
            return NotAsked;
        }
    }
}
