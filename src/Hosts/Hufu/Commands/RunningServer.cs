using System.Net.Http.Headers;
using Hufu.Host.Serving;

namespace Hufu.Host.Commands;

/// <summary>The server that runs over a data directory on this machine, for the operator's commands.</summary>
internal static class RunningServer
{
    /// <summary>A client to it; whoever can read the room's folder is the operator.</summary>
    /// <param name="data">The data directory; HUFU_DATA or ./data when null.</param>
    /// <param name="room">The room whose <c>operator-token</c> is shown; null for none.</param>
    /// <exception cref="IOException">No server runs there, or the token cannot be read.</exception>
    public static HttpClient Connect(string? data, string? room)
    {
        var folder = Folder(data);
        var address = RunningAddress.Read(folder) ?? throw new IOException($"No server runs over {folder}. Start it: hufu up --data {folder}");
        var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
        if (room is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(Path.Combine(folder, room, "operator-token")).Trim());
        }

        return http;
    }

    /// <summary>The data directory, whole.</summary>
    /// <param name="data">What was typed; HUFU_DATA or ./data when null.</param>
    public static string Folder(string? data) => Path.GetFullPath(data ?? Environment.GetEnvironmentVariable("HUFU_DATA") ?? "data");

    /// <summary>The option that names the data directory.</summary>
    public static System.CommandLine.Option<string?> DataOption() => new("--data") { Description = "The data directory; HUFU_DATA, else ./data." };

    /// <summary>What went wrong; of a connection that did not come about the reason too.</summary>
    public static string InWords(Exception fault) => fault is HttpRequestException { InnerException: { } why } ? $"{fault.Message} {why.Message}" : fault.Message;

    /// <summary>Whether a command can only say this much of a fault.</summary>
    public static bool IsToldInWords(Exception fault) => fault is IOException or UnauthorizedAccessException or HttpRequestException or TaskCanceledException or FormatException or System.Text.Json.JsonException;
}
