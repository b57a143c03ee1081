using System.Text;
using System.Text.RegularExpressions;

namespace Hufu.Demo.Scene;

/// <summary>The mails that the platform dropped into its pickup folder, read as their receivers would.</summary>
internal sealed partial class Mailbox(string directory)
{
    private readonly HashSet<string> read = [];

    /// <summary>Waits for the newest unread mail to an address that speaks of an application.</summary>
    public async Task<string> NextAsync(string address, string application)
    {
        Patience patience = new();
        do
        {
            if (Directory.Exists(directory))
            {
                foreach (var file in Directory.GetFiles(directory, "*.eml").OrderBy(File.GetLastWriteTimeUtc))
                {
                    var text = Decode(await File.ReadAllTextAsync(file));
                    if (!read.Contains(file) && text.Contains(address, StringComparison.Ordinal) && text.Contains(application, StringComparison.Ordinal))
                    {
                        read.Add(file);
                        return text;
                    }
                }
            }
        }
        while (await patience.WaitAsync());

        throw new TimeoutException($"No mail to {address} about {application} came within {Patience.Words}.");
    }

    /// <summary>The one-time code in a mail: the line that begins with <c>Code: </c>.</summary>
    public static string CodeIn(string mail) => CodeLine().Match(mail) is { Success: true } found ? found.Groups[1].Value : throw new InvalidDataException("The mail has no line 'Code: …'.");

    [GeneratedRegex(@"^Code: *(\S+)\s*$", RegexOptions.Multiline)]
    private static partial Regex CodeLine();

    private static string Decode(string mail)
    {
        var split = mail.Replace("\r\n", "\n", StringComparison.Ordinal);
        var end = split.IndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return split;
        }

        var (head, body) = (split[..end], split[(end + 2)..]);
        if (head.Contains("base64", StringComparison.OrdinalIgnoreCase))
        {
            body = Encoding.UTF8.GetString(Convert.FromBase64String(body));
        }
        else if (head.Contains("quoted-printable", StringComparison.OrdinalIgnoreCase))
        {
            body = QuotedPrintable(body);
        }

        return head + "\n\n" + body.Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    private static string QuotedPrintable(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '=')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text[i].ToString()));
            }
            else if (i + 1 < text.Length && text[i + 1] == '\n')
            {
                i++;
            }
            else
            {
                bytes.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                i += 2;
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
