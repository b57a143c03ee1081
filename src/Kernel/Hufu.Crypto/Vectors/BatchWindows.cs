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

    /// <summary>acc = k·P lane by lane, 1 ≤ k ≤ n − 1.</summary>
    internal static void Multiply(in Affine<FieldElement8> points, ReadOnlySpan<U256> k, out Jacobian<FieldElement8> acc)
    {
        Span<byte> digits = stackalloc byte[VariableBase.Digits * FieldElement8.Lanes];
        Vector512<ulong> even = LaneDigits.Fill(k, VariableBase.Width, VariableBase.Digits, digits);
        Unsafe.SkipInit(out Table table);
        Fill(points, table);
        LaneSelection.Read(table, VariableBase.Width, LaneDigits.Read(digits, VariableBase.Digits - 1), out Cached<FieldElement8> entry);
        acc = new() { X = entry.X, Y = entry.Y, Z = entry.Z };
        for (int i = VariableBase.Digits - 2; i >= 0; i--)
        {
            for (int j = 0; j < VariableBase.Width; j++)
            {
                CurveFormulas<FieldElement8>.Double(ref acc);
            }

            LaneSelection.Read(table, VariableBase.Width, LaneDigits.Read(digits, i), out entry);
            if (i > 0)
            {
                CurveFormulas<FieldElement8>.Add(ref acc, entry, out _, out _);
            }
            else
            {
                AddComplete(ref acc, entry);
            }
        }

        FieldElement8.NegateIf(even, ref acc.Y);
        digits.Clear();
    }

    private static void AddComplete(ref Jacobian<FieldElement8> p, in Cached<FieldElement8> q)
    {
        Jacobian<FieldElement8> twice = p;
        CurveFormulas<FieldElement8>.Double(ref twice);
        CurveFormulas<FieldElement8>.Add(ref p, q, out FieldElement8 h, out FieldElement8 r);
        Span<ulong> same = stackalloc ulong[FieldElement8.Lanes];
        for (int lane = 0; lane < FieldElement8.Lanes; lane++)
        {
            h.Get(lane, out FieldElement x);
            r.Get(lane, out FieldElement y);
            same[lane] = x.IsZeroMask & y.IsZeroMask;
        }

        Vector512<ulong> mask = Vector512.Create<ulong>(same);
        FieldElement8.Select(mask, twice.X, ref p.X);
        FieldElement8.Select(mask, twice.Y, ref p.Y);
        FieldElement8.Select(mask, twice.Z, ref p.Z);
    }

    private static void Fill(in Affine<FieldElement8> points, Span<Cached<FieldElement8>> table)
    {
        Jacobian<FieldElement8> multiple = new() { X = points.X, Y = points.Y, Z = FieldElement8.Broadcast(FieldElement.One) };
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
}
