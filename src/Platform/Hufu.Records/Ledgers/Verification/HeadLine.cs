using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Hufu.Records;

/// <summary>A head as the verifier reads it from a line of heads.jsonl.</summary>
internal sealed class HeadLine
{
    private const int MaxLine = 4_096;

    internal required long Line { get; init; }
    internal required string Origin { get; init; }
    internal required long Size { get; init; }
    internal required byte[] Root { get; init; }
    internal required string Time { get; init; }
    internal required string Key { get; init; }
    internal required byte[] Signature { get; init; }

    /// <summary>What the audit key signed: HUFU-HEAD 1 and five lines, each ended by a line feed.</summary>
    internal byte[] Signed()
    {
        var text = new StringBuilder("HUFU-HEAD 1\n");
        text.Append("origin: ").Append(Origin).Append('\n');
        text.Append("size: ").Append(Size.ToString(CultureInfo.InvariantCulture)).Append('\n');
        text.Append("root: ").Append(Convert.ToHexStringLower(Root)).Append('\n');
        text.Append("time: ").Append(Time).Append('\n');
        text.Append("key: ").Append(Key).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads all whole lines of a file.</summary>
    internal static List<HeadLine> ReadAll(string path, FindingList findings)
    {
        var heads = new List<HeadLine>();
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        var buffer = new byte[MaxLine];
        int length = 0;
        long number = 0;
        int next;
        while ((next = stream.ReadByte()) >= 0)
        {
            if (next != '\n')
            {
                if (length < buffer.Length)
                {
                    buffer[length] = (byte)next;
                }

                length++;
                continue;
            }

            HeadLine? head = length <= MaxLine ? Read(buffer.AsSpan(0, length), number) : null;
            if (head is null)
            {
                findings.Add(LedgerFault.Head, null, $"Line {number} of heads.jsonl is not of the form that the ledger writes.", Before(heads));
            }
            else
            {
                heads.Add(head);
            }

            number++;
            length = 0;
        }

        if (length > MaxLine || !RecordFacts.IsBeginning(buffer.AsSpan(0, length)))
        {
            findings.Add(LedgerFault.Head, null, "The end of heads.jsonl is no head and no beginning of one.", Before(heads));
        }

        return heads;
    }

    internal static string? Before(List<HeadLine> heads) => heads.Count == 0 ? null : $"The head over {heads[^1].Size} records stands before it.";

    private static HeadLine? Read(ReadOnlySpan<byte> line, long number)
    {
        try
        {
            var json = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 2 });
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject
                || !Text(ref json, "origin"u8, out string? origin)
                || !Name(ref json, "size"u8) || !json.Read() || json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long size) || size < 0
                || !Text(ref json, "root"u8, out string? root) || !IsHash(root)
                || !Text(ref json, "time"u8, out string? time) || !RecordFacts.IsTime(Encoding.UTF8.GetBytes(time))
                || !Text(ref json, "key"u8, out string? key) || !IsHash(key)
                || !Name(ref json, "signature"u8) || !json.Read() || json.TokenType != JsonTokenType.String || !json.TryGetBytesFromBase64(out byte[]? signature)
                || !json.Read() || json.TokenType != JsonTokenType.EndObject || json.Read())
            {
                return null;
            }

            return new HeadLine { Line = number, Origin = origin, Size = size, Root = Convert.FromHexString(root), Time = time, Key = key, Signature = signature };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool Name(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(name);

    private static bool Text(ref Utf8JsonReader json, ReadOnlySpan<byte> name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
    {
        value = null;
        if (!Name(ref json, name) || !json.Read() || json.TokenType != JsonTokenType.String || json.ValueIsEscaped)
        {
            return false;
        }

        value = json.GetString();
        return value is not null && !value.Any(char.IsControl);
    }

    private static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
