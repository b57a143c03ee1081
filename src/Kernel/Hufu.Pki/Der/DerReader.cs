using System.Numerics;

namespace Hufu.Pki;

/// <summary>
/// A cursor over strict DER (X.690 10): definite and minimal lengths, minimal integers, booleans 00 or FF. Returns slices of the original bytes and
/// throws nothing but <see cref="PkiException"/>.
/// </summary>
internal ref struct DerReader
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _span;
    private int _position;

    internal DerReader(ReadOnlyMemory<byte> data)
    {
        _memory = data;
        _span = data.Span;
    }

    internal readonly bool IsEmpty => _position >= _span.Length;

    internal readonly int Position => _position;

    /// <summary>The next identifier octet, or 0 at the end.</summary>
    internal readonly byte PeekTag() => IsEmpty ? (byte)0 : _span[_position];

    /// <summary>Everything not yet read.</summary>
    internal readonly ReadOnlyMemory<byte> Rest => _memory[_position..];

    internal readonly void ThrowIfNotEmpty()
    {
        if (!IsEmpty)
        {
            throw PkiException.Malformed($"{_span.Length - _position} bytes too many after the last field.");
        }
    }

    /// <summary>Parses the header at <paramref name="position"/>; the element lies wholly inside <paramref name="data"/> when this returns.</summary>
    internal static void ReadHeader(ReadOnlySpan<byte> data, int position, out byte tag, out int contentStart, out int contentLength)
    {
        if (data.Length - position < 2)
        {
            throw PkiException.Malformed("The data ends inside an element's header.");
        }

        tag = data[position];
        if ((tag & 0x1F) == 0x1F || tag == 0)
        {
            throw PkiException.Malformed($"Tag {tag:X2} does not occur in these structures.");
        }

        int first = data[position + 1];
        contentStart = position + 2;
        if (first < 0x80)
        {
            contentLength = first;
        }
        else
        {
            int count = first & 0x7F;
            if (count is 0 or > 4 || data.Length - contentStart < count)
            {
                throw PkiException.Malformed(count == 0 ? "An indefinite length is not DER." : "The data ends inside a length, or the length is too long.");
            }

            uint value = 0;
            for (int i = 0; i < count; i++)
            {
                value = (value << 8) | data[contentStart + i];
            }

            contentStart += count;
            bool minimal = count == 1 ? value >= 0x80 : value >> (8 * (count - 1)) != 0;
            if (!minimal || value > int.MaxValue)
            {
                throw PkiException.Malformed(minimal ? "A length is beyond two gigabytes." : "A length is not minimal.");
            }

            contentLength = (int)value;
        }

        if (contentLength > data.Length - contentStart)
        {
            throw PkiException.Malformed("An element is longer than what contains it.");
        }
    }

    /// <summary>The next element with its header, whatever it is.</summary>
    internal ReadOnlyMemory<byte> ReadEncoded()
    {
        ReadHeader(_span, _position, out _, out int start, out int length);
        ReadOnlyMemory<byte> element = _memory[_position..(start + length)];
        _position = start + length;
        return element;
    }

    /// <summary>The content octets of the next element, which must have this tag.</summary>
    internal ReadOnlyMemory<byte> ReadContent(byte tag)
    {
        ReadHeader(_span, _position, out byte found, out int start, out int length);
        if (found != tag)
        {
            throw PkiException.Malformed($"Tag {tag:X2} was expected, {found:X2} found.");
        }

        _position = start + length;
        return _memory.Slice(start, length);
    }

    internal DerReader ReadConstructed(byte tag) => new(ReadContent(tag));

    internal DerReader ReadSequence() => new(ReadContent(DerTag.Sequence));

    internal DerReader ReadSet() => new(ReadContent(DerTag.Set));

    internal bool TryReadConstructed(byte tag, out DerReader inner)
    {
        if (PeekTag() != tag)
        {
            inner = default;
            return false;
        }

        inner = new DerReader(ReadContent(tag));
        return true;
    }

    /// <summary>The content octets of an INTEGER: two's complement, minimal, at most <paramref name="limit"/> bytes.</summary>
    internal ReadOnlyMemory<byte> ReadInteger(int limit, byte tag = DerTag.Integer)
    {
        ReadOnlyMemory<byte> content = ReadContent(tag);
        ReadOnlySpan<byte> span = content.Span;
        if (span.Length == 0 || (span.Length > 1 && ((span[0] == 0 && span[1] < 0x80) || (span[0] == 0xFF && span[1] >= 0x80))))
        {
            throw PkiException.Malformed("An INTEGER is empty or not minimal.");
        }

        if (span.Length > limit)
        {
            throw PkiException.TooLarge("An INTEGER", limit);
        }

        return content;
    }

    internal int ReadInt32(byte tag = DerTag.Integer)
    {
        ReadOnlySpan<byte> content = ReadInteger(4, tag).Span;
        int value = (sbyte)content[0];
        for (int i = 1; i < content.Length; i++)
        {
            value = (value << 8) | content[i];
        }

        return value;
    }

    internal BigInteger ReadBigInteger(int limit) => new(ReadInteger(limit).Span, isBigEndian: true);

    /// <summary>An INTEGER that is an unsigned number of at most <paramref name="destination"/>'s length, right-aligned into it.</summary>
    internal void ReadUnsigned(scoped Span<byte> destination)
    {
        ReadOnlySpan<byte> content = ReadInteger(destination.Length + 1).Span;
        if (content[0] >= 0x80)
        {
            throw PkiException.BadValue("An INTEGER is negative where only a positive one has meaning.");
        }

        content = content[0] == 0 ? content[1..] : content;
        if (content.Length > destination.Length)
        {
            throw PkiException.TooLarge("An INTEGER", destination.Length);
        }

        destination.Clear();
        content.CopyTo(destination[(destination.Length - content.Length)..]);
    }

    internal string ReadOid(byte tag = DerTag.ObjectIdentifier) => OidText.Decode(ReadContent(tag).Span);

    internal ReadOnlyMemory<byte> ReadOctetString() => ReadContent(DerTag.OctetString);

    /// <summary>A BIT STRING that holds whole bytes.</summary>
    internal ReadOnlyMemory<byte> ReadBitString(byte tag = DerTag.BitString)
    {
        ReadOnlyMemory<byte> content = ReadBits(out int unused, tag);
        return unused == 0 ? content : throw PkiException.Malformed("A BIT STRING that holds bytes has unused bits.");
    }

    internal ReadOnlyMemory<byte> ReadBits(out int unused, byte tag = DerTag.BitString)
    {
        ReadOnlyMemory<byte> content = ReadContent(tag);
        ReadOnlySpan<byte> span = content.Span;
        if (span.Length == 0 || span[0] > 7 || (span.Length == 1 && span[0] != 0) || (span.Length > 1 && (span[^1] & ((1 << span[0]) - 1)) != 0))
        {
            throw PkiException.Malformed("A BIT STRING's unused bits are wrong.");
        }

        unused = span[0];
        return content[1..];
    }

    /// <summary>A named bit list of at most 32 bits; bit 0 of the standard is bit 0 of the result.</summary>
    internal uint ReadNamedBits(byte tag = DerTag.BitString)
    {
        ReadOnlySpan<byte> bits = ReadBits(out _, tag).Span;
        if (bits.Length > 4)
        {
            throw PkiException.TooLarge("A named bit list", 32);
        }

        uint value = 0;
        for (int i = 0; i < bits.Length * 8; i++)
        {
            value |= (uint)((bits[i / 8] >> (7 - (i % 8))) & 1) << i;
        }

        return value;
    }

    internal bool ReadBoolean(byte tag = DerTag.Boolean)
    {
        ReadOnlySpan<byte> content = ReadContent(tag).Span;
        return content.Length == 1 && content[0] is 0 or 0xFF ? content[0] != 0 : throw PkiException.Malformed("A BOOLEAN is neither 00 nor FF.");
    }

    internal void ReadNull()
    {
        if (!ReadContent(DerTag.Null).IsEmpty)
        {
            throw PkiException.Malformed("A NULL has content.");
        }
    }

    /// <summary>A Time: UTCTime or GeneralizedTime, whole seconds, Z.</summary>
    internal DateTimeOffset ReadTime() => PeekTag() == DerTag.UtcTime
        ? DerTime.ParseUtc(ReadContent(DerTag.UtcTime).Span)
        : DerTime.ParseGeneralized(ReadContent(DerTag.GeneralizedTime).Span, fractions: false);

    internal DateTimeOffset ReadGeneralizedTime(bool fractions = false, byte tag = DerTag.GeneralizedTime) => DerTime.ParseGeneralized(ReadContent(tag).Span, fractions);

    /// <summary>A string of the type that <paramref name="tag"/> names (universal number, or context tag standing for <paramref name="type"/>).</summary>
    internal string ReadString(byte tag, byte type = 0) => DerText.Decode(type == 0 ? tag : type, ReadContent(tag).Span);
}
