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
internal sealed class RecordLine : IDisposable
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

    private readonly ArrayBufferWriter<byte> buffer = new(4_096);
    private readonly Utf8JsonWriter json;

    internal RecordLine() => json = new Utf8JsonWriter(buffer, Format);

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

    /// <summary>Writes the line and its leaf hash.</summary>
    /// <returns>The line's bytes, without line feed; owned by the caller.</returns>
    internal byte[] Write(long sequence, ReadOnlySpan<byte> previous, long time, long? clock, LedgerRecord record, string? certificate, Span<byte> leaf)
    {
        buffer.ResetWrittenCount();
        // The leaf's prefix stands before the line, so that the hash runs over one piece.
        buffer.GetSpan(1)[0] = 0;
        buffer.Advance(1);
        json.Reset();
        try
        {
            json.WriteStartObject();
            json.WriteNumber("sequence"u8, sequence);
            Hex("previous"u8, previous);
            Time("time"u8, time);
            if (clock is { } reading)
            {
                Time("clock"u8, reading);
            }

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
            throw new LedgerException(LedgerError.BadRecord, "Ledger: the detail cannot be written as JSON, or nests deeper than 8.", e);
        }

        if (buffer.WrittenCount - 1 > MaxLine)
        {
            throw new LedgerException(LedgerError.BadRecord, "Ledger: the record is larger than 256 KiB.");
        }

        Sm3.HashData(buffer.WrittenSpan, leaf);
        return buffer.WrittenSpan[1..].ToArray();
    }

    private void Hex(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<byte> text = stackalloc byte[2 * Sm3.HashSizeInBytes];
        Convert.TryToHexStringLower(value, text, out _);
        json.WriteString(name, text);
    }

    private void Time(ReadOnlySpan<byte> name, long time)
    {
        Span<byte> text = stackalloc byte[32];
        DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime.TryFormat(text, out int length, SignedHead.TimeFormat, CultureInfo.InvariantCulture);
        json.WriteString(name, text[..length]);
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

    public void Dispose() => json.Dispose();
}
