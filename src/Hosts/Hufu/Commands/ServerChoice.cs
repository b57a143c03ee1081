using System.CommandLine;
using System.Net.Http.Headers;

namespace Hufu.Host.Commands;

/// <summary>Which server an operator's command speaks to: the one that runs over a data directory on this machine, or one at an address (<c>--at</c>), over HTTPS with the operator's trust file.</summary>
internal sealed class ServerChoice
{
    private readonly Option<string?> _data = RunningServer.DataOption();
    private readonly Option<string?> _at = new("--at") { Description = "The platform's address, when it does not run over a data directory here: https://ca.example.cn/.", HelpName = "URL" };
    private readonly Option<string?> _trust = TlsTrust.Option();
    private readonly Option<string?> _token = new("--token") { Description = "The operator's token: the file operator-token of the room's folder, or a copy; that of the data directory when left out.", HelpName = "FILE" };

    private ServerChoice()
    {
    }

    /// <summary>Gives a command these options.</summary>
    /// <param name="command">The command.</param>
    /// <param name="withToken">Whether it shows the operator's token.</param>
    public static ServerChoice Of(Command command, bool withToken)
    {
        var choice = new ServerChoice();
        command.Options.Add(choice._data);
        command.Options.Add(choice._at);
        command.Options.Add(choice._trust);
        if (withToken)
        {
            command.Options.Add(choice._token);
        }

        return choice;
    }

    /// <summary>A client to it.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="room">The room whose token is shown; null for none.</param>
    /// <exception cref="IOException">There is no such server or file.</exception>
    /// <exception cref="FormatException">What was typed cannot be meant.</exception>
    public HttpClient Connect(ParseResult parsed, string? room)
    {
        var token = room is null ? null : parsed.GetValue(_token);
        if (parsed.GetValue(_at) is not { } text)
        {
            return parsed.GetValue(_trust) is null && token is null
                ? RunningServer.Connect(parsed.GetValue(_data), room)
                : throw new FormatException("--tls-trust and --token belong to --at.");
        }

        var address = Address(text);
        if (room is not null && address is { Scheme: "http", IsLoopback: false })
        {
            throw new FormatException("The operator's token goes to another machine over https only.");
        }

        if (address.Scheme == "http" && parsed.GetValue(_trust) is not null)
        {
            throw new FormatException("--tls-trust belongs to an https address.");
        }

        var shown = room is null ? null : File.ReadAllText(token ?? Path.Combine(RunningServer.Folder(parsed.GetValue(_data)), room, "operator-token")).Trim();
        if (shown is { Length: 0 or > 256 } || shown?.All(char.IsAsciiLetterOrDigit) == false)
        {
            throw new FormatException("The file holds no operator's token.");
        }

        var http = new HttpClient(TlsTrust.Handler(parsed.GetValue(_trust))) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
        if (shown is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", shown);
        }

        return http;
    }

    /// <summary>A platform's base address, ending with a slash.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Uri Address(string text) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Query.Length + address.Fragment.Length + address.UserInfo.Length == 0
            ? address
            : throw new FormatException($"{text} is no http or https address.");
}
