using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>Integers modulo the group order n, each fully reduced. Constant time throughout; a signature needs one product, so plainness goes before speed here.</summary>
internal static class Scalar
{
    private const ulong Mask = FieldElement.Mask;

    /// <summary>−1/n mod 2⁵².</summary>
    private const ulong NegativeInverse = 0xF9E8872350975;

    /// <summary>R² mod n for R = 2²⁶⁰.</summary>
    private static FieldElement RSquared => new(0xC16674A517DE6, 0x507A6E5F7C418, 0xFE0D44507DC1C, 0x3B620FC84C3AF, 0xB5E412C02B3D);

    /// <summary>Any 256-bit value mod n; 2²⁵⁶ &lt; 2n, so one subtraction does it.</summary>
    internal static U256 Reduce(in U256 a) => U256.SubtractOnce(a, U256.N);

    /// <summary>a + b mod n.</summary>
    internal static U256 Add(in U256 a, in U256 b)
    {
        ulong carry = U256.Add(a, b, out U256 sum);
        ulong below = U256.Subtract(sum, U256.N, out U256 less);
        return U256.Select(below & (carry - 1), sum, less);
    }

    /// <summary>a − b mod n.</summary>
    internal static U256 Subtract(in U256 a, in U256 b)
    {
        ulong below = U256.Subtract(a, b, out U256 difference);
        U256.Add(difference, U256.N, out U256 wrapped);
        return U256.Select(below, wrapped, difference);
    }

    /// <summary>−a mod n.</summary>
    internal static U256 Negate(in U256 a) => Subtract(default, a);

    /// <summary>a·R mod n: what <see cref="MultiplyMontgomery"/> takes as one factor so that the product comes out plain.</summary>
    internal static U256 ToMontgomery(in U256 a) => Product(FieldElement.Split(a), RSquared);

    /// <summary>a·b/R mod n.</summary>
    internal static U256 MultiplyMontgomery(in U256 a, in U256 b) => Product(FieldElement.Split(a), FieldElement.Split(b));

    /// <summary>1/a mod n; zero for zero.</summary>
    internal static U256 Invert(in U256 a) => SafeGcd.InvertModN(a);

    /// <summary>All ones when 1 ≤ a ≤ n − 1.</summary>
    internal static ulong IsValidMask(in U256 a) => U256.LessMask(a, U256.N) & ~a.IsZeroMask;

    /// <summary>Wipes a value that was secret.</summary>
    internal static void Clear(ref U256 a) => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<U256>(ref a)));

    // Montgomery, row by row as in FieldElement.Multiply, but n has no special form: m·n in full. The result is below ab/R + n < 2n, one subtraction makes it less than n.
    private static U256 Product(in FieldElement a, in FieldElement b)
    {
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, t5 = 0;
        Row(a.L0, b, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        Row(a.L1, b, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        Row(a.L2, b, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        Row(a.L3, b, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        Row(a.L4, b, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        t1 += t0 >> 52;
        t2 += t1 >> 52;
        t3 += t2 >> 52;
        t4 += t3 >> 52;
        FieldElement value = new(t0 & Mask, t1 & Mask, t2 & Mask, t3 & Mask, t4);
        return ReduceOnce(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(ulong x, in FieldElement b, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ref ulong t4, ref ulong t5)
    {
        FieldElement n = FieldElement.Split(U256.N);
        Accumulate(x, b, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        ulong m = (t0 * NegativeInverse) & Mask;
        Accumulate(m, n, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        (t0, t1, t2, t3, t4, t5) = (t1 + (t0 >> 52), t2, t3, t4, t5, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(ulong x, in FieldElement b, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ref ulong t4, ref ulong t5)
    {
        ulong b0 = b.L0 << 12, b1 = b.L1 << 12, b2 = b.L2 << 12, b3 = b.L3 << 12, b4 = b.L4 << 12;
        t0 += (x * b0) >> 12;
        t1 += WideProduct.High(x, b0) + ((x * b1) >> 12);
        t2 += WideProduct.High(x, b1) + ((x * b2) >> 12);
        t3 += WideProduct.High(x, b2) + ((x * b3) >> 12);
        t4 += WideProduct.High(x, b3) + ((x * b4) >> 12);
        t5 += WideProduct.High(x, b4);
    }

    // The value may reach 2n > 2^256: its bit 256 is bit 48 of the top limb.
    private static U256 ReduceOnce(in FieldElement value)
    {
        U256 low = FieldElement.Join(value);
        ulong overflow = 0 - (value.L4 >> 48);
        ulong below = U256.Subtract(low, U256.N, out U256 less);
        return U256.Select(below & ~overflow, low, less);
    }
}
