using System.Formats.Asn1;
using System.Numerics;
using Hufu.Crypto;

namespace Hufu.Pki;

// CertificateSerialNumber ::= INTEGER   (RFC 5280 4.1.2.2)

/// <summary>
/// A serial number by value: its text is the hex of the number without leading zero bytes, always an even number of lower-case digits, so that leading
/// zeros and high bits survive text, database and DER alike (R02).
/// </summary>
public readonly struct SerialNumber : IEquatable<SerialNumber>, IComparable<SerialNumber>
{
    /// <summary>Most bytes of a serial (RFC 5280 4.1.2.2).</summary>
    public const int MaxSize = 20;

    private readonly ReadOnlyMemory<byte> _content; // content octets of the INTEGER: minimal two's complement

    internal SerialNumber(ReadOnlyMemory<byte> content) => _content = content;

    /// <summary>The content octets of the INTEGER: minimal two's complement.</summary>
    public ReadOnlySpan<byte> Content => _content.IsEmpty ? [0] : _content.Span;

    /// <summary>The number without leading zero bytes (only for a positive one meaningful).</summary>
    public ReadOnlySpan<byte> Magnitude => Content.Length > 1 && Content[0] == 0 ? Content[1..] : Content;

    /// <summary>True when greater than zero.</summary>
    public bool IsPositive => Content[0] < 0x80 && (Content.Length > 1 || Content[0] != 0);

    /// <summary>A new random serial: 20 bytes, top bit clear, first byte not zero; 158 bits come from the generator (R01).</summary>
    public static SerialNumber Create()
    {
        byte[] bytes = new byte[MaxSize];
        do
        {
            SecureRandom.Fill(bytes);
            bytes[0] &= 0x7F;
        }
        while (bytes[0] == 0);
        return new SerialNumber(bytes);
    }

    /// <summary>From an unsigned big-endian number; leading zero bytes do not matter.</summary>
    /// <exception cref="PkiException">More than 20 bytes.</exception>
    public static SerialNumber FromBytes(ReadOnlySpan<byte> magnitude)
    {
        ReadOnlySpan<byte> trimmed = magnitude.TrimStart((byte)0);
        if (trimmed.Length > MaxSize)
        {
            throw PkiException.TooLarge("A serial number", MaxSize);
        }

        byte[] content = new byte[trimmed.IsEmpty ? 1 : trimmed.Length + (trimmed[0] >> 7)];
        trimmed.CopyTo(content.AsSpan(content.Length - trimmed.Length));
        return new SerialNumber(content);
    }

    /// <summary>A small serial, for tests and taskNO.</summary>
    public static SerialNumber FromInt64(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return new SerialNumber(new BigInteger(value).ToByteArray(isBigEndian: true));
    }

    /// <summary>Reads hex digits of either case, leading zeros allowed, no prefix or separators.</summary>
    public static bool TryParse(string? hex, out SerialNumber serial)
    {
        serial = default;
        if (string.IsNullOrEmpty(hex) || hex.Length > 64 || !hex.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = Convert.FromHexString(hex.Length % 2 == 0 ? hex : "0" + hex);
        if (bytes.TrimStart((byte)0).Length > MaxSize)
        {
            return false;
        }

        serial = FromBytes(bytes);
        return true;
    }

    internal static SerialNumber Read(ref DerReader reader, byte tag = DerTag.Integer)
    {
        ReadOnlyMemory<byte> content = reader.ReadInteger(MaxSize + 1, tag);
        return content.Length > MaxSize && content.Span[0] != 0
            ? throw PkiException.TooLarge("A serial number", MaxSize)
            : new SerialNumber(content);
    }

    internal void Write(AsnWriter writer, Asn1Tag? tag = null) => writer.WriteInteger(Content, tag);

    /// <inheritdoc/>
    public bool Equals(SerialNumber other) => Content.SequenceEqual(other.Content);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SerialNumber other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Content);
        return hash.ToHashCode();
    }

    /// <summary>By number: shorter first, then bytewise.</summary>
    public int CompareTo(SerialNumber other) => Magnitude.Length != other.Magnitude.Length
        ? Magnitude.Length.CompareTo(other.Magnitude.Length)
        : Magnitude.SequenceCompareTo(other.Magnitude);

    /// <summary>Equality by value.</summary>
    public static bool operator ==(SerialNumber left, SerialNumber right) => left.Equals(right);

    /// <summary>Inequality by value.</summary>
    public static bool operator !=(SerialNumber left, SerialNumber right) => !left.Equals(right);

    /// <summary>Order by number.</summary>
    public static bool operator <(SerialNumber left, SerialNumber right) => left.CompareTo(right) < 0;

    /// <summary>Order by number.</summary>
    public static bool operator >(SerialNumber left, SerialNumber right) => left.CompareTo(right) > 0;

    /// <summary>Order by number.</summary>
    public static bool operator <=(SerialNumber left, SerialNumber right) => left.CompareTo(right) <= 0;

    /// <summary>Order by number.</summary>
    public static bool operator >=(SerialNumber left, SerialNumber right) => left.CompareTo(right) >= 0;

    /// <summary>Lower-case hex of the number, an even number of digits, no leading zero byte; a negative number (never ours) with a minus before the hex of its absolute value.</summary>
    public override string ToString()
    {
        if (Content[0] < 0x80)
        {
            return Convert.ToHexStringLower(Magnitude);
        }

        return "-" + Convert.ToHexStringLower(BigInteger.Negate(new BigInteger(Content, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true));
    }
}
