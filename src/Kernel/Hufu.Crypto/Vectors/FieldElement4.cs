using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <summary>Four elements of GF(p) side by side for AVX2 with FMA: the limbs of <see cref="FieldElement8"/>, signed whole numbers in doubles, Montgomery form with R = 2²⁶⁰. No branch, no memory access depends on values.</summary>
/// <remarks>
/// <para>AVX2 has no rounding mode in an instruction, so the high part of a product of limbs is rounded to nearest: with C = 3·2¹⁰³ and |ab| ≤ 2¹⁰³, hi = fma(a, b, C) lies in [2¹⁰⁴, 2¹⁰⁵] where the ulp is 2⁵²: hi = C + 2⁵²h with
/// h = round(ab/2⁵²). The rest l = fma(a, b, C − hi) is exact, |l| ≤ 2⁵¹, and l + 3·2⁵¹ has ulp 1. The raw bits of both are their integers plus a constant known beforehand; columns are summed as integers over the raw bits.</para>
/// <para>Every |limb| is at most 2⁵¹ (<see cref="Columns4"/> sees to it), so a product is at most 2¹⁰², and 2¹⁰³ where a square doubles a factor. A product of values x, y lies between −|xy|/16 and |xy|/16 + 1, in units of p.</para>
/// </remarks>
internal partial struct FieldElement4
{
    internal Vector256<double> L0, L1, L2, L3, L4;

    private const ulong Mask = FieldElement.Mask;

    /// <summary>The raw bits of 2⁵², of 3·2⁵¹ and of C = 3·2¹⁰³.</summary>
    internal const ulong LowBits = 0x4330000000000000, SignedBits = 0x4338000000000000, HighBits = 0x4678000000000000;

    /// <summary>Columns are kept above zero by 2⁶³, because AVX2 shifts right without sign only; cut at bit 52 this carries 2¹¹ into the next column, which is taken off there beforehand.</summary>
    internal const ulong Full = 1UL << 63, Carried = Full >> 52;

    /// <summary>What the columns of a product hold beyond their value: <see cref="Full"/>, and 2⁵¹ so that a cut at bit 52 rounds to nearest and leaves a signed limb; the top column is turned into a double by its raw bits.</summary>
    internal const ulong Bias0 = Full + (1UL << 51), Bias = Bias0 - Carried, BiasTop = SignedBits - Carried;

    private static Vector256<double> C => Vector256.Create(HighBits).AsDouble();

    internal static bool IsSupported => Fma.IsSupported && Avx2.IsSupported;

    /// <summary>r = a·b/R, in columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply(in FieldElement4 a, in FieldElement4 b, out Columns4 r)
    {
        Vector256<double> a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3, a4 = a.L4, b0 = b.L0, b1 = b.L1, b2 = b.L2, b3 = b.L3, b4 = b.L4;

        Vector256<ulong> t0 = Start(1, 0, Full);
        Vector256<ulong> t1 = Start(2, 1, Full - Carried);
        Vector256<ulong> t2 = Start(3, 2, Full - Carried);
        Vector256<ulong> t3 = Start(4, 3, Full - Carried);
        Vector256<ulong> t4 = Start(5, 4, Full - Carried);
        Vector256<ulong> t5 = Start(4, 5, Bias0 - Carried);
        Vector256<ulong> t6 = Start(3, 4, Bias);
        Vector256<ulong> t7 = Start(2, 3, Bias);
        Vector256<ulong> t8 = Start(1, 2, Bias);
        Vector256<ulong> t9 = Start(0, 1, BiasTop);
        Vector256<double> h;

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
        r.C0 = t5;
        r.C1 = t6;
        r.C2 = t7;
        r.C3 = t8;
        r.C4 = t9;
    }

    /// <summary>r = a²/R, in columns: fifteen products, those off the diagonal with one factor doubled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Square(in FieldElement4 a, out Columns4 r)
    {
        Vector256<double> a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3, a4 = a.L4, d0 = a0 + a0, d1 = a1 + a1, d2 = a2 + a2, d3 = a3 + a3;

        Vector256<ulong> t0 = Start(1, 0, Full);
        Vector256<ulong> t1 = Start(1, 1, Full - Carried);
        Vector256<ulong> t2 = Start(2, 1, Full - Carried);
        Vector256<ulong> t3 = Start(2, 2, Full - Carried);
        Vector256<ulong> t4 = Start(3, 2, Full - Carried);
        Vector256<ulong> t5 = Start(2, 3, Bias0 - Carried);
        Vector256<ulong> t6 = Start(2, 2, Bias);
        Vector256<ulong> t7 = Start(1, 2, Bias);
        Vector256<ulong> t8 = Start(1, 1, Bias);
        Vector256<ulong> t9 = Start(0, 1, BiasTop);
        Vector256<double> h;

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
        r.C0 = t5;
        r.C1 = t6;
        r.C2 = t7;
        r.C3 = t8;
        r.C4 = t9;
    }

    /// <summary>Where a column starts: minus the raw bits of the constants that its terms carry, plus its bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Start(ulong lows, ulong highs, ulong bias) => Vector256.Create(unchecked(bias - (lows * SignedBits) - (highs * HighBits)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> High(Vector256<double> a, Vector256<double> b) => Fma.MultiplyAdd(a, b, C);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Low(Vector256<double> a, Vector256<double> b, Vector256<double> high) =>
        (Fma.MultiplyAdd(a, b, C - high) + Vector256.Create(SignedBits).AsDouble()).AsUInt64();

    /// <summary>One step of Montgomery reduction: m = t0 mod 2⁵²; m·(p + 1) is added, which clears the column.</summary>
    /// <remarks>p + 1 = (2⁶⁴ − 2⁹⁶)(1 − 2¹⁶⁰). With w = m·(2⁶⁴ − 2⁹⁶) in two columns x and y, the rest is −w·2¹⁶⁰ = −16w three columns on: shifts only.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(Vector256<ulong> t0, ref Vector256<ulong> t1, ref Vector256<ulong> t2, ref Vector256<ulong> t4, ref Vector256<ulong> t5)
    {
        Vector256<ulong> mask = Vector256.Create(Mask), m = t0 & mask;
        Vector256<ulong> x = ((t0 << 12) & mask) - ((t0 << 44) & mask), y = (m >>> 40) - (m >>> 8);
        t1 += t0 >>> 52;
        t1 += x;
        t2 += y;
        t4 -= x << 4;
        t5 -= y << 4;
    }
}
