using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hufu.Crypto;

/// <summary>k·P for eight points and scalars at once, constant time: <see cref="VariableBase"/> lane by lane, with its argument and its complete last addition.</summary>
internal static class BatchWindows
{
    [InlineArray(VariableBase.Entries)]
    private struct Table
    {
        private Cached<FieldElement8> _first;
    }

    // What the chain works in; 30 KB, nearly all of it the table.
    private struct Bench
    {
        internal Workspace<FieldElement8> Work;
        internal Jacobian<FieldElement8> Sum, Twice;
        internal Cached<FieldElement8> Entry;
        internal Table Multiples;
    }

    /// <summary>product = k·P lane by lane, 1 ≤ k ≤ n − 1.</summary>
    internal static void Multiply(in Affine<FieldElement8> points, ReadOnlySpan<U256> k, out Jacobian<FieldElement8> product)
    {
        Span<byte> digits = stackalloc byte[VariableBase.Digits * FieldElement8.Lanes];
        Vector512<ulong> even = LaneDigits.Fill(k, VariableBase.Width, VariableBase.Digits, digits);
        ref Bench bench = ref LineAligned.In<Bench>(stackalloc byte[LineAligned.Octets<Bench>()]);
        ref Jacobian<FieldElement8> acc = ref bench.Sum;
        Fill(points, ref bench);
        LaneSelection.Read(bench.Multiples, VariableBase.Width, LaneDigits.Read(digits, VariableBase.Digits - 1), out bench.Entry);
        acc = new() { X = bench.Entry.X, Y = bench.Entry.Y, Z = bench.Entry.Z };
        for (int i = VariableBase.Digits - 2; i >= 0; i--)
        {
            for (int j = 0; j < VariableBase.Width; j++)
            {
                CurveFormulas<FieldElement8>.Double(ref acc, ref bench.Work);
            }

            LaneSelection.Read(bench.Multiples, VariableBase.Width, LaneDigits.Read(digits, i), out bench.Entry);
            if (i > 0)
            {
                CurveFormulas<FieldElement8>.Add(ref acc, bench.Entry, ref bench.Work);
            }
            else
            {
                AddComplete(ref bench);
            }
        }

        FieldElement8.NegateIf(even, ref acc.Y);
        product = acc;
        digits.Clear();
    }

    private static void AddComplete(ref Bench bench)
    {
        bench.Twice = bench.Sum;
        CurveFormulas<FieldElement8>.Double(ref bench.Twice, ref bench.Work);
        CurveFormulas<FieldElement8>.Add(ref bench.Sum, bench.Entry, ref bench.Work);
        Span<ulong> same = stackalloc ulong[FieldElement8.Lanes];
        for (int lane = 0; lane < FieldElement8.Lanes; lane++)
        {
            bench.Work.H.Get(lane, out FieldElement x);
            bench.Work.R.Get(lane, out FieldElement y);
            same[lane] = x.IsZeroMask & y.IsZeroMask;
        }

        Vector512<ulong> mask = Vector512.Create<ulong>(same);
        FieldElement8.Select(mask, bench.Twice.X, ref bench.Sum.X);
        FieldElement8.Select(mask, bench.Twice.Y, ref bench.Sum.Y);
        FieldElement8.Select(mask, bench.Twice.Z, ref bench.Sum.Z);
    }

    private static void Fill(in Affine<FieldElement8> points, ref Bench bench)
    {
        ref Jacobian<FieldElement8> multiple = ref bench.Sum;
        multiple = new() { X = points.X, Y = points.Y, Z = FieldElement8.Broadcast(FieldElement.One) };
        bench.Twice = multiple;
        CurveFormulas<FieldElement8>.Double(ref bench.Twice, ref bench.Work);
        CurveFormulas<FieldElement8>.Cache(bench.Twice, out bench.Entry);
        Span<Cached<FieldElement8>> table = bench.Multiples;
        CurveFormulas<FieldElement8>.Cache(multiple, out table[0]);
        for (int i = 1; i < table.Length; i++)
        {
            CurveFormulas<FieldElement8>.Add(ref multiple, bench.Entry, ref bench.Work);
            CurveFormulas<FieldElement8>.Cache(multiple, out table[i]);
        }
    }
}
