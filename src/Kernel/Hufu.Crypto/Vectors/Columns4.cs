using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <summary>Four products (or sums of products) before their carries: five columns of 64 bits, each its value plus the bias of <see cref="FieldElement4"/>. Sums are made here, where they cost an addition a column and no carry.</summary>
/// <remarks>A column of one product is below 2⁵⁷ in magnitude; sums may gather 2⁵ of them. All arithmetic is modulo 2⁶⁴; what a sum makes of the bias is put right by a multiple of it.</remarks>
internal struct Columns4
{
    internal Vector256<ulong> C0, C1, C2, C3, C4;

    /// <summary>r = a − b + bias·(the bias).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Subtract(in Columns4 a, in Columns4 b, ulong bias, out Columns4 r)
    {
        r.C0 = a.C0 + Vector256.Create(unchecked(bias * FieldElement4.Bias0)) - b.C0;
        r.C1 = a.C1 + Vector256.Create(unchecked(bias * FieldElement4.Bias)) - b.C1;
        r.C2 = a.C2 + Vector256.Create(unchecked(bias * FieldElement4.Bias)) - b.C2;
        r.C3 = a.C3 + Vector256.Create(unchecked(bias * FieldElement4.Bias)) - b.C3;
        r.C4 = a.C4 + Vector256.Create(unchecked(bias * FieldElement4.BiasTop)) - b.C4;
    }

    /// <summary>r = a − 2b + bias·(the bias).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SubtractTwice(in Columns4 a, in Columns4 b, ulong bias, out Columns4 r)
    {
        r.C0 = a.C0 + Vector256.Create(unchecked(bias * FieldElement4.Bias0)) - b.C0 - b.C0;
        r.C1 = a.C1 + Vector256.Create(unchecked(bias * FieldElement4.Bias)) - b.C1 - b.C1;
        r.C2 = a.C2 + Vector256.Create(unchecked(bias * FieldElement4.Bias)) - b.C2 - b.C2;
        r.C3 = a.C3 + Vector256.Create(unchecked(bias * FieldElement4.Bias)) - b.C3 - b.C3;
        r.C4 = a.C4 + Vector256.Create(unchecked(bias * FieldElement4.BiasTop)) - b.C4 - b.C4;
    }

    /// <summary>r = 3(a − b), with the bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void TripleDifference(in Columns4 a, in Columns4 b, out Columns4 r)
    {
        Subtract(a, b, 0, out Columns4 d);
        r.C0 = d.C0 + d.C0 + (d.C0 + Vector256.Create(FieldElement4.Bias0));
        r.C1 = d.C1 + d.C1 + (d.C1 + Vector256.Create(FieldElement4.Bias));
        r.C2 = d.C2 + d.C2 + (d.C2 + Vector256.Create(FieldElement4.Bias));
        r.C3 = d.C3 + d.C3 + (d.C3 + Vector256.Create(FieldElement4.Bias));
        r.C4 = d.C4 + d.C4 + (d.C4 + Vector256.Create(FieldElement4.BiasTop));
    }

    /// <summary>r = 2a − b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void TwiceLess(in Columns4 a, in Columns4 b, out Columns4 r)
    {
        r.C0 = a.C0 + (a.C0 - b.C0);
        r.C1 = a.C1 + (a.C1 - b.C1);
        r.C2 = a.C2 + (a.C2 - b.C2);
        r.C3 = a.C3 + (a.C3 - b.C3);
        r.C4 = a.C4 + (a.C4 - b.C4);
    }

    /// <summary>r = a·2ⁿ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Shift(in Columns4 a, int n, out Columns4 r)
    {
        r.C0 = a.C0 << n;
        r.C1 = a.C1 << n;
        r.C2 = a.C2 << n;
        r.C3 = a.C3 << n;
        r.C4 = a.C4 << n;
    }

    /// <summary>r = a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add(in Columns4 a, in Columns4 b, out Columns4 r)
    {
        r.C0 = a.C0 + b.C0;
        r.C1 = a.C1 + b.C1;
        r.C2 = a.C2 + b.C2;
        r.C3 = a.C3 + b.C3;
        r.C4 = a.C4 + b.C4;
    }

    /// <summary>Each lane takes the lane that two bits of <paramref name="from"/> name.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Permute(in Columns4 a, [ConstantExpected] byte from, out Columns4 r)
    {
        r.C0 = Avx2.Permute4x64(a.C0, from);
        r.C1 = Avx2.Permute4x64(a.C1, from);
        r.C2 = Avx2.Permute4x64(a.C2, from);
        r.C3 = Avx2.Permute4x64(a.C3, from);
        r.C4 = Avx2.Permute4x64(a.C4, from);
    }

    /// <summary>The lanes of <paramref name="lanes"/> (two bits a lane, both set) from b, the others from a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Blend(in Columns4 a, in Columns4 b, [ConstantExpected] byte lanes, out Columns4 r)
    {
        r.C0 = Avx2.Blend(a.C0.AsUInt32(), b.C0.AsUInt32(), lanes).AsUInt64();
        r.C1 = Avx2.Blend(a.C1.AsUInt32(), b.C1.AsUInt32(), lanes).AsUInt64();
        r.C2 = Avx2.Blend(a.C2.AsUInt32(), b.C2.AsUInt32(), lanes).AsUInt64();
        r.C3 = Avx2.Blend(a.C3.AsUInt32(), b.C3.AsUInt32(), lanes).AsUInt64();
        r.C4 = Avx2.Blend(a.C4.AsUInt32(), b.C4.AsUInt32(), lanes).AsUInt64();
    }

    /// <summary>Carries to limbs of at most 2⁵¹; the value, at most 8p in magnitude, stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Carry(in Columns4 a, out FieldElement4 r) => Carry(a.C0, a.C1, a.C2, a.C3, a.C4, out r);

    /// <summary>The same after the multiple q of 2²⁵⁶ nearest to the value was folded back as q·(2²²⁴ + 2⁹⁶ − 2⁶⁴ + 1), the same mod p: a little over half a p at most stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Fold(in Columns4 a, out FieldElement4 r)
    {
        Vector256<ulong> q = ((a.C4 + Vector256.Create(1UL << 47)) >>> 48) - Vector256.Create(FieldElement4.SignedBits >> 48);
        Carry(a.C0 + q, a.C1 + ((q << 44) - (q << 12)), a.C2, a.C3, a.C4 + ((q << 16) - (q << 48)), out r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(Vector256<ulong> c0, Vector256<ulong> c1, Vector256<ulong> c2, Vector256<ulong> c3, Vector256<ulong> c4, out FieldElement4 r)
    {
        c1 += c0 >>> 52;
        r.L0 = Cut(c0);
        c2 += c1 >>> 52;
        r.L1 = Cut(c1);
        c3 += c2 >>> 52;
        r.L2 = Cut(c2);
        c4 += c3 >>> 52;
        r.L3 = Cut(c3);
        r.L4 = c4.AsDouble() - Vector256.Create(FieldElement4.SignedBits).AsDouble();
    }

    /// <summary>The signed low 52 bits of a column that holds 2⁵¹ more than its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Cut(Vector256<ulong> c) =>
        ((c & Vector256.Create(FieldElement.Mask)) | Vector256.Create(FieldElement4.LowBits)).AsDouble() - Vector256.Create(FieldElement4.SignedBits).AsDouble();
}
