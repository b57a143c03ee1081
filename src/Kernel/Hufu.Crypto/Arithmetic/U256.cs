using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Hufu.Crypto;

/// <summary>A 256-bit integer as four words, the least significant first. Every operation takes the same time for every value.</summary>
internal struct U256
{
    internal ulong W0, W1, W2, W3;

    internal U256(ulong w3, ulong w2, ulong w1, ulong w0) => (W0, W1, W2, W3) = (w0, w1, w2, w3);

    /// <summary>The prime of the field, 2²⁵⁶ − 2²²⁴ − 2⁹⁶ + 2⁶⁴ − 1.</summary>
    internal static U256 P => new(0xFFFFFFFEFFFFFFFF, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFF00000000, 0xFFFFFFFFFFFFFFFF);

    /// <summary>The order of the group, a prime.</summary>
    internal static U256 N => new(0xFFFFFFFEFFFFFFFF, 0xFFFFFFFFFFFFFFFF, 0x7203DF6B21C6052B, 0x53BBF40939D54123);

    /// <summary>All ones when the value is zero, else zero.</summary>
    internal readonly ulong IsZeroMask => ZeroMask(W0 | W1 | W2 | W3);

    internal static U256 Read(ReadOnlySpan<byte> octets) => new(
        BinaryPrimitives.ReadUInt64BigEndian(octets),
        BinaryPrimitives.ReadUInt64BigEndian(octets[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(octets[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(octets[24..]));

    internal readonly void Write(Span<byte> octets)
    {
        BinaryPrimitives.WriteUInt64BigEndian(octets, W3);
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], W2);
        BinaryPrimitives.WriteUInt64BigEndian(octets[16..], W1);
        BinaryPrimitives.WriteUInt64BigEndian(octets[24..], W0);
    }

    /// <summary>r = a − b mod 2²⁵⁶.</summary>
    /// <returns>All ones when a &lt; b, else zero.</returns>
    internal static ulong Subtract(in U256 a, in U256 b, out U256 r)
    {
        ulong borrow = SubtractWord(a.W0, b.W0, 0, out r.W0);
        borrow = SubtractWord(a.W1, b.W1, borrow, out r.W1);
        borrow = SubtractWord(a.W2, b.W2, borrow, out r.W2);
        borrow = SubtractWord(a.W3, b.W3, borrow, out r.W3);
        return 0 - borrow;
    }

    /// <summary>r = a + b mod 2²⁵⁶.</summary>
    /// <returns>The carry, 0 or 1.</returns>
    internal static ulong Add(in U256 a, in U256 b, out U256 r)
    {
        ulong carry = AddWord(a.W0, b.W0, 0, out r.W0);
        carry = AddWord(a.W1, b.W1, carry, out r.W1);
        carry = AddWord(a.W2, b.W2, carry, out r.W2);
        return AddWord(a.W3, b.W3, carry, out r.W3);
    }

    /// <summary>All ones when a &lt; b, else zero.</summary>
    internal static ulong LessMask(in U256 a, in U256 b) => Subtract(a, b, out _);

    /// <summary><paramref name="whenSet"/> where <paramref name="mask"/> is all ones, <paramref name="whenClear"/> where it is zero.</summary>
    internal static U256 Select(ulong mask, in U256 whenSet, in U256 whenClear) => new(
        whenClear.W3 ^ (mask & (whenClear.W3 ^ whenSet.W3)),
        whenClear.W2 ^ (mask & (whenClear.W2 ^ whenSet.W2)),
        whenClear.W1 ^ (mask & (whenClear.W1 ^ whenSet.W1)),
        whenClear.W0 ^ (mask & (whenClear.W0 ^ whenSet.W0)));

    /// <summary>The value less m when it is not below m: full reduction of a value below 2m.</summary>
    internal static U256 SubtractOnce(in U256 a, in U256 m)
    {
        ulong below = Subtract(a, m, out U256 less);
        return Select(below, a, less);
    }

    /// <summary>All ones when x is zero, else zero: the top bit of x | −x is set exactly when x ≠ 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong ZeroMask(ulong x) => ((x | (0 - x)) >> 63) - 1;

    // The borrow and carry come from the top bits of the words (Hacker's Delight 2-13), so that no compiler is tempted to branch on a comparison.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SubtractWord(ulong a, ulong b, ulong borrow, out ulong r)
    {
        r = a - b - borrow;
        return ((~a & b) | (~(a ^ b) & r)) >> 63;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddWord(ulong a, ulong b, ulong carry, out ulong r)
    {
        r = a + b + carry;
        return ((a & b) | ((a | b) & ~r)) >> 63;
    }
}
