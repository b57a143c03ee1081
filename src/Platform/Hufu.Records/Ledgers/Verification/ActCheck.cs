using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>Verifies the signed acts of records with the certificates that stand in the log before them.</summary>
/// <remarks>
/// Of a record whose outcome is done or failed: the statement is an ActStatement, names the certificate of the record, this room, this act and this object, and its signature is
/// by that certificate's key. A refused act may have been refused for any of these, so nothing is claimed of it.
/// </remarks>
internal sealed class ActCheck(FindingList findings, SignerPath? path)
{
    // A table of multiples pays for itself after so many signatures of one key; it takes up to 190 KB.
    private const int TableAfter = 64;
    private const int MostTables = 256;

    private readonly Dictionary<string, Signer> keys = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(long Sequence, string Message)> bad = new();
    private long good;
    private int tables;

    internal long Good => Interlocked.Read(ref good);

    internal int Certificates => keys.Count;

    internal void AddCertificate(long sequence, ReadOnlySpan<byte> line, in RecordFacts facts)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            using JsonDocument document = JsonDocument.ParseValue(ref json);
            byte[] der = document.RootElement.GetProperty("detail").GetProperty("certificate").GetBytesFromBase64();
            string name = document.RootElement.GetProperty("object").GetString()!;
            if (facts.Certifies && Convert.ToHexStringLower(Sm3.HashData(der)) == name)
            {
                Certificate certificate = Certificate.Decode(der);
                keys.TryAdd(name, new Signer(sequence, certificate, path?.Fault(certificate)));
                return;
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or PkiException)
        {
            // Said below.
        }

        findings.Add(LedgerFault.Certificate, sequence, $"Record {sequence}: the certificate is not what its digest says, or cannot be read.");
    }

    /// <summary>Verifies the acts of one part of a batch; several parts at once.</summary>
    /// <param name="reader">The batch.</param>
    /// <param name="part">Which part of it.</param>
    /// <param name="first">The number of the batch's first record.</param>
    /// <param name="origin">The room that the log is of.</param>
    internal void Verify(LogReader reader, int part, long first, string? origin)
    {
        (int from, int until) = reader.Part(part);
        byte[] room = Encoding.UTF8.GetBytes(origin ?? "");
        var signed = new List<Signature>(until - from);
        var digests = new EqualLengths(until - from);
        for (int i = from; i < until; i++)
        {
            ref RecordFacts line = ref reader.Line(i);
            if (line is not { Formed: true, Signed: true, Outcome: not LedgerOutcome.Refused })
            {
                continue;
            }

            var one = new Signature(first + i);
            string? wrong;
            try
            {
                wrong = Find(reader.Text(i).Span, in line, room, one);
            }
            catch (InvalidOperationException)
            {
                wrong = "the signed act cannot be read";
            }

            if (wrong is null)
            {
                signed.Add(one);
                digests.Add(one.Message, one.Digest);
            }
            else
            {
                bad.Enqueue((one.Sequence, $"Record {one.Sequence}: {wrong}."));
            }
        }

        digests.Hash();
        long holds = 0;
        foreach (Signature one in signed)
        {
            if (one.Signer!.Key is { } key && key.VerifyDigest(one.Digest, one.Value))
            {
                holds++;
            }
            else
            {
                bad.Enqueue((one.Sequence, $"Record {one.Sequence}: the signature of the signed act does not verify."));
            }
        }

        Interlocked.Add(ref good, holds);
    }

    // What is wrong with the act before its signature is looked at; null when nothing is, and then what the signature is over stands in "one".
    private string? Find(ReadOnlySpan<byte> line, in RecordFacts facts, byte[] room, Signature one)
    {
        string name = Encoding.ASCII.GetString(line.Slice(facts.Certificate.From, facts.Certificate.Length));
        if (name.Length == 0 || !keys.TryGetValue(name, out Signer? signer) || signer.Sequence >= one.Sequence)
        {
            return "the certificate of the signed act does not stand in the log before it";
        }

        // Z || statement: what is hashed for the signature (GB/T 32918.2 5.5 and 6.1).
        var message = new byte[Sm3.HashSizeInBytes + facts.Statement.Length];
        signer.Z.CopyTo(message, 0);
        int length = facts.Statement.CopyTo(line, message.AsSpan(Sm3.HashSizeInBytes));
        ReadOnlySpan<byte> text = message.AsSpan(Sm3.HashSizeInBytes, length);
        if (!StatementFacts.TryRead(text, out StatementFacts statement))
        {
            return "the statement is not of the form of a signed act";
        }

        if (!statement.Person.SequenceEqual(line.Slice(facts.Certificate.From, facts.Certificate.Length)))
        {
            return "the statement names another certificate than the record";
        }

        if (path is not null && (signer.PathFault ?? (IsValidAt(signer, statement) ? null : "the signer's certificate was not in its validity when the act was signed")) is { } fault)
        {
            return fault;
        }

        if (!IsText(line, facts.Act, statement.Act) || !IsText(line, facts.Object, statement.Object) || room.Length == 0 || !statement.Room.SequenceEqual(room))
        {
            return "the statement is about another act, object or room than the record";
        }

        if (!TryReadSignature(line, facts.Signature, one.Value))
        {
            return "the signature of the signed act does not verify";
        }

        if (Interlocked.Increment(ref signer.Seen) == TableAfter && Interlocked.Increment(ref tables) <= MostTables)
        {
            signer.Key?.Precompute();
        }

        one.Signer = signer;
        one.Message = message.AsMemory(0, Sm3.HashSizeInBytes + length);
        return null;
    }

    private static bool IsValidAt(Signer signer, StatementFacts statement) =>
        signer.Certificate.IsValidAt(DateTimeOffset.ParseExact(
            Encoding.ASCII.GetString(statement.Time), SignedHead.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal));

    private static bool IsText(ReadOnlySpan<byte> line, TextPlace place, ReadOnlySpan<byte> text)
    {
        if (!place.Escaped)
        {
            return line.Slice(place.From, place.Length).SequenceEqual(text);
        }

        byte[] plain = ArrayPool<byte>.Shared.Rent(place.Length);
        try
        {
            return plain.AsSpan(0, place.CopyTo(line, plain)).SequenceEqual(text);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    private static bool TryReadSignature(ReadOnlySpan<byte> line, TextPlace place, Span<byte> signature)
    {
        Span<byte> text = stackalloc byte[512];
        Span<byte> der = stackalloc byte[384];
        return place.Length <= text.Length
            && Base64.DecodeFromUtf8(text[..place.CopyTo(line, text)], der, out _, out int length) == OperationStatus.Done
            && Sm2SignatureValue.TryDecode(der[..length], signature);
    }

    /// <summary>Reports what was found wrong since the last call, in the order of the log.</summary>
    internal void Report()
    {
        foreach ((long sequence, string message) in bad.OrderBy(b => b.Sequence))
        {
            findings.Add(LedgerFault.Act, sequence, message, "The record itself stands as it was written if the tree holds.");
        }

        bad.Clear();
    }

    /// <summary>A certificate of the log.</summary>
    private sealed class Signer
    {
        internal int Seen;

        internal Signer(long sequence, Certificate certificate, string? pathFault)
        {
            Sequence = sequence;
            Certificate = certificate;
            PathFault = pathFault;
            Key = certificate.PublicKey.Sm2;
            Key?.ComputeZ(Sm2.DefaultId, Z);
        }

        /// <summary>Where it stands: it serves the records behind.</summary>
        internal long Sequence { get; }

        internal Certificate Certificate { get; }

        internal string? PathFault { get; }

        /// <summary>Null when the certificate is not for an SM2 key: nothing verifies then.</summary>
        internal Sm2PublicKey? Key { get; }

        /// <summary>Z of the key with the default user id, the same for all its signatures.</summary>
        internal byte[] Z { get; } = new byte[Sm3.HashSizeInBytes];
    }

    /// <summary>A signature to be verified.</summary>
    private sealed class Signature(long sequence)
    {
        internal long Sequence { get; } = sequence;

        internal Signer? Signer { get; set; }

        internal ReadOnlyMemory<byte> Message { get; set; }

        internal byte[] Digest { get; } = new byte[Sm3.HashSizeInBytes];

        internal byte[] Value { get; } = new byte[Sm2.SignatureSize];
    }
}
