using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>Writes the line of a record: one JSON object, members in a fixed order, Chinese as UTF-8, no line feed inside. What is written here is what is hashed and exported.</summary>
/// <remarks>
/// sequence, previous (the leaf hash of the record before; of record 0 sixty-four zeros), time, clock (only when the clock read less than the record before: its true reading),
/// actor, act, object, outcome, detail, statement, signature (base64), certificate (SM3 of the DER, hex).
/// </remarks>
internal sealed class RecordLine
{
    internal const int MaxLine = 256 * 1024;
    internal const int MaxActor = 256;
    internal const int MaxAct = 128;
    internal const int MaxObject = 512;
    internal const int MaxDetail = 64 * 1024;
    internal const int MaxStatement = 8 * 1024;
    internal const int MaxSignature = 256;
    internal const int MaxCertificate = 32 * 1024;

    // Detail stands one level below the record: 8 of its own and the record's.
    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 9 };

    // The members before the actor take less.
    private const int Head = 256;
    private const int MaxKept = 64 * 1024;

    [ThreadStatic]
    private static Writing? writing;

    private byte[] scratch = new byte[4_096];
    private readonly byte[] timeText = new byte[32];
    private int timeLength;
    private long lastTime = -1;

    internal static void Check(LedgerRecord record)
    {
        Text(record.Actor, MaxActor, "actor");
        Text(record.Act, MaxAct, "act");
        Text(record.Object, MaxObject, "object");
        if (record.Statement is not null)
        {
            Text(record.Statement, MaxStatement, "statement");
        }

        bool signed = record.Statement is not null;
        if (signed != record.Signature is not null || (record.Certificate is not null && !signed))
        {
            throw new LedgerException(LedgerError.BadRecord, "Ledger: a statement comes with its signature, and a certificate with both.");
        }

        if (signed && record.Certificate is null && record.Outcome == LedgerOutcome.Done)
        {
            throw new LedgerException(LedgerError.BadRecord, "Ledger: a signed act that was done comes with the signer's certificate, so that it can be verified from the log.");
        }

        Bytes(record.Signature, MaxSignature, "signature");
        Bytes(record.Certificate, MaxCertificate, "certificate");
        if (!Enum.IsDefined(record.Outcome))
        {
            throw new LedgerException(LedgerError.BadRecord, "Ledger: the outcome is done, refused or failed.");
        }
    }

    /// <summary>The leaf hash of a line: SM3(00 || line).</summary>
    internal static byte[] Leaf(byte[] line)
    {
        byte[] prefixed = ArrayPool<byte>.Shared.Rent(line.Length + 1);
        prefixed[0] = 0;
        line.CopyTo(prefixed, 1);
        byte[] leaf = Sm3.HashData(prefixed.AsSpan(0, line.Length + 1));
        ArrayPool<byte>.Shared.Return(prefixed);
        return leaf;
    }

    /// <summary>The members from the actor on, and the closing brace: what does not depend on the record's place.</summary>
    internal static byte[] Rest(LedgerRecord record, string? certificate)
    {
        Writing at = writing ??= new Writing();
        (ArrayBufferWriter<byte> buffer, Utf8JsonWriter json) = (at.Buffer, at.Json);
        buffer.ResetWrittenCount();
        json.Reset();
        try
        {
            json.WriteStartObject();
            json.WriteString("actor"u8, record.Actor);
            json.WriteString("act"u8, record.Act);
            json.WriteString("object"u8, record.Object);
            json.WriteString("outcome"u8, record.Outcome switch { LedgerOutcome.Done => "done"u8, LedgerOutcome.Refused => "refused"u8, _ => "failed"u8 });
            if (record.Detail is not null)
            {
                json.Flush();
                int before = buffer.WrittenCount;
                json.WritePropertyName("detail"u8);
                record.Detail.WriteTo(json);
                json.Flush();
                if (buffer.WrittenCount - before > MaxDetail)
                {
                    throw new LedgerException(LedgerError.BadRecord, "Ledger: the detail is larger than 64 KiB.");
                }
            }

            if (record.Statement is not null)
            {
                json.WriteString("statement"u8, record.Statement);
                json.WriteBase64String("signature"u8, record.Signature);
            }

            if (certificate is not null)
            {
                json.WriteString("certificate"u8, certificate);
            }

            json.WriteEndObject();
            json.Flush();
        }
        catch (InvalidOperationException e)
        {
            writing = null; // what the writer holds is half a record
            throw new LedgerException(LedgerError.BadRecord, "Ledger: the detail cannot be written as JSON, or nests deeper than 8.", e);
        }

        if (buffer.WrittenCount > MaxLine - Head)
        {
            throw new LedgerException(LedgerError.BadRecord, "Ledger: the record is larger than 256 KiB.");
        }

        byte[] rest = buffer.WrittenSpan[1..].ToArray();
        if (buffer.Capacity > MaxKept)
        {
            writing = null;
        }

        return rest;
    }

    /// <summary>Puts sequence, previous, time and clock before the rest, and hashes the line.</summary>
    /// <returns>The line's bytes, without line feed; owned by the caller.</returns>
    internal byte[] Write(long sequence, ReadOnlySpan<byte> previous, long time, long? clock, ReadOnlySpan<byte> rest, Span<byte> leaf)
    {
        if (scratch.Length < Head + rest.Length)
        {
            scratch = new byte[Head + rest.Length];
        }

        // The leaf's prefix stands before the line, so that the hash runs over one piece.
        Span<byte> line = scratch;
        line[0] = 0;
        int at = 1;
        Put(line, ref at, "{\"sequence\":"u8);
        sequence.TryFormat(line[at..], out int length, default, CultureInfo.InvariantCulture);
        at += length;
        Put(line, ref at, ",\"previous\":\""u8);
        Convert.TryToHexStringLower(previous, line[at..], out length);
        at += length;
        Put(line, ref at, "\",\"time\":\""u8);
        Time(line, ref at, time);
        if (clock is { } reading)
        {
            Put(line, ref at, "\",\"clock\":\""u8);
            Time(line, ref at, reading);
        }

        Put(line, ref at, "\","u8);
        Put(line, ref at, rest);
        Sm3.HashData(line[..at], leaf);
        return line[1..at].ToArray();
    }

    private static void Put(Span<byte> line, ref int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(line[at..]);
        at += text.Length;
    }

    // Neighbours are often of one millisecond.
    private void Time(Span<byte> line, ref int at, long time)
    {
        if (time != lastTime)
        {
            DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime.TryFormat(timeText, out timeLength, SignedHead.TimeFormat, CultureInfo.InvariantCulture);
            lastTime = time;
        }

        Put(line, ref at, timeText.AsSpan(0, timeLength));
    }

    private static void Text(string value, int limit, string name)
    {
        if (string.IsNullOrEmpty(value) || value.Length > limit || Encoding.UTF8.GetByteCount(value) > limit)
        {
            throw new LedgerException(LedgerError.BadRecord, $"Ledger: the {name} has 1 to {limit} bytes.");
        }
    }

    private static void Bytes(byte[]? value, int limit, string name)
    {
        if (value is not null && (value.Length == 0 || value.Length > limit))
        {
            throw new LedgerException(LedgerError.BadRecord, $"Ledger: the {name} has 1 to {limit} bytes.");
        }
    }

    /// <summary>A thread's JSON writer.</summary>
    private sealed class Writing
    {
        internal Writing() => Json = new Utf8JsonWriter(Buffer, Format);

        internal ArrayBufferWriter<byte> Buffer { get; } = new(4_096);

        internal Utf8JsonWriter Json { get; }
    }
}
