using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>One k·P spread over eight lanes: lane l multiplies 2³²ˡ·P by the l-th group of eight signed odd digits of four bits. Constant time in k.</summary>
/// <remarks>
/// <para>The 224 doublings that lead to 2²²⁴·P stay a chain; what the lanes save is the rest of the doublings, the table and the additions.</para>
/// <para>Lane l computes Sₗ, an odd multiple of 2³²ˡ with |Sₗ| &lt; 2³²⁽ˡ⁺¹⁾; the top digit is positive because k &lt; 2²⁵⁶. Within a lane 16v ± d is not 0 for |d| ≤ 15, is even (or below 2³²) and below n, so no addition there is exceptional.
/// Then S₇, S₆, … S₀ are added in this order to A, a positive multiple of 2³²⁽ˡ⁺¹⁾ below 2n: A ± Sₗ is not 0, and not n either while it is even, that is for l &gt; 0. The last addition is complete.</para>
/// </remarks>
internal static class SplitWindows
{
    private const int Width = 4;
    private const int DigitsPerLane = 8;
    private const int Entries = 1 << (Width - 1);

    [InlineArray(Entries)]
    private struct Table
    {
        private Cached<FieldElement8> _first;
    }

    /// <summary>r = k·P, 1 ≤ k ≤ n − 1.</summary>
    internal static void Multiply(in Affine<FieldElement> point, in U256 k, out Jacobian<FieldElement> r)
    {
        ulong even = (k.W0 & 1) - 1;
        U256 odd = U256.Select(even, Scalar.Negate(k), k);
        SignedDigits digits = new(odd, Width, DigitsPerLane * FieldElement8.Lanes);
        Unsafe.SkipInit(out Table storage);
        Span<Cached<FieldElement8>> table = storage;
        Fill(point, table);
        Unsafe.SkipInit(out Jacobian<FieldElement8> acc);
        for (int i = DigitsPerLane - 1; i >= 0; i--)
        {
            Select(table, digits, i, out Cached<FieldElement8> entry);
            if (i == DigitsPerLane - 1)
            {
                acc = new() { X = entry.X, Y = entry.Y, Z = entry.Z };
                continue;
            }

            for (int j = 0; j < Width; j++)
            {
                CurveFormulas<FieldElement8>.Double(ref acc);
            }

            CurveFormulas<FieldElement8>.Add(ref acc, entry, out _, out _);
        }

        Sum(acc, out r);
        FieldElement.NegateIf(even, ref r.Y);
        digits.Clear();
        Scalar.Clear(ref odd);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<Jacobian<FieldElement8>>(ref acc)));
    }

    // S₇ + … + S₀
    private static void Sum(in Jacobian<FieldElement8> lanes, out Jacobian<FieldElement> r)
    {
        LanePoints.Get(lanes, FieldElement8.Lanes - 1, out r);
        for (int lane = FieldElement8.Lanes - 2; lane >= 0; lane--)
        {
            LanePoints.Get(lanes, lane, out Jacobian<FieldElement> q);
            CurveFormulas<FieldElement>.Cache(q, out Cached<FieldElement> cached);
            if (lane > 0)
            {
                CurveFormulas<FieldElement>.Add(ref r, cached, out _, out _);
            }
            else
            {
                VariableBase.AddComplete(ref r, cached);
            }
        }
    }

    // The odd multiples to 15 of 2^(32·l)·P in lane l.
    private static void Fill(in Affine<FieldElement> point, Span<Cached<FieldElement8>> table)
    {
        Jacobian<FieldElement> power = new() { X = point.X, Y = point.Y, Z = FieldElement.One };
        Unsafe.SkipInit(out Jacobian<FieldElement8> multiple);
        for (int lane = 0; lane < FieldElement8.Lanes; lane++)
        {
            multiple.X.Set(lane, power.X);
            multiple.Y.Set(lane, power.Y);
            multiple.Z.Set(lane, power.Z);
            for (int i = 0; i < Width * DigitsPerLane && lane < FieldElement8.Lanes - 1; i++)
            {
                CurveFormulas<FieldElement>.Double(ref power);
            }
        }

        Jacobian<FieldElement8> twice = multiple;
        CurveFormulas<FieldElement8>.Double(ref twice);
        CurveFormulas<FieldElement8>.Cache(twice, out Cached<FieldElement8> step);
        CurveFormulas<FieldElement8>.Cache(multiple, out table[0]);
        for (int i = 1; i < table.Length; i++)
        {
            CurveFormulas<FieldElement8>.Add(ref multiple, step, out _, out _);
            CurveFormulas<FieldElement8>.Cache(multiple, out table[i]);
        }
    }

    private static void Select(ReadOnlySpan<Cached<FieldElement8>> table, in SignedDigits digits, int i, out Cached<FieldElement8> entry)
    {
        Span<ulong> raw = stackalloc ulong[FieldElement8.Lanes];
        for (int lane = 0; lane < FieldElement8.Lanes; lane++)
        {
            raw[lane] = digits.Raw((DigitsPerLane * lane) + i);
        }

        LaneSelection.Read(table, Width, Vector512.Create<ulong>(raw).AsInt64(), out entry);
        raw.Clear();
    }
}
