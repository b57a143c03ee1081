using System.Buffers.Binary;
using System.Collections.Concurrent;
using Hufu.Contracts;

namespace Hufu.Ocsp.Status;

/// <summary>All serials of all CAs with their standing, in memory: readers never wait and never see a serial as good that was not issued (R14) or is revoked.</summary>
internal sealed class StatusIndex
{
    // Revoked serials carry the second of revocation (Unix, 40 bits) and the reason (8 bits).
    private const int PayloadLength = 6;

    // Stands in the place of the reason when a suspension was lifted: the table forgets nothing.
    private const byte Lifted = 255;

    private readonly ConcurrentDictionary<string, Authority> _authorities = new(StringComparer.Ordinal);

    /// <summary>How many serials are held.</summary>
    public long Count => _authorities.Values.Sum(authority => authority.Issued.Sum(table => table?.Count ?? 0));

    /// <summary>Bytes that they take, nearly.</summary>
    public long Bytes => _authorities.Values.Sum(authority => authority.Issued.Concat(authority.Revoked).Sum(table => table?.Bytes ?? 0));

    /// <summary>A certificate was issued. Again is harmless.</summary>
    public void Issued(string ca, ReadOnlySpan<byte> serial) => Of(ca).Table(revoked: false, serial.Length).Set(serial, []);

    /// <summary>A certificate was revoked. The first revocation stays: no later one changes its time or reason, but a suspension may become final or come again.</summary>
    public void Revoked(string ca, ReadOnlySpan<byte> serial, DateTimeOffset at, RevocationReason reason)
    {
        Span<byte> payload = stackalloc byte[PayloadLength];
        var authority = Of(ca);
        var revoked = authority.Table(revoked: true, serial.Length);
        if (!revoked.TryGet(serial, payload) || payload[5] is (byte)RevocationReason.CertificateHold or Lifted)
        {
            Span<byte> wide = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(wide, at.ToUnixTimeSeconds());
            wide[3..].CopyTo(payload);
            payload[5] = (byte)reason;
            revoked.Set(serial, payload);
        }

        authority.Table(revoked: false, serial.Length).Set(serial, []);
    }

    /// <summary>A suspension was lifted: the serial is good again. What is revoked for good stays so.</summary>
    public void Resumed(string ca, ReadOnlySpan<byte> serial)
    {
        Span<byte> payload = stackalloc byte[PayloadLength];
        var revoked = Of(ca).Table(revoked: true, serial.Length);
        if (revoked.TryGet(serial, payload) && payload[5] == (byte)RevocationReason.CertificateHold)
        {
            payload[5] = Lifted;
            revoked.Set(serial, payload);
        }
    }

    /// <summary>The standing of a serial: the content bytes of its DER INTEGER.</summary>
    public CertificateStanding Find(string ca, ReadOnlySpan<byte> serial)
    {
        if (serial.Length is 0 or > Authority.LongestSerial || !_authorities.TryGetValue(ca, out var authority))
        {
            return CertificateStanding.Unknown;
        }

        // Revoked first: a serial that is being revoked meanwhile is told as it was or as it is, never as unknown.
        Span<byte> payload = stackalloc byte[PayloadLength];
        if (authority.Revoked[serial.Length] is { } revoked && revoked.TryGet(serial, payload) && payload[5] != Lifted)
        {
            Span<byte> wide = stackalloc byte[8];
            wide.Clear();
            payload[..5].CopyTo(wide[3..]);
            return new CertificateStanding(Standing.Revoked, DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(wide)), (RevocationReason)payload[5]);
        }

        return authority.Issued[serial.Length] is { } issued && issued.TryGet(serial, []) ? CertificateStanding.Good : CertificateStanding.Unknown;
    }

    private Authority Of(string ca) => _authorities.GetOrAdd(ca, static _ => new Authority());

    private sealed class Authority
    {
        // RFC 5280 4.1.2.2: at most 20 octets; one more where the highest bit needs a leading zero.
        public const int LongestSerial = 21;

        public SerialTable?[] Issued { get; } = new SerialTable?[LongestSerial + 1];

        public SerialTable?[] Revoked { get; } = new SerialTable?[LongestSerial + 1];

        public SerialTable Table(bool revoked, int length)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, LongestSerial);
            ref var table = ref (revoked ? Revoked : Issued)[length];
            if (table is null)
            {
                Interlocked.CompareExchange(ref table, new SerialTable(length, revoked ? PayloadLength : 0), null);
            }

            return table;
        }
    }
}
