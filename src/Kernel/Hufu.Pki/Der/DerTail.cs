namespace Hufu.Pki;

/// <summary>Writes DER from its end to its beginning into one buffer: what stands inside is there before its length is needed. Allocates nothing. For answers that are made many thousand times a second around parts laid out once.</summary>
/// <param name="buffer">Large enough for everything; too small a one is an <see cref="ArgumentException"/> or <see cref="IndexOutOfRangeException"/>.</param>
public ref struct DerTail(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _at = buffer.Length;

    /// <summary>What was written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[_at..];

    /// <summary>How much was written; kept by the caller to know what an element holds.</summary>
    public readonly int Length => _buffer.Length - _at;

    /// <summary>Bytes before what is there.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        _at -= bytes.Length;
        bytes.CopyTo(_buffer[_at..]);
    }

    /// <summary>An octet before what is there.</summary>
    public void Octet(byte octet) => _buffer[--_at] = octet;

    /// <summary>Makes everything since a length an element: its length and tag come before it.</summary>
    /// <param name="tag">The identifier octet.</param>
    /// <param name="since">What <see cref="Length"/> was where the element ends; its content has at most 16 MiB.</param>
    public void Wrap(byte tag, int since)
    {
        var length = Length - since;
        if (length >= 0x80)
        {
            Octet((byte)length);
            if (length >= 0x10000)
            {
                Octet((byte)(length >> 8));
                Octet((byte)(length >> 16));
                Octet(0x83);
            }
            else if (length >= 0x100)
            {
                Octet((byte)(length >> 8));
                Octet(0x82);
            }
            else
            {
                Octet(0x81);
            }
        }
        else
        {
            Octet((byte)length);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 0xFFFFFF, nameof(since));
        Octet(tag);
    }

    /// <summary>An INTEGER of big-endian bytes without sign.</summary>
    public void Unsigned(scoped ReadOnlySpan<byte> number)
    {
        number = number.TrimStart((byte)0);
        var since = Length;
        Raw(number);
        if (number.IsEmpty || number[0] >= 0x80)
        {
            Octet(0);
        }

        Wrap(0x02, since);
    }

    /// <summary>GeneralizedTime of a Unix second: YYYYMMDDHHMMSSZ.</summary>
    public void Time(long second)
    {
        Digits(second, wholeYear: true);
        Octet(15);
        Octet(0x18);
    }

    /// <summary>UTCTime of a Unix second: YYMMDDHHMMSSZ.</summary>
    public void ShortTime(long second)
    {
        Digits(second, wholeYear: false);
        Octet(13);
        Octet(0x17);
    }

    /// <summary>An SM2 signature r ‖ s as SM2Signature (GM/T 0009 7.3).</summary>
    public void Signature(scoped ReadOnlySpan<byte> signature)
    {
        var since = Length;
        Unsigned(signature[32..64]);
        Unsigned(signature[..32]);
        Wrap(DerTag.Sequence, since);
    }

    private void Digits(long second, bool wholeYear)
    {
        var days = (int)Math.DivRem(second, 86_400, out var left);
        var rest = (int)left;
        // Days to a date of the proleptic Gregorian calendar, eras of 400 years that begin on the first of March.
        var z = days + 719_468;
        var era = z / 146_097;
        var dayOfEra = z - (era * 146_097);
        var yearOfEra = (dayOfEra - (dayOfEra / 1_460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var month = ((5 * dayOfYear) + 2) / 153;
        var day = dayOfYear - (((153 * month) + 2) / 5) + 1;
        month = month < 10 ? month + 3 : month - 9;
        var year = yearOfEra + (era * 400) + (month <= 2 ? 1 : 0);
        Octet((byte)'Z');
        Pair(rest % 60);
        Pair(rest / 60 % 60);
        Pair(rest / 3_600);
        Pair(day);
        Pair(month);
        Pair(year % 100);
        if (wholeYear)
        {
            Pair(year / 100);
        }
    }

    private void Pair(int number)
    {
        Octet((byte)('0' + (number % 10)));
        Octet((byte)('0' + (number / 10)));
    }
}
