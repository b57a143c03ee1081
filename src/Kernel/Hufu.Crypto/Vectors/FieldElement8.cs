using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <summary>Eight elements of GF(p) side by side, one a lane of AVX-512: five signed limbs of 52 bits held as whole numbers in doubles, Montgomery form with R = 2²⁶⁰. No branch, no memory access depends on values.</summary>
/// <remarks>
/// <para>The product of two limbs is exact in two fused multiply-adds. With c = 3·2¹⁰³, hi = fma(a, b, c) rounded down has ulp 2⁵², so hi − c = 2⁵²⌊ab/2⁵²⌋; then lo = fma(a, b, (c + 2⁵²) − hi) = 2⁵² + ab mod 2⁵²
/// without rounding. The low 52 bits of both are the integers wanted, and columns are summed as integers over the raw doubles; what exponents and offsets add up to is known beforehand and is where each column starts.
/// hi stays in one binade, [2¹⁰⁴, 2¹⁰⁵], as long as |ab| ≤ 2¹⁰³: that is the rule of sizes in <see cref="IField{T}"/>, size 1 meaning |limb| ≤ 2⁵¹.</para>
/// <para>Values, in units of p: <see cref="Tighten"/> leaves at most 0.51. A product of x and y lies between −|xy|/16 and |xy|/16 + 1, since the multiple of p added has 0 ≤ M &lt; R; so products are below 1.2 throughout the formulas,
/// sums of three below 3.6, and a top limb (2⁴⁸ is one p) never leaves ±2⁵⁰.</para>
/// </remarks>
internal partial struct FieldElement8 : IField<FieldElement8>
{
    internal Vector512<double> L0, L1, L2, L3, L4;

    private const ulong Mask = FieldElement.Mask;

    /// <summary>The raw bits of 2⁵², of c = 3·2¹⁰³, and of 3·2⁵¹, whose mantissa holds a signed 51-bit integer.</summary>
    private const ulong LowBits = 0x4330000000000000, HighBits = 0x4678000000000000, SignedBits = 0x4338000000000000;

    /// <summary>The raw bits of 3·2⁹⁹, whose ulp is 2⁴⁸.</summary>
    private const ulong TopBits = 0x4638000000000000;

    /// <summary>Added to a column before it is cut at bit 52, so that the cut rounds to the nearest and what is left is signed.</summary>
    private const ulong Half = 1UL << 51;

    private static Vector512<double> C => Vector512.Create(HighBits).AsDouble();

    private static Vector512<double> CPlus => Vector512.Create(HighBits + 1).AsDouble();

    internal static bool IsSupported => Avx512DQ.IsSupported && Vector512.IsHardwareAccelerated;

    /// <summary>r = a·b/R: column by column, each of the first five followed by its step of reduction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in FieldElement8 a, in FieldElement8 b, out FieldElement8 r)
    {
        Vector512<double> a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3, a4 = a.L4, b0 = b.L0, b1 = b.L1, b2 = b.L2, b3 = b.L3, b4 = b.L4;

        Vector512<ulong> t0 = Start(1, 0, 0);
        Vector512<ulong> t1 = Start(2, 1, 0);
        Vector512<ulong> t2 = Start(3, 2, 0);
        Vector512<ulong> t3 = Start(4, 3, 0);
        Vector512<ulong> t4 = Start(6, 4, 0);
        Vector512<ulong> t5 = Start(5, 6, Half);
        Vector512<ulong> t6 = Start(4, 5, Half);
        Vector512<ulong> t7 = Start(3, 4, Half);
        Vector512<ulong> t8 = Start(2, 3, Half);
        Vector512<ulong> t9 = Start(0, 2, SignedBits);
        Vector512<double> h;

        h = High(a0, b0);
        t0 += Low(a0, b0, h);
        t1 += h.AsUInt64();
        Reduce(t0, ref t1, ref t2, ref t4, ref t5);
        h = High(a0, b1);
        t1 += Low(a0, b1, h);
        t2 += h.AsUInt64();
        h = High(a1, b0);
        t1 += Low(a1, b0, h);
        t2 += h.AsUInt64();
        Reduce(t1, ref t2, ref t3, ref t5, ref t6);
        h = High(a0, b2);
        t2 += Low(a0, b2, h);
        t3 += h.AsUInt64();
        h = High(a1, b1);
        t2 += Low(a1, b1, h);
        t3 += h.AsUInt64();
        h = High(a2, b0);
        t2 += Low(a2, b0, h);
        t3 += h.AsUInt64();
        Reduce(t2, ref t3, ref t4, ref t6, ref t7);
        h = High(a0, b3);
        t3 += Low(a0, b3, h);
        t4 += h.AsUInt64();
        h = High(a1, b2);
        t3 += Low(a1, b2, h);
        t4 += h.AsUInt64();
        h = High(a2, b1);
        t3 += Low(a2, b1, h);
        t4 += h.AsUInt64();
        h = High(a3, b0);
        t3 += Low(a3, b0, h);
        t4 += h.AsUInt64();
        Reduce(t3, ref t4, ref t5, ref t7, ref t8);
        h = High(a0, b4);
        t4 += Low(a0, b4, h);
        t5 += h.AsUInt64();
        h = High(a1, b3);
        t4 += Low(a1, b3, h);
        t5 += h.AsUInt64();
        h = High(a2, b2);
        t4 += Low(a2, b2, h);
        t5 += h.AsUInt64();
        h = High(a3, b1);
        t4 += Low(a3, b1, h);
        t5 += h.AsUInt64();
        h = High(a4, b0);
        t4 += Low(a4, b0, h);
        t5 += h.AsUInt64();
        Reduce(t4, ref t5, ref t6, ref t8, ref t9);
        h = High(a1, b4);
        t5 += Low(a1, b4, h);
        t6 += h.AsUInt64();
        h = High(a2, b3);
        t5 += Low(a2, b3, h);
        t6 += h.AsUInt64();
        h = High(a3, b2);
        t5 += Low(a3, b2, h);
        t6 += h.AsUInt64();
        h = High(a4, b1);
        t5 += Low(a4, b1, h);
        t6 += h.AsUInt64();
        h = High(a2, b4);
        t6 += Low(a2, b4, h);
        t7 += h.AsUInt64();
        h = High(a3, b3);
        t6 += Low(a3, b3, h);
        t7 += h.AsUInt64();
        h = High(a4, b2);
        t6 += Low(a4, b2, h);
        t7 += h.AsUInt64();
        h = High(a3, b4);
        t7 += Low(a3, b4, h);
        t8 += h.AsUInt64();
        h = High(a4, b3);
        t7 += Low(a4, b3, h);
        t8 += h.AsUInt64();
        h = High(a4, b4);
        t8 += Low(a4, b4, h);
        t9 += h.AsUInt64();

        Carry(t5, t6, t7, t8, t9, out r);
    }

    /// <summary>r = a²/R: fifteen products, those off the diagonal with one factor doubled (hence size 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Square(in FieldElement8 a, out FieldElement8 r)
    {
        Vector512<double> a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3, a4 = a.L4, d0 = a0 + a0, d1 = a1 + a1, d2 = a2 + a2, d3 = a3 + a3;

        Vector512<ulong> t0 = Start(1, 0, 0);
        Vector512<ulong> t1 = Start(1, 1, 0);
        Vector512<ulong> t2 = Start(2, 1, 0);
        Vector512<ulong> t3 = Start(2, 2, 0);
        Vector512<ulong> t4 = Start(4, 2, 0);
        Vector512<ulong> t5 = Start(3, 4, Half);
        Vector512<ulong> t6 = Start(3, 3, Half);
        Vector512<ulong> t7 = Start(2, 3, Half);
        Vector512<ulong> t8 = Start(2, 2, Half);
        Vector512<ulong> t9 = Start(0, 2, SignedBits);
        Vector512<double> h;

        h = High(a0, a0);
        t0 += Low(a0, a0, h);
        t1 += h.AsUInt64();
        Reduce(t0, ref t1, ref t2, ref t4, ref t5);
        h = High(d0, a1);
        t1 += Low(d0, a1, h);
        t2 += h.AsUInt64();
        Reduce(t1, ref t2, ref t3, ref t5, ref t6);
        h = High(d0, a2);
        t2 += Low(d0, a2, h);
        t3 += h.AsUInt64();
        h = High(a1, a1);
        t2 += Low(a1, a1, h);
        t3 += h.AsUInt64();
        Reduce(t2, ref t3, ref t4, ref t6, ref t7);
        h = High(d0, a3);
        t3 += Low(d0, a3, h);
        t4 += h.AsUInt64();
        h = High(d1, a2);
        t3 += Low(d1, a2, h);
        t4 += h.AsUInt64();
        Reduce(t3, ref t4, ref t5, ref t7, ref t8);
        h = High(d0, a4);
        t4 += Low(d0, a4, h);
        t5 += h.AsUInt64();
        h = High(d1, a3);
        t4 += Low(d1, a3, h);
        t5 += h.AsUInt64();
        h = High(a2, a2);
        t4 += Low(a2, a2, h);
        t5 += h.AsUInt64();
        Reduce(t4, ref t5, ref t6, ref t8, ref t9);
        h = High(d1, a4);
        t5 += Low(d1, a4, h);
        t6 += h.AsUInt64();
        h = High(d2, a3);
        t5 += Low(d2, a3, h);
        t6 += h.AsUInt64();
        h = High(d2, a4);
        t6 += Low(d2, a4, h);
        t7 += h.AsUInt64();
        h = High(a3, a3);
        t6 += Low(a3, a3, h);
        t7 += h.AsUInt64();
        h = High(d3, a4);
        t7 += Low(d3, a4, h);
        t8 += h.AsUInt64();
        h = High(a4, a4);
        t8 += Low(a4, a4, h);
        t9 += h.AsUInt64();

        Carry(t5, t6, t7, t8, t9, out r);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(in FieldElement8 a, in FieldElement8 b, out FieldElement8 r)
    {
        r.L0 = a.L0 - b.L0;
        r.L1 = a.L1 - b.L1;
        r.L2 = a.L2 - b.L2;
        r.L3 = a.L3 - b.L3;
        r.L4 = a.L4 - b.L4;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Twice(in FieldElement8 a, out FieldElement8 r)
    {
        r.L0 = a.L0 + a.L0;
        r.L1 = a.L1 + a.L1;
        r.L2 = a.L2 + a.L2;
        r.L3 = a.L3 + a.L3;
        r.L4 = a.L4 + a.L4;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTight(in FieldElement8 a, in FieldElement8 b, out FieldElement8 r) =>
        Tighten(a.L0 + b.L0, a.L1 + b.L1, a.L2 + b.L2, a.L3 + b.L3, a.L4 + b.L4, out r);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractTight(in FieldElement8 a, in FieldElement8 b, out FieldElement8 r) =>
        Tighten(a.L0 - b.L0, a.L1 - b.L1, a.L2 - b.L2, a.L3 - b.L3, a.L4 - b.L4, out r);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractTwiceTight(in FieldElement8 a, in FieldElement8 b, out FieldElement8 r) =>
        Tighten(a.L0 - b.L0 - b.L0, a.L1 - b.L1 - b.L1, a.L2 - b.L2 - b.L2, a.L3 - b.L3 - b.L3, a.L4 - b.L4 - b.L4, out r);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SubtractBothTight(in FieldElement8 a, in FieldElement8 b, in FieldElement8 c, out FieldElement8 r) =>
        Tighten(a.L0 - b.L0 - c.L0, a.L1 - b.L1 - c.L1, a.L2 - b.L2 - c.L2, a.L3 - b.L3 - c.L3, a.L4 - b.L4 - c.L4, out r);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TimesTight(in FieldElement8 a, int k, out FieldElement8 r)
    {
        Vector512<double> factor = Vector512.Create((double)k);
        Tighten(a.L0 * factor, a.L1 * factor, a.L2 * factor, a.L3 * factor, a.L4 * factor, out r);
    }

    /// <summary>Folds the multiple q of 2²⁵⁶ nearest to the value back as q·(2²²⁴ + 2⁹⁶ − 2⁶⁴ + 1), the same mod p, then carries. Half of 2²⁵⁶ at most stays, and 2⁵¹ in a limb.</summary>
    /// <remarks>Adding and taking off a number whose ulp is 2⁵² (or 2⁴⁸) rounds to a multiple of that.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tighten(Vector512<double> l0, Vector512<double> l1, Vector512<double> l2, Vector512<double> l3, Vector512<double> l4, out FieldElement8 r)
    {
        Vector512<double> top = Vector512.Create(TopBits).AsDouble(), scale = Vector512.Create(1.0 / (1L << 52));
        Vector512<double> q = (l4 + top) - top;
        l4 = Avx512F.FusedMultiplyAdd(q, Vector512.Create(1.0 / (1L << 32)), l4 - q);
        l0 = Avx512F.FusedMultiplyAdd(q, Vector512.Create(1.0 / (1L << 48)), l0);
        l1 = Avx512F.FusedMultiplyAdd(q, Vector512.Create((1.0 / 16) - (1.0 / (1L << 36))), l1);
        Vector512<double> carry = (l0 + C) - C;
        r.L0 = l0 - carry;
        l1 = Avx512F.FusedMultiplyAdd(carry, scale, l1);
        carry = (l1 + C) - C;
        r.L1 = l1 - carry;
        l2 = Avx512F.FusedMultiplyAdd(carry, scale, l2);
        carry = (l2 + C) - C;
        r.L2 = l2 - carry;
        l3 = Avx512F.FusedMultiplyAdd(carry, scale, l3);
        carry = (l3 + C) - C;
        r.L3 = l3 - carry;
        r.L4 = Avx512F.FusedMultiplyAdd(carry, scale, l4);
    }

    /// <summary>Where a column starts: minus the raw bits of the constants that its terms carry, plus what its end wants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Start(ulong lows, ulong highs, ulong offset) => Vector512.Create(unchecked(offset - (lows * LowBits) - (highs * HighBits)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> High(Vector512<double> a, Vector512<double> b) => Avx512F.FusedMultiplyAdd(a, b, C, FloatRoundingMode.ToNegativeInfinity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Low(Vector512<double> a, Vector512<double> b, Vector512<double> high) => Avx512F.FusedMultiplyAdd(a, b, CPlus - high).AsUInt64();

    /// <summary>The signed low 52 bits of a column that holds Half more than its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Cut(Vector512<ulong> t) =>
        ((t & Vector512.Create(Mask)) | Vector512.Create(LowBits)).AsDouble() - Vector512.Create(SignedBits).AsDouble();

    /// <summary>One step of reduction, as in <see cref="FieldElement"/>: m = t0 mod 2⁵²; m·(2¹² − 2⁴⁴) into the next columns, m·(2⁴⁸ − 2¹⁶) into the fourth.</summary>
    /// <remarks>The first by shifts, because the next step waits for it: four instructions of one cycle each. The second, for which nothing waits, by two fused multiply-adds.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(Vector512<ulong> t0, ref Vector512<ulong> t1, ref Vector512<ulong> t2, ref Vector512<ulong> t4, ref Vector512<ulong> t5)
    {
        Vector512<ulong> mask = Vector512.Create(Mask), m = t0 & mask;
        t1 += (t0.AsInt64() >> 52).AsUInt64() + ((m << 12) & mask);
        t1 -= (m << 44) & mask;
        t2 += (m >> 40) - (m >> 8);
        Vector512<double> high = Vector512.Create((double)((1L << 48) - (1L << 16)));
        Vector512<double> factor = (m | Vector512.Create(LowBits)).AsDouble() - Vector512.Create(LowBits).AsDouble();
        Vector512<double> h = High(factor, high);
        t4 += Low(factor, high, h);
        t5 += h.AsUInt64();
    }

    /// <summary>Carries from column to column and back to doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(Vector512<ulong> t5, Vector512<ulong> t6, Vector512<ulong> t7, Vector512<ulong> t8, Vector512<ulong> t9, out FieldElement8 r)
    {
        t6 += (t5.AsInt64() >> 52).AsUInt64();
        t7 += (t6.AsInt64() >> 52).AsUInt64();
        t8 += (t7.AsInt64() >> 52).AsUInt64();
        t9 += (t8.AsInt64() >> 52).AsUInt64();
        r.L0 = Cut(t5);
        r.L1 = Cut(t6);
        r.L2 = Cut(t7);
        r.L3 = Cut(t8);
        r.L4 = t9.AsDouble() - Vector512.Create(SignedBits).AsDouble();
    }
}
