using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <summary>Eight multiples of G at once, one a lane, by the comb of <see cref="CombTable"/> (whose argument that no addition is exceptional holds lane by lane). Constant time.</summary>
/// <remarks>
/// The table is turned so that a limb of all 64 entries fills eight registers; each lane picks its own entry by permuting registers (VPERMI2PD), not by an address. All of the row is read, whatever the digits.
/// </remarks>
internal static class BatchComb
{
    private const int LimbsPerPoint = 10;

    /// <summary>[position][limb of X, then of Y][entry].</summary>
    private static readonly AlignedDoubles Table = Create();

    private struct Bench
    {
        internal Workspace<FieldElement8> Work;
        internal Extended<FieldElement8> Sum;
        internal Affine<FieldElement8> Entry;
    }

    /// <summary>r = k·G lane by lane, 1 ≤ k ≤ n − 1.</summary>
    /// <param name="k">Eight scalars.</param>
    /// <param name="r">The products.</param>
    internal static void Multiply(ReadOnlySpan<U256> k, out Extended<FieldElement8> r)
    {
        Span<byte> digits = stackalloc byte[CombTable.Positions * FieldElement8.Lanes];
        Vector512<ulong> even = LaneDigits.Fill(k, CombTable.Width, CombTable.Positions, digits);
        FieldElement8 one = FieldElement8.Broadcast(FieldElement.One);
        ref Bench bench = ref LineAligned.In<Bench>(stackalloc byte[LineAligned.Octets<Bench>()]);
        Select(CombTable.Positions - 1, digits, out bench.Entry);
        bench.Sum = new() { X = bench.Entry.X, Y = bench.Entry.Y, ZZ = one, ZZZ = one };
        for (int i = CombTable.Positions - 2; i >= 0; i--)
        {
            Select(i, digits, out bench.Entry);
            CurveFormulas<FieldElement8>.Add(ref bench.Sum, bench.Entry, ref bench.Work);
        }

        FieldElement8.NegateIf(even, ref bench.Sum.Y);
        r = bench.Sum;
        digits.Clear();
    }

    private static void Select(int position, ReadOnlySpan<byte> digits, out Affine<FieldElement8> entry)
    {
        Vector512<long> raw = LaneDigits.Read(digits, position);
        Vector512<ulong> negative = ((raw >> (CombTable.Width - 1)) - Vector512<long>.One).AsUInt64();
        Vector512<long> index = (raw ^ negative.AsInt64()) & Vector512.Create((long)CombTable.Entries - 1);
        Vector512<double> bit4 = Vector512.Equals(index & Vector512.Create(16L), Vector512.Create(16L)).AsDouble();
        Vector512<double> bit5 = Vector512.Equals(index & Vector512.Create(32L), Vector512.Create(32L)).AsDouble();
        ref double row = ref MemoryMarshal.GetReference(Table.Span[(position * LimbsPerPoint * CombTable.Entries)..]);
        Unsafe.SkipInit(out entry);
        ref Vector512<double> target = ref Unsafe.As<Affine<FieldElement8>, Vector512<double>>(ref entry);
        for (int i = 0; i < LimbsPerPoint; i++)
        {
            ref double limb = ref Unsafe.Add(ref row, i * CombTable.Entries);
            Vector512<double> a = Sixteen(ref limb, index), b = Sixteen(ref Unsafe.Add(ref limb, 16), index);
            Vector512<double> c = Sixteen(ref Unsafe.Add(ref limb, 32), index), d = Sixteen(ref Unsafe.Add(ref limb, 48), index);
            a = Vector512.ConditionalSelect(bit4, b, a);
            c = Vector512.ConditionalSelect(bit4, d, c);
            Unsafe.Add(ref target, i) = Vector512.ConditionalSelect(bit5, c, a);
        }

        FieldElement8.NegateIf(negative, ref entry.Y);
    }

    // The low four bits of each index pick one of sixteen doubles.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Sixteen(ref double from, Vector512<long> index) =>
        Avx512F.PermuteVar8x64x2(Vector512.LoadUnsafe(ref from), index, Vector512.LoadUnsafe(ref from, 8));

    private static AlignedDoubles Create()
    {
        AlignedDoubles table = new(CombTable.Positions * LimbsPerPoint * CombTable.Entries);
        Span<double> limbs = stackalloc double[LimbsPerPoint];
        for (int position = 0; position < CombTable.Positions; position++)
        {
            ReadOnlySpan<Affine<FieldElement>> row = CombTable.Generator.Row(position);
            for (int entry = 0; entry < row.Length; entry++)
            {
                FieldElement8.ToDoubles(row[entry].X, limbs);
                FieldElement8.ToDoubles(row[entry].Y, limbs[5..]);
                for (int i = 0; i < LimbsPerPoint; i++)
                {
                    table.Span[(((position * LimbsPerPoint) + i) * CombTable.Entries) + entry] = limbs[i];
                }
            }
        }

        return table;
    }
}
