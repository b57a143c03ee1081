using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <content>Lanes in and out.</content>
internal partial struct FieldElement4
{
    internal const int Lanes = 4;

    /// <summary>Puts an element into a lane.</summary>
    internal void Set(int lane, in FieldElement a)
    {
        Span<double> limbs = stackalloc double[5];
        FieldElement8.ToDoubles(a, limbs);
        Span<double> all = Doubles();
        for (int i = 0; i < 5; i++)
        {
            all[(Lanes * i) + lane] = limbs[i];
        }
    }

    /// <summary>Takes the element of a lane, a value above −4p and below 4p.</summary>
    internal void Get(int lane, out FieldElement a)
    {
        Span<double> all = Doubles();
        FieldElement.FromSigned((long)all[lane], (long)all[Lanes + lane], (long)all[(2 * Lanes) + lane], (long)all[(3 * Lanes) + lane], (long)all[(4 * Lanes) + lane], out a);
    }

    /// <summary>Each lane takes the lane that two bits of <paramref name="from"/> name.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Permute(in FieldElement4 a, [ConstantExpected] byte from, out FieldElement4 r)
    {
        r.L0 = Avx2.Permute4x64(a.L0, from);
        r.L1 = Avx2.Permute4x64(a.L1, from);
        r.L2 = Avx2.Permute4x64(a.L2, from);
        r.L3 = Avx2.Permute4x64(a.L3, from);
        r.L4 = Avx2.Permute4x64(a.L4, from);
    }

    /// <summary>The lanes whose bit is set in <paramref name="lanes"/> from b, the others from a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Blend(in FieldElement4 a, in FieldElement4 b, [ConstantExpected] byte lanes, out FieldElement4 r)
    {
        r.L0 = Avx.Blend(a.L0, b.L0, lanes);
        r.L1 = Avx.Blend(a.L1, b.L1, lanes);
        r.L2 = Avx.Blend(a.L2, b.L2, lanes);
        r.L3 = Avx.Blend(a.L3, b.L3, lanes);
        r.L4 = Avx.Blend(a.L4, b.L4, lanes);
    }

    /// <summary>Every limb times 2 or ½; a factor of products only, and of none that is doubled again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Multiply(in FieldElement4 a, double factor, out FieldElement4 r)
    {
        Vector256<double> f = Vector256.Create(factor);
        r.L0 = a.L0 * f;
        r.L1 = a.L1 * f;
        r.L2 = a.L2 * f;
        r.L3 = a.L3 * f;
        r.L4 = a.L4 * f;
    }

    [UnscopedRef]
    private Span<double> Doubles() => MemoryMarshal.CreateSpan(ref Unsafe.As<FieldElement4, double>(ref this), 5 * Lanes);
}
