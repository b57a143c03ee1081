using Hufu.Ca.Rules;

namespace Hufu.Ca.Crls;

/// <summary>
/// An entry of a CRL in DER, written without objects: SEQUENCE { userCertificate INTEGER, revocationDate UTCTime or GeneralizedTime, crlEntryExtensions { reasonCode unless unspecified, invalidityDate } }
/// (RFC 5280 5.1.2.6). The same bytes as the kernel's <see cref="Hufu.Pki.RevokedEntry"/>.
/// </summary>
internal static class CrlEntryBytes
{
    /// <summary>Bytes of the largest entry.</summary>
    public const int Most = 96;

    private const int Sequence = 0x30;
    private const long UtcFrom = -631_152_000, UtcUntil = 2_524_608_000; // 1950-01-01, 2050-01-01

    private static ReadOnlySpan<byte> ReasonHeader => [0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01];

    private static ReadOnlySpan<byte> InvalidityHeader => [0x30, 0x18, 0x06, 0x03, 0x55, 0x1D, 0x18, 0x04, 0x11];

    /// <summary>Writes one.</summary>
    /// <returns>How many bytes.</returns>
    public static int Write(in CrlEntryKey entry, Span<byte> destination)
    {
        destination[0] = Sequence;
        destination[2] = 0x02;
        var serial = entry.Serial.CopyTo(destination[4..]);
        destination[3] = (byte)serial;
        var at = 4 + serial;
        var seconds = Math.DivRem(entry.RevokedAt, 1000, out var rest) - (rest < 0 ? 1 : 0);
        at += WriteTime(seconds, destination[at..], seconds is >= UtcFrom and < UtcUntil);
        var extensions = (entry.Reason == 0 ? 0 : 12) + (entry.InvalidFrom == 0 ? 0 : 26);
        if (extensions > 0)
        {
            destination[at++] = Sequence;
            destination[at++] = (byte)extensions;
            if (entry.Reason != 0)
            {
                ReasonHeader.CopyTo(destination[at..]);
                destination[at + 11] = (byte)entry.Reason;
                at += 12;
            }

            if (entry.InvalidFrom != 0)
            {
                InvalidityHeader.CopyTo(destination[at..]);
                at += InvalidityHeader.Length;
                at += WriteTime(Math.DivRem(entry.InvalidFrom, 1000, out rest) - (rest < 0 ? 1 : 0), destination[at..], utc: false);
            }
        }

        destination[1] = (byte)(at - 2);
        return at;
    }

    private static int WriteTime(long seconds, Span<byte> destination, bool utc)
    {
        var time = DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond);
        time.Deconstruct(out DateOnly day, out var clock);
        var (year, month, date) = day;
        destination[0] = utc ? (byte)0x17 : (byte)0x18;
        var at = 2;
        if (!utc)
        {
            Two(year / 100, destination, ref at);
        }

        Two(year % 100, destination, ref at);
        Two(month, destination, ref at);
        Two(date, destination, ref at);
        Two(clock.Hour, destination, ref at);
        Two(clock.Minute, destination, ref at);
        Two(clock.Second, destination, ref at);
        destination[at++] = (byte)'Z';
        destination[1] = (byte)(at - 2);
        return at;
    }

    private static void Two(int value, Span<byte> destination, ref int at)
    {
        var (tens, ones) = Math.DivRem(value, 10);
        destination[at++] = (byte)('0' + tens);
        destination[at++] = (byte)('0' + ones);
    }
}
