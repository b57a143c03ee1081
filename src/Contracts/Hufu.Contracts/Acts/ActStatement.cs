using System.Globalization;
using System.Text;
using Hufu.Crypto;

namespace Hufu.Contracts;

/// <summary>
/// What a member of staff says when they do something: who, what, on what, in which state, when. Its canonical text is what their own certificate's key signs
/// (SM2 with SM3, default user id, over the UTF-8 bytes), so that an auditor can verify the act years later without trusting the server.
/// </summary>
/// <param name="Room">The room that is asked (<see cref="Rooms"/>): a statement for one room is void in another.</param>
/// <param name="Act">The act's name, see <see cref="ActNames"/>.</param>
/// <param name="Object">What it is done to: a kind, a slash, a name; for example <c>application/A2026112200000001</c>.</param>
/// <param name="State">The state in which the signer saw the object, or <c>-</c>.</param>
/// <param name="PayloadDigest">SM3 over the exact bytes of the request's payload, 64 lower-case hex digits.</param>
/// <param name="Person">SM3 over the signer's certificate (DER), 64 lower-case hex digits.</param>
/// <param name="Time">When, to the millisecond, UTC.</param>
/// <param name="Nonce">128 random bits as 32 lower-case hex digits; makes the statement good for one use.</param>
public sealed record ActStatement(string Room, string Act, string Object, string State, string PayloadDigest, string Person, DateTimeOffset Time, string Nonce)
{
    private const string Title = "HUFU-ACT 1";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>The longest canonical text, in characters.</summary>
    public const int TextLimit = 2048;

    private static readonly string[] Names = ["room", "act", "object", "state", "payload", "person", "time", "nonce"];

    /// <summary>A statement about a payload, with a fresh nonce.</summary>
    /// <param name="room">The room that is asked.</param>
    /// <param name="act">The act's name.</param>
    /// <param name="object">What it is done to.</param>
    /// <param name="state">The state in which the signer saw the object, or <c>-</c>.</param>
    /// <param name="payload">The exact bytes of the payload that is sent with it.</param>
    /// <param name="certificate">The signer's certificate, DER.</param>
    /// <param name="time">When.</param>
    public static ActStatement Create(string room, string act, string @object, string state, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> certificate, DateTimeOffset time) =>
        new(room, act, @object, state, Digest(payload), Digest(certificate), time.ToUniversalTime(), SecureRandom.NewId());

    /// <summary>SM3 as 64 lower-case hex digits.</summary>
    public static string Digest(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[Sm3.HashSizeInBytes];
        Sm3.HashData(bytes, digest);
        return Convert.ToHexStringLower(digest);
    }

    /// <summary>
    /// The canonical text: the line <c>HUFU-ACT 1</c>, then one line <c>name: value</c> for room, act, object, state, payload, person, time, nonce in this order, each ended by
    /// a line feed. Values have no control characters and no surrounding spaces.
    /// </summary>
    public string ToCanonicalText()
    {
        var text = new StringBuilder(512).Append(Title).Append('\n');
        string[] values = [Room, Act, Object, State, PayloadDigest, Person, Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture), Nonce];
        for (var i = 0; i < Names.Length; i++)
        {
            if (values[i].Length == 0 || values[i].Trim() != values[i] || values[i].Any(char.IsControl))
            {
                throw new FormatException($"The statement's {Names[i]} cannot be written.");
            }

            text.Append(Names[i]).Append(": ").Append(values[i]).Append('\n');
        }

        return text.Length > TextLimit ? throw new FormatException("The statement is too long.") : text.ToString();
    }

    /// <summary>Reads a canonical text; exactly the form that <see cref="ToCanonicalText"/> writes.</summary>
    /// <returns>False when it is anything else.</returns>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ActStatement? statement)
    {
        ArgumentNullException.ThrowIfNull(text);
        statement = null;
        if (text.Length > TextLimit)
        {
            return false;
        }

        var lines = text.Split('\n');
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

        if (!DateTimeOffset.TryParseExact(values[6], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            || !IsHex(values[4], 64) || !IsHex(values[5], 64) || !IsHex(values[7], 32))
        {
            return false;
        }

        var read = new ActStatement(values[0], values[1], values[2], values[3], values[4], values[5], time, values[7]);
        try
        {
            if (read.ToCanonicalText() != text)
            {
                return false;
            }
        }
        catch (FormatException)
        {
            return false;
        }

        statement = read;
        return true;
    }

    private static bool IsHex(string value, int length) => value.Length == length && value.All(char.IsAsciiHexDigitLower);
}
