using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>Writes the line of a record: one JSON object, members in a fixed order, Chinese as UTF-8, no line feed inside. What is written here is what is hashed and exported.</summary>
/// <remarks>
/// actor, act, object, outcome, detail, statement, signature (base64), certificate (SM3 of the DER, hex), then the record's place: sequence, previous (the leaf hash of the record before;
/// of record 0 sixty-four zeros), time, clock (only when the clock read less than the record before: its true reading). The place comes last because it alone has to wait for the record before:
/// what stands ahead of it is written and hashed on the callers' threads.
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

    // The members of the place take less.
    private const int MaxPlace = 256;
    private const int MaxKept = 64 * 1024;

    // ,"sequence":N,"previous":"64 digits","time":"24 characters"} without the digits of N.
    private const int PlaceWithoutDigits = 125;

    [ThreadStatic]
    private static Writing? writing;

    private readonly byte[] place = new byte[MaxPlace];
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

    /// <summary>A line begun: the members from the actor to the certificate, and room for the place.</summary>
    /// <param name="record">The record, checked.</param>
    /// <param name="certificate">SM3 of its certificate, hex.</param>
    /// <param name="digits">How many digits its number will probably have.</param>
    internal static BegunLine Begin(LedgerRecord record, string? certificate, int digits)
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

        int filled = buffer.WrittenCount - 1; // without the closing brace
        if (filled > MaxLine - MaxPlace)
        {
            throw new LedgerException(LedgerError.BadRecord, "Ledger: the record is larger than 256 KiB.");
        }

        var line = new byte[filled + PlaceWithoutDigits + digits];
        buffer.WrittenSpan[..filled].CopyTo(line);
        if (buffer.Capacity > MaxKept)
        {
            writing = null;
        }

        var hash = new Sm3Hash();
        hash.AppendData("\0"u8);
        hash.AppendData(line.AsSpan(0, filled));
        return new BegunLine(line, filled, hash);
    }

    /// <summary>Ends a line with sequence, previous, time and clock, and its hash.</summary>
    /// <returns>The line's bytes, without line feed; owned by the caller.</returns>
    internal byte[] End(BegunLine begun, long sequence, ReadOnlySpan<byte> previous, long time, long? clock, Span<byte> leaf)
    {
        Span<byte> text = place;
        int at = 0;
        Put(text, ref at, ",\"sequence\":"u8);
        sequence.TryFormat(text[at..], out int length, default, CultureInfo.InvariantCulture);
        at += length;
        Put(text, ref at, ",\"previous\":\""u8);
        Convert.TryToHexStringLower(previous, text[at..], out length);
        at += length;
        Put(text, ref at, "\",\"time\":\""u8);
        Time(text, ref at, time);
        if (clock is { } reading)
        {
            Put(text, ref at, "\",\"clock\":\""u8);
            Time(text, ref at, reading);
        }

        Put(text, ref at, "\"}"u8);
        text = text[..at];
        begun.Hash.AppendData(text);
        begun.Hash.GetHashAndReset(leaf);
        byte[] line = begun.Line;
        if (line.Length != begun.Filled + at)
        {
            // A digit more than thought, or a clock that went back.
            line = new byte[begun.Filled + at];
            begun.Line.AsSpan(0, begun.Filled).CopyTo(line);
        }

        text.CopyTo(line.AsSpan(begun.Filled));
        return line;
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
