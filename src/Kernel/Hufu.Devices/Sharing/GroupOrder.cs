using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Hufu.Devices;

/// <summary>
/// Arithmetic modulo n, the order of the SM2 group (GB/T 32918.5), on 32-byte big-endian values below n. Made for a handful of secret values in a
/// ceremony: no branch and no index depends on a value, and scratch is zeroed; speed does not matter.
/// </summary>
internal static class GroupOrder
{
    public const int Size = 32;

    // n = FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF 7203DF6B 21C6052B 53BBF409 39D54123, least significant limb first
    private static ReadOnlySpan<ulong> N => [0x53BBF40939D54123, 0x7203DF6B21C6052B, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFEFFFFFFFF];

    /// <summary>True for 1 to n − 1.</summary>
    public static bool IsElement(ReadOnlySpan<byte> value)
    {
        if (value.Length != Size)
        {
            return false;
        }

        Span<ulong> limbs = stackalloc ulong[4];
        Span<ulong> scratch = stackalloc ulong[4];
        Read(value, limbs);
        ulong borrow = Subtract(limbs, N, scratch);
        ulong any = limbs[0] | limbs[1] | limbs[2] | limbs[3];
        Clear(limbs, scratch);
        return borrow == 1 && any != 0;
    }

    /// <summary>result = a + b mod n. The result may be either operand.</summary>
    public static void Add(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> result)
    {
        Span<ulong> x = stackalloc ulong[4];
        Span<ulong> y = stackalloc ulong[4];
        Read(a, x);
        Read(b, y);
        AddModulo(x, y);
        Write(x, result);
        Clear(x, y);
    }

    /// <summary>result = a − b mod n. The result may be either operand.</summary>
    public static void Subtract(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> result)
    {
        Span<ulong> x = stackalloc ulong[4];
        Span<ulong> y = stackalloc ulong[4];
        Span<ulong> difference = stackalloc ulong[4];
        Span<ulong> corrected = stackalloc ulong[4];
        Read(a, x);
        Read(b, y);
        ulong mask = 0 - Subtract(x, y, difference);
        Span<ulong> correction = stackalloc ulong[4];
        for (int i = 0; i < 4; i++)
        {
            correction[i] = N[i] & mask;
        }

        AddLimbs(difference, correction, corrected);
        Write(corrected, result);
        Clear(x, y);
        Clear(difference, corrected);
    }

    /// <summary>result = a × b mod n, by doubling and adding over all 256 bits of b. The result may be either operand.</summary>
    public static void Multiply(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> result)
    {
        Span<ulong> x = stackalloc ulong[4];
        Span<ulong> y = stackalloc ulong[4];
        Span<ulong> product = stackalloc ulong[4];
        Span<ulong> addend = stackalloc ulong[4];
        Read(a, x);
        Read(b, y);
        product.Clear();
        for (int bit = 255; bit >= 0; bit--)
        {
            product.CopyTo(addend);
            AddModulo(product, addend);
            ulong mask = 0 - ((y[bit >> 6] >> (bit & 63)) & 1);
            for (int i = 0; i < 4; i++)
            {
                addend[i] = x[i] & mask;
            }

            AddModulo(product, addend);
        }

        Write(product, result);
        Clear(x, y);
        Clear(product, addend);
    }

    /// <summary>result = a⁻¹ mod n = a^(n − 2). The value 0 gives 0.</summary>
    public static void Invert(ReadOnlySpan<byte> a, Span<byte> result)
    {
        Span<byte> power = stackalloc byte[Size];
        Span<byte> value = stackalloc byte[Size];
        power.Clear();
        power[^1] = 1;
        a.CopyTo(value);
        for (int bit = 255; bit >= 0; bit--)
        {
            Multiply(power, power, power);
            ulong limb = bit < 64 ? N[0] - 2 : N[bit >> 6];
            if (((limb >> (bit & 63)) & 1) == 1) // the exponent is public
            {
                Multiply(power, value, power);
            }
        }

        power.CopyTo(result);
        CryptographicOperations.ZeroMemory(power);
        CryptographicOperations.ZeroMemory(value);
    }

    /// <summary>x = x + y mod n, for x, y below n.</summary>
    private static void AddModulo(Span<ulong> x, ReadOnlySpan<ulong> y)
    {
        Span<ulong> sum = stackalloc ulong[4];
        Span<ulong> reduced = stackalloc ulong[4];
        ulong carry = AddLimbs(x, y, sum);
        ulong borrow = Subtract(sum, N, reduced);
        ulong keepSum = 0 - (borrow & ~carry & 1); // the sum is below n exactly when nothing carried and n did not fit in
        for (int i = 0; i < 4; i++)
        {
            x[i] = (sum[i] & keepSum) | (reduced[i] & ~keepSum);
        }

        Clear(sum, reduced);
    }

    private static ulong AddLimbs(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> sum)
    {
        UInt128 carry = 0;
        for (int i = 0; i < 4; i++)
        {
            carry += (UInt128)x[i] + y[i];
            sum[i] = (ulong)carry;
            carry >>= 64;
        }

        return (ulong)carry;
    }

    private static ulong Subtract(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> difference)
    {
        ulong borrow = 0;
        for (int i = 0; i < 4; i++)
        {
            UInt128 d = (UInt128)x[i] - y[i] - borrow;
            difference[i] = (ulong)d;
            borrow = (ulong)(d >> 64) & 1;
        }

        return borrow;
    }

    private static void Read(ReadOnlySpan<byte> value, Span<ulong> limbs)
    {
        for (int i = 0; i < 4; i++)
        {
            limbs[i] = BinaryPrimitives.ReadUInt64BigEndian(value[(24 - (8 * i))..]);
        }
    }

    private static void Write(ReadOnlySpan<ulong> limbs, Span<byte> value)
    {
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(value[(24 - (8 * i))..], limbs[i]);
        }
    }

    private static void Clear(Span<ulong> a, Span<ulong> b)
    {
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(a));
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(b));
    }
}
