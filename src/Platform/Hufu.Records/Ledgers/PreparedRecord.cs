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

    private readonly int digits;
    private BegunLine? begun;

    private PreparedRecord(LedgerRecord record, string? digest, int digits)
    {
        Record = record;
        Digest = digest;
        this.digits = digits;
    }

    internal LedgerRecord Record { get; }

    /// <summary>SM3 of the signer's certificate, hex.</summary>
    internal string? Digest { get; }

    /// <param name="record">What happens.</param>
    /// <param name="digits">How many digits its number will probably have; another length costs a copy.</param>
    internal static PreparedRecord Make(LedgerRecord record, int digits)
    {
        RecordLine.Check(record);
        var prepared = new PreparedRecord(record, record.Certificate is null ? null : DigestOf(record.Certificate), digits);
        if (record.Private is null)
        {
            prepared.begun = prepared.Begin(record);
        }

        return prepared;
    }

    /// <summary>The line so far, handed over: whoever takes it ends it. Made again when it was taken before (its work was rolled back), and when it depends on the record's number.</summary>
    /// <param name="seal">Seals private fields to the record's number.</param>
    internal BegunLine Take(Func<LedgerRecord, LedgerRecord> seal) => Interlocked.Exchange(ref begun, null) ?? Begin(Record.Private is null ? Record : seal(Record));

    private BegunLine Begin(LedgerRecord record) => RecordLine.Begin(record, Digest, digits);

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
