using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>The root of the ledger's tree at a size, signed by the audit key. Whoever keeps one can find any later change of what it covers.</summary>
/// <param name="Origin">The ledger's name.</param>
/// <param name="Size">How many records it covers: those with sequence below this.</param>
/// <param name="Root">The Merkle tree hash over them (RFC 9162 2.1.1 with SM3), 64 lower-case hex digits.</param>
/// <param name="Time">When it was signed, UTC, to the millisecond.</param>
/// <param name="Key">SM3 over the audit key's SubjectPublicKeyInfo (DER), 64 lower-case hex digits.</param>
/// <param name="Signature">DER SM2Signature (default user id) over <see cref="SignedText"/>.</param>
public sealed record SignedHead(string Origin, long Size, string Root, DateTimeOffset Time, string Key, byte[] Signature)
{
    internal const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>
    /// What is signed, UTF-8: the line <c>HUFU-HEAD 1</c>, then one line <c>name: value</c> for origin, size, root, time, key in this order, each ended by a line feed.
    /// </summary>
    public string SignedText() => string.Create(
        CultureInfo.InvariantCulture,
        $"HUFU-HEAD 1\norigin: {Origin}\nsize: {Size}\nroot: {Root}\ntime: {Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}\nkey: {Key}\n");

    /// <summary>Whether the signature is this key's.</summary>
    /// <param name="key">The audit key.</param>
    public bool IsSignedBy(SubjectPublicKeyInfo key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Verify(AlgorithmIdentifier.Sm2WithSm3, Encoding.UTF8.GetBytes(SignedText()), Signature);
    }

    /// <summary>The line of heads.jsonl, without its line feed: a JSON object with origin, size, root, time, key, signature (base64) in this order.</summary>
    public string ToJson() => Encoding.UTF8.GetString(ToLine());

    internal byte[] ToLine()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("origin"u8, Origin);
            json.WriteNumber("size"u8, Size);
            json.WriteString("root"u8, Root);
            json.WriteString("time"u8, Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            json.WriteString("key"u8, Key);
            json.WriteBase64String("signature"u8, Signature);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a line of heads.jsonl.</summary>
    /// <param name="line">The line, with or without its line feed; up to 4 KiB.</param>
    /// <param name="head">The head.</param>
    /// <returns>False when it is anything else than what <see cref="ToJson"/> writes.</returns>
    public static bool TryParse(string line, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SignedHead? head)
    {
        ArgumentNullException.ThrowIfNull(line);
        head = null;
        if (line.Length > 4_096)
        {
            return false;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(line.TrimEnd('\n'), new JsonDocumentOptions { MaxDepth = 2 });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            if (!root.TryGetProperty("origin", out JsonElement origin) || origin.ValueKind != JsonValueKind.String
                || !root.TryGetProperty("size", out JsonElement size) || !size.TryGetInt64(out long count) || count < 0
                || !root.TryGetProperty("root", out JsonElement hash) || hash.ValueKind != JsonValueKind.String
                || !root.TryGetProperty("time", out JsonElement time) || time.ValueKind != JsonValueKind.String
                || !DateTimeOffset.TryParseExact(
                    time.GetString(), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at)
                || !root.TryGetProperty("key", out JsonElement key) || key.ValueKind != JsonValueKind.String
                || !root.TryGetProperty("signature", out JsonElement signature) || !signature.TryGetBytesFromBase64(out byte[]? bytes))
            {
                return false;
            }

            var read = new SignedHead(origin.GetString()!, count, hash.GetString()!, at, key.GetString()!, bytes);
            if (!IsHex(read.Root) || !IsHex(read.Key) || !string.Equals(read.ToJson(), line.TrimEnd('\n'), StringComparison.Ordinal))
            {
                return false;
            }

            head = read;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsHex(string value) => value.Length == 64 && value.All(char.IsAsciiHexDigitLower);
}
