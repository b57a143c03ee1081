using System.Buffers.Binary;

namespace Hufu.Ca.Rules;

/// <summary>A serial in 24 bytes, whole (R11), ordered as its lower-case hex is: what lists with millions of entries are compared by. At most 21 content bytes.</summary>
/// <param name="High">The first eight bytes.</param>
/// <param name="Middle">The next eight.</param>
/// <param name="Low">The last five, then three of which the lowest is the length.</param>
internal readonly record struct SerialKey(ulong High, ulong Middle, ulong Low) : IComparable<SerialKey>
{
    /// <summary>Most content bytes of a serial: 20, and a leading zero.</summary>
    public const int MaxLength = 21;

    public int Length => (byte)Low;

    public static SerialKey FromBytes(ReadOnlySpan<byte> content)
    {
        if (content.Length is 0 or > MaxLength)
        {
            throw new FormatException("A serial has 1 to 21 bytes.");
        }

        Span<byte> padded = stackalloc byte[24];
        padded.Clear();
        content.CopyTo(padded);
        padded[23] = (byte)content.Length;
        return new SerialKey(BinaryPrimitives.ReadUInt64BigEndian(padded), BinaryPrimitives.ReadUInt64BigEndian(padded[8..]), BinaryPrimitives.ReadUInt64BigEndian(padded[16..]));
    }

    public static SerialKey Parse(string hex)
    {
        Span<byte> content = stackalloc byte[MaxLength];
        return hex.Length <= 2 * MaxLength && Convert.FromHexString(hex, content, out var used, out var written) == System.Buffers.OperationStatus.Done && used == hex.Length
            ? FromBytes(content[..written])
            : throw new FormatException("A kept serial is not readable.");
    }

    /// <summary>From hex in ASCII.</summary>
    public static SerialKey Parse(ReadOnlySpan<byte> hex)
    {
        Span<byte> content = stackalloc byte[MaxLength];
        return hex.Length <= 2 * MaxLength && Convert.FromHexString(hex, content, out var used, out var written) == System.Buffers.OperationStatus.Done && used == hex.Length
            ? FromBytes(content[..written])
            : throw new FormatException("A kept serial is not readable.");
    }

    /// <summary>Writes the content bytes.</summary>
    /// <returns>How many.</returns>
    public int CopyTo(Span<byte> destination)
    {
        Span<byte> padded = stackalloc byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(padded, High);
        BinaryPrimitives.WriteUInt64BigEndian(padded[8..], Middle);
        BinaryPrimitives.WriteUInt64BigEndian(padded[16..], Low);
        padded[..Length].CopyTo(destination);
        return Length;
    }

    public int CompareTo(SerialKey other) =>
        High != other.High ? High.CompareTo(other.High) : Middle != other.Middle ? Middle.CompareTo(other.Middle) : Low.CompareTo(other.Low);

    public override string ToString()
    {
        Span<byte> content = stackalloc byte[MaxLength];
        return Convert.ToHexStringLower(content[..CopyTo(content)]);
    }

    /// <summary>A serial's hex as a key, for the few places where somebody writes one.</summary>
    public static implicit operator SerialKey(string hex) => Parse(hex);
}
