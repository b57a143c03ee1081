using System.Buffers.Binary;
using Hufu.Contracts;

namespace Hufu.Ocsp.Status;

/// <summary>The serials of one CA with their standing.</summary>
internal sealed class AuthorityIndex
{
    /// <summary>RFC 5280 4.1.2.2: at most 20 octets; one more where the highest bit needs a leading zero.</summary>
    public const int LongestSerial = 21;

    /// <summary>Revoked serials carry the second of revocation (Unix, 40 bits) and the reason (8 bits).</summary>
    public const int DetailLength = 6;

    private readonly Lock _revoking = new();
    private readonly SerialSet?[] _issued = new SerialSet?[LongestSerial + 1];
    private readonly SerialTable?[] _revoked = new SerialTable?[LongestSerial + 1];

    /// <summary>How many serials are held.</summary>
    public long Count => _issued.Sum(set => set?.Count ?? 0);

    /// <summary>How many of them are revoked or suspended.</summary>
    public long RevokedCount => _revoked.Sum(table => table?.Count ?? 0);

    /// <summary>Bytes that they take.</summary>
    public long Bytes => _issued.Sum(set => set?.Bytes ?? 0) + _revoked.Sum(table => table?.Bytes ?? 0);

    /// <summary>The sets by length of serial.</summary>
    public IEnumerable<SerialSet> Sets => _issued.OfType<SerialSet>();

    /// <summary>As <see cref="StatusIndex.Issued"/>.</summary>
    public void Issued(ReadOnlySpan<byte> serial) => Set(serial.Length).Set(serial, mark: null);

    /// <summary>As <see cref="StatusIndex.Revoked"/>.</summary>
    public void Revoked(ReadOnlySpan<byte> serial, DateTimeOffset at, RevocationReason reason)
    {
        Span<byte> detail = stackalloc byte[DetailLength];
        lock (_revoking)
        {
            var revoked = Details(serial.Length);
            if (!revoked.TryGet(serial, detail) || (RevocationReason)detail[5] == RevocationReason.CertificateHold)
            {
                WriteDetail(detail, at, reason);
                revoked.Set(serial, detail);
            }

            // The mark comes last: who sees it finds the detail. Answers signed ahead go with the bucket that is replaced.
            Set(serial.Length).Set(serial, mark: true);
        }
    }

    /// <summary>As <see cref="StatusIndex.Resumed"/>.</summary>
    public void Resumed(ReadOnlySpan<byte> serial)
    {
        Span<byte> detail = stackalloc byte[DetailLength];
        lock (_revoking)
        {
            var revoked = Details(serial.Length);
            if (revoked.TryGet(serial, detail) && (RevocationReason)detail[5] == RevocationReason.CertificateHold)
            {
                Set(serial.Length).Set(serial, mark: false);
                revoked.Remove(serial);
            }
        }
    }

    /// <summary>The standing of a serial.</summary>
    public CertificateStanding Find(ReadOnlySpan<byte> serial) =>
        Locate(serial, out var bucket) is >= 0 and var position ? Standing(serial, bucket, position) : CertificateStanding.Unknown;

    /// <summary>Where a serial is held; -1 when it is not.</summary>
    public int Locate(ReadOnlySpan<byte> serial, out SerialBucket bucket)
    {
        bucket = SerialBucket.Empty;
        return serial.Length is > 0 and <= LongestSerial && _issued[serial.Length] is { } set ? set.Find(serial, out bucket) : -1;
    }

    /// <summary>Has the processor fetch what <see cref="Locate"/> will read.</summary>
    public void Fetch(ReadOnlySpan<byte> serial)
    {
        if (serial.Length is > 0 and <= LongestSerial)
        {
            _issued[serial.Length]?.Fetch(serial);
        }
    }

    /// <summary>The standing of a serial that was located.</summary>
    public CertificateStanding Standing(ReadOnlySpan<byte> serial, SerialBucket bucket, int position)
    {
        if (!bucket.IsMarked(position))
        {
            return CertificateStanding.Good;
        }

        Span<byte> detail = stackalloc byte[DetailLength];
        // A mark without detail: the suspension has been lifted since the bucket was read.
        return _revoked[serial.Length] is { } revoked && revoked.TryGet(serial, detail) ? ReadDetail(detail) : CertificateStanding.Good;
    }

    /// <summary>The details of revoked serials of a length; null when there are none.</summary>
    internal SerialTable? RevokedOf(int length) => _revoked[length];

    /// <summary>Takes a set from a checkpoint or a builder.</summary>
    internal void Put(SerialSet set) => _issued[set.Length] = set;

    /// <summary>Takes the detail of a revoked serial whose mark is set already.</summary>
    internal void PutDetail(ReadOnlySpan<byte> serial, ReadOnlySpan<byte> detail) => Details(serial.Length).Set(serial, detail);

    internal static void WriteDetail(Span<byte> detail, DateTimeOffset at, RevocationReason reason)
    {
        Span<byte> wide = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(wide, at.ToUnixTimeSeconds());
        wide[3..].CopyTo(detail);
        detail[5] = (byte)reason;
    }

    private static CertificateStanding ReadDetail(ReadOnlySpan<byte> detail)
    {
        Span<byte> wide = stackalloc byte[8];
        wide.Clear();
        detail[..5].CopyTo(wide[3..]);
        return new CertificateStanding(Status.Standing.Revoked, DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(wide)), (RevocationReason)detail[5]);
    }

    private SerialSet Set(int length) => Made(ref _issued[Checked(length)], length, static length => new SerialSet(length));

    private SerialTable Details(int length) => Made(ref _revoked[Checked(length)], length, static length => new SerialTable(length, DetailLength));

    private static int Checked(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LongestSerial);
        return length;
    }

    private static T Made<T>(ref T? place, int length, Func<int, T> make)
        where T : class => Volatile.Read(ref place) ?? Interlocked.CompareExchange(ref place, make(length), null) ?? place!;
}
