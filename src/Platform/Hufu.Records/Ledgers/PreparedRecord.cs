using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>
/// A record that was checked and written as JSON ahead of its turn, on the caller's thread, so that the writer's thread, which all works share, has only its number, time and hash to add.
/// Made by <see cref="Ledger.Prepare"/>, appended once or not at all; holds until then what the record held when it was made.
/// </summary>
public sealed class PreparedRecord
{
    // Neighbours in the log are often of one person: the digest of the certificate seen last is kept.
    private static volatile Tuple<byte[], string>? lastCertificate;

    private PreparedRecord(LedgerRecord record, byte[]? rest, string? digest)
    {
        Record = record;
        Rest = rest;
        Digest = digest;
    }

    internal LedgerRecord Record { get; }

    /// <summary>The line from the actor on; null when it depends on the record's number (private fields are sealed to it).</summary>
    internal byte[]? Rest { get; }

    /// <summary>SM3 of the signer's certificate, hex.</summary>
    internal string? Digest { get; }

    internal static PreparedRecord Make(LedgerRecord record)
    {
        RecordLine.Check(record);
        string? digest = record.Certificate is null ? null : DigestOf(record.Certificate);
        return new PreparedRecord(record, record.Private is null ? RecordLine.Rest(record, digest) : null, digest);
    }

    private static string DigestOf(byte[] certificate)
    {
        if (lastCertificate is { } last && certificate.AsSpan().SequenceEqual(last.Item1))
        {
            return last.Item2;
        }

        string digest = Convert.ToHexStringLower(Sm3.HashData(certificate));
        lastCertificate = Tuple.Create((byte[])certificate.Clone(), digest);
        return digest;
    }
}
