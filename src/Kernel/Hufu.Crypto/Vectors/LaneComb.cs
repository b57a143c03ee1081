using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hufu.Crypto;

/// <summary>One multiple of a point with a table, spread over eight lanes: signed odd digits of five bits, digit 8j + l in lane l at round j. 72 KB a point. Constant time.</summary>
/// <remarks>
/// <para>Lane l gathers Sₗ = Σⱼ d₈ⱼ₊ₗ·2⁵⁽⁸ʲ⁺ˡ⁾ from the highest round down; digits 48 to 51 exist in lanes 0 to 3 only. Then lanes l and l + 4 are added, giving A₀…A₃, then A₀ + A₂ = B₀ and A₁ + A₃ = B₁, and B₀ + B₁ = k.</para>
/// <para>No addition but the last meets an exceptional case. Within a lane the accumulated integer is a nonzero multiple of 2⁴⁰·2⁵⁽⁸ʲ⁺ˡ⁾ and the digit's term is smaller than that, so neither their sum nor their difference is 0;
/// to be ±n, which is odd, it would have to be in lane 0 at j = 0, where it is below 2²⁴⁵. Between lanes: Sₗ is an odd multiple of 2⁵ˡ, so sums and differences of different lanes are not 0, are even and below 2n unless lane 0 takes part
/// (d₅₁ is 1 because k &lt; 2²⁵⁶), and with lane 0 |A₀ ± A₂| &lt; 2²⁵⁶ − 2²²⁴. Only B₀ − B₁ can be ±n: that addition is complete.</para>
/// </remarks>
internal sealed class LaneComb
{
    private const int Width = 5;
    private const int Digits = 52;
    private const int Entries = 1 << (Width - 1);
    private const int Rounds = 7;
    private const int VectorsPerPoint = 10;

    /// <summary>[round][entry][limb of X, then of Y][lane].</summary>
    private readonly AlignedDoubles _table = new(Rounds * Entries * VectorsPerPoint * FieldElement8.Lanes);

    private LaneComb(in Affine<FieldElement> point)
    {
        Affine<FieldElement>[] points = new Affine<FieldElement>[Digits * Entries];
        OddMultiples.Fill(point, Width, Digits, points);
        Span<double> table = _table.Span;
        Span<double> limbs = stackalloc double[VectorsPerPoint];
        for (int digit = 0; digit < Rounds * FieldElement8.Lanes; digit++)
        {
            for (int entry = 0; entry < Entries; entry++)
            {
                // Lanes 4 to 7 have no digit in the last round; what stands there is not used.
                ref Affine<FieldElement> source = ref points[(Math.Min(digit, Digits - 1) * Entries) + entry];
                FieldElement8.ToDoubles(source.X, limbs);
                FieldElement8.ToDoubles(source.Y, limbs[5..]);
                int at = (((digit / FieldElement8.Lanes * Entries) + entry) * VectorsPerPoint * FieldElement8.Lanes) + (digit % FieldElement8.Lanes);
                for (int i = 0; i < VectorsPerPoint; i++)
                {
                    table[at + (i * FieldElement8.Lanes)] = limbs[i];
                }
            }
        }
    }

    internal static LaneComb Generator { get; } = new(CurveParameters.Generator);

    private static Vector512<ulong> UpperHalf => Vector512.Create(0, 0, 0, 0, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    private struct Bench
    {
        internal Workspace<FieldElement8> Work;
        internal Extended<FieldElement8> Sum;
        internal Affine<FieldElement8> Entry;
    }

    private struct Folding
    {
        internal Workspace<FieldElement8> Work;
        internal Extended<FieldElement8> Other;
    }

    internal static LaneComb Create(in Affine<FieldElement> point) => new(point);

    /// <summary>r = k·P, 1 ≤ k ≤ n − 1.</summary>
    internal void Multiply(in U256 k, out Jacobian<FieldElement> r)
    {
        Gather(k, out Extended<FieldElement8> lanes, out ulong even);
        FoldHalves(ref lanes, 4);
        FoldHalves(ref lanes, 2);
        CurveFormulas<FieldElement8>.Convert(lanes, out Jacobian<FieldElement8> both);
        LanePoints.Get(both, 0, out r);
        LanePoints.Get(both, 1, out Jacobian<FieldElement> other);
        CurveFormulas<FieldElement>.Cache(other, out Cached<FieldElement> cached);
        VariableBase.AddComplete(ref r, cached);
        FieldElement.NegateIf(even, ref r.Y);
    }

    /// <summary>s·G + t·P for verification: the two sums are brought together in one vector after the first fold; what is left is three additions that answer every case.</summary>
    internal static void Double(LaneComb g, in U256 s, LaneComb p, in U256 t, out Jacobian<FieldElement> acc)
    {
        g.Gather(s, out Extended<FieldElement8> sg, out ulong sEven);
        p.Gather(t, out Extended<FieldElement8> tp, out ulong tEven);
        FoldHalves(ref sg, 4);
        FoldHalves(ref tp, 4);
        FieldElement8.NegateIf(Vector512.Create(sEven), ref sg.Y);
        FieldElement8.NegateIf(Vector512.Create(tEven), ref tp.Y);

        // After the fold lanes 4 to 7 hold the same as 0 to 3: the lower half from s, the upper from t; then 0 + 2, 1 + 3, 4 + 6, 5 + 7.
        Merge(ref sg.X, tp.X);
        Merge(ref sg.Y, tp.Y);
        Merge(ref sg.ZZ, tp.ZZ);
        Merge(ref sg.ZZZ, tp.ZZZ);
        FoldHalves(ref sg, 2);
        CurveFormulas<FieldElement8>.Convert(sg, out Jacobian<FieldElement8> sums);
        LanePoints.Get(sums, 0, out acc);
        LanePoints.Get(sums, 4, out Jacobian<FieldElement> second);
        AddLane(ref acc, sums, 1);
        AddLane(ref second, sums, 5);
        CurveFormulas<FieldElement>.Cache(second, out Cached<FieldElement> cached);
        DoubleScalar.Add(ref acc, cached);
    }

    private static void AddLane(ref Jacobian<FieldElement> p, in Jacobian<FieldElement8> sums, int lane)
    {
        LanePoints.Get(sums, lane, out Jacobian<FieldElement> q);
        CurveFormulas<FieldElement>.Cache(q, out Cached<FieldElement> cached);
        DoubleScalar.Add(ref p, cached);
    }

    private void Gather(in U256 k, out Extended<FieldElement8> acc, out ulong even)
    {
        even = (k.W0 & 1) - 1;
        U256 odd = U256.Select(even, Scalar.Negate(k), k);
        SignedDigits digits = new(odd, Width, Digits);
        Span<ulong> raw = stackalloc ulong[FieldElement8.Lanes];
        FieldElement8 one = FieldElement8.Broadcast(FieldElement.One);
        ref Bench bench = ref LineAligned.In<Bench>(stackalloc byte[LineAligned.Octets<Bench>()]);
        for (int round = Rounds - 1; round >= 0; round--)
        {
            for (int lane = 0; lane < FieldElement8.Lanes; lane++)
            {
                raw[lane] = digits.Raw(Math.Min((FieldElement8.Lanes * round) + lane, Digits - 1));
            }

            Select(round, Vector512.Create<ulong>(raw), out bench.Entry);
            if (round == Rounds - 1)
            {
                bench.Sum = new() { X = bench.Entry.X, Y = bench.Entry.Y, ZZ = one, ZZZ = one };
                continue;
            }

            CurveFormulas<FieldElement8>.Add(ref bench.Sum, bench.Entry, ref bench.Work);
            if (round == Rounds - 2)
            {
                // Lanes 4 to 7 start here.
                FieldElement8.Select(UpperHalf, bench.Entry.X, ref bench.Sum.X);
                FieldElement8.Select(UpperHalf, bench.Entry.Y, ref bench.Sum.Y);
                FieldElement8.Select(UpperHalf, one, ref bench.Sum.ZZ);
                FieldElement8.Select(UpperHalf, one, ref bench.Sum.ZZZ);
            }
        }

        acc = bench.Sum;

        raw.Clear();
        digits.Clear();
        Scalar.Clear(ref odd);
    }

    // Every entry of the round is read; masks keep one a lane.
    private void Select(int round, Vector512<ulong> raw, out Affine<FieldElement8> entry)
    {
        Vector512<ulong> negative = (raw >> (Width - 1)) - Vector512<ulong>.One;
        Vector512<ulong> index = (raw ^ negative) & Vector512.Create((ulong)Entries - 1);
        ref double source = ref MemoryMarshal.GetReference(_table.Span[(round * Entries * VectorsPerPoint * FieldElement8.Lanes)..]);
        Unsafe.SkipInit(out entry);
        ref Vector512<double> target = ref Unsafe.As<Affine<FieldElement8>, Vector512<double>>(ref entry);
        Keep(ref source, index, 0, ref target);
        Keep(ref source, index, 5, ref target);
        FieldElement8.NegateIf(negative, ref entry.Y);
    }

    private static void Keep(ref double source, Vector512<ulong> index, int first, ref Vector512<double> target)
    {
        Vector512<double> v0 = default, v1 = default, v2 = default, v3 = default, v4 = default;
        for (int i = 0; i < Entries; i++)
        {
            Vector512<double> mask = Vector512.Equals(index, Vector512.Create((ulong)i)).AsDouble();
            ref double entry = ref Unsafe.Add(ref source, ((i * VectorsPerPoint) + first) * FieldElement8.Lanes);
            v0 = Vector512.ConditionalSelect(mask, Vector512.LoadUnsafe(ref entry), v0);
            v1 = Vector512.ConditionalSelect(mask, Vector512.LoadUnsafe(ref entry, 8), v1);
            v2 = Vector512.ConditionalSelect(mask, Vector512.LoadUnsafe(ref entry, 16), v2);
            v3 = Vector512.ConditionalSelect(mask, Vector512.LoadUnsafe(ref entry, 24), v3);
            v4 = Vector512.ConditionalSelect(mask, Vector512.LoadUnsafe(ref entry, 32), v4);
        }

        Unsafe.Add(ref target, first) = v0;
        Unsafe.Add(ref target, first + 1) = v1;
        Unsafe.Add(ref target, first + 2) = v2;
        Unsafe.Add(ref target, first + 3) = v3;
        Unsafe.Add(ref target, first + 4) = v4;
    }

    // lane l += lane l + distance
    private static void FoldHalves(ref Extended<FieldElement8> lanes, int distance)
    {
        Vector512<long> from = (Vector512<long>.Indices + Vector512.Create((long)distance)) & Vector512.Create(7L);
        ref Folding folding = ref LineAligned.In<Folding>(stackalloc byte[LineAligned.Octets<Folding>()]);
        ref Extended<FieldElement8> other = ref folding.Other;
        FieldElement8.Permute(lanes.X, from, out other.X);
        FieldElement8.Permute(lanes.Y, from, out other.Y);
        FieldElement8.Permute(lanes.ZZ, from, out other.ZZ);
        FieldElement8.Permute(lanes.ZZZ, from, out other.ZZZ);
        CurveFormulas<FieldElement8>.Add(ref lanes, other, ref folding.Work);
    }

    private static void Merge(ref FieldElement8 low, in FieldElement8 high) => FieldElement8.Select(UpperHalf, high, ref low);
}
