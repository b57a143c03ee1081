using System.Formats.Asn1;

namespace Hufu.Pki;

/// <summary>UTCTime and GeneralizedTime as RFC 5280 4.1.2.5 restricts them: seconds present, Z, no offset.</summary>
internal static class DerTime
{
    internal static DateTimeOffset ParseUtc(ReadOnlySpan<byte> text)
    {
        if (text.Length != 13)
        {
            throw PkiException.Malformed("A UTCTime is not YYMMDDHHMMSSZ.");
        }

        int year = Digits(text, 0, 2);
        return Build(year < 50 ? 2000 + year : 1900 + year, text[2..]);
    }

    internal static DateTimeOffset ParseGeneralized(ReadOnlySpan<byte> text, bool fractions)
    {
        if (text.Length < 15 || (text.Length > 15 && !fractions) || text.Length > 24)
        {
            throw PkiException.Malformed("A GeneralizedTime is not YYYYMMDDHHMMSSZ.");
        }

        if (text.Length == 15)
        {
            return Build(Digits(text, 0, 4), text[4..]);
        }

        // RFC 3161 2.4.2: a fraction has a point, at least one digit, no trailing zero.
        ReadOnlySpan<byte> fraction = text[15..^1];
        if (text[14] != '.' || text[^1] != 'Z' || fraction.Length is 0 or > 7 || fraction[^1] == '0')
        {
            throw PkiException.Malformed("A GeneralizedTime has a wrong fraction.");
        }

        Span<byte> whole = stackalloc byte[15];
        text[..14].CopyTo(whole);
        whole[14] = (byte)'Z';
        long ticks = 0;
        for (int i = 0; i < 7; i++)
        {
            ticks = (ticks * 10) + (i < fraction.Length ? Digits(fraction, i, 1) : 0);
        }

        return Build(Digits(text, 0, 4), whole[4..]).AddTicks(ticks);
    }

    private static DateTimeOffset Build(int year, ReadOnlySpan<byte> rest)
    {
        int month = Digits(rest, 0, 2), day = Digits(rest, 2, 2), hour = Digits(rest, 4, 2), minute = Digits(rest, 6, 2), second = Digits(rest, 8, 2);
        if (rest[10] != 'Z' || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            throw PkiException.Malformed("A time is not a moment of the calendar in UTC.");
        }

        return new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
    }

    private static int Digits(ReadOnlySpan<byte> text, int start, int count)
    {
        int value = 0;
        for (int i = start; i < start + count; i++)
        {
            if (!char.IsAsciiDigit((char)text[i]))
            {
                throw PkiException.Malformed("A time holds something else than digits.");
            }

            value = (value * 10) + (text[i] - '0');
        }

        return value;
    }

    /// <summary>The value as certificates and lists can hold it: UTC, whole seconds (the fraction is cut off).</summary>
    internal static DateTimeOffset WholeSecond(DateTimeOffset time)
    {
        DateTimeOffset utc = time.ToUniversalTime();
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerSecond));
    }

    /// <summary>RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050.</summary>
    internal static void WriteTime(this AsnWriter writer, DateTimeOffset time)
    {
        DateTimeOffset utc = WholeSecond(time);
        if (utc.Year is >= 1950 and < 2050)
        {
            writer.WriteUtcTime(utc);
        }
        else
        {
            writer.WriteGeneralizedTime(utc, omitFractionalSeconds: true);
        }
    }
}
