using System.Globalization;
using System.Text;

namespace Hufu.Contracts;

/// <summary>
/// What a member of staff's token signs to sign in: for which room, on which page, for which browser, when. Good once and for a short time; void on any other origin and with any other
/// browser's cookie.
/// </summary>
/// <param name="Room">The room (<see cref="Rooms"/>).</param>
/// <param name="Origin">The origin of the page that may use it: scheme, host and port, as browsers write it.</param>
/// <param name="Session">SM3 over the browser's cookie of this sign-in (its UTF-8 text), 64 lower-case hex digits.</param>
/// <param name="Time">When it was made, to the millisecond, UTC.</param>
/// <param name="Nonce">128 random bits as 32 lower-case hex digits.</param>
public sealed record SignInChallenge(string Room, string Origin, string Session, DateTimeOffset Time, string Nonce)
{
    /// <summary>The first line of the text.</summary>
    public const string Title = "HUFU-SIGN-IN 1";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const int TextLimit = 1024;
    private static readonly string[] Names = ["room", "origin", "session", "time", "nonce"];

    /// <summary>The canonical text, which is what the key signs (SM2 with SM3, default user id, over its UTF-8 bytes): the title, then <c>name: value</c> lines, each ended by a line feed.</summary>
    public string ToCanonicalText()
    {
        var text = new StringBuilder(256).Append(Title).Append('\n');
        string[] values = [Room, Origin, Session, Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture), Nonce];
        for (var i = 0; i < Names.Length; i++)
        {
            if (values[i].Length == 0 || values[i].Trim() != values[i] || values[i].Any(char.IsControl))
            {
                throw new FormatException($"The challenge's {Names[i]} cannot be written.");
            }

            text.Append(Names[i]).Append(": ").Append(values[i]).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads a canonical text; exactly the form that <see cref="ToCanonicalText"/> writes.</summary>
    /// <returns>False when it is anything else.</returns>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SignInChallenge? challenge)
    {
        ArgumentNullException.ThrowIfNull(text);
        challenge = null;
        var lines = text.Length <= TextLimit ? text.Split('\n') : [];
        if (lines.Length != Names.Length + 2 || lines[0] != Title || lines[^1].Length != 0)
        {
            return false;
        }

        var values = new string[Names.Length];
        for (var i = 0; i < Names.Length; i++)
        {
            var prefix = Names[i] + ": ";
            if (!lines[i + 1].StartsWith(prefix, StringComparison.Ordinal))
            {
                return false;
            }

            values[i] = lines[i + 1][prefix.Length..];
        }

        if (!DateTimeOffset.TryParseExact(values[3], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            || values[2].Length != 64 || !values[2].All(char.IsAsciiHexDigitLower) || values[4].Length != 32 || !values[4].All(char.IsAsciiHexDigitLower))
        {
            return false;
        }

        var read = new SignInChallenge(values[0], values[1], values[2], time, values[4]);
        if (values[0].Trim() != values[0] || values[1].Trim() != values[1] || values[0].Length == 0 || values[1].Length == 0
            || values[0].Any(char.IsControl) || values[1].Any(char.IsControl) || read.ToCanonicalText() != text)
        {
            return false;
        }

        challenge = read;
        return true;
    }
}
