using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hufu.Crypto;

/// <summary>The odd multiples (2j + 1)·2⁷ⁱ·P for i &lt; 37, j &lt; 64 of one point, affine: 37 additions without doubling make any multiple. 190 KB.</summary>
internal sealed class CombTable
{
    internal const int Width = 7;
    internal const int Positions = 37;
    internal const int Entries = 1 << (Width - 1);

    /// <summary>Ten words a point: X then Y.</summary>
    internal const int WordsPerPoint = 10;

    private readonly Affine<FieldElement>[] _points = GC.AllocateUninitializedArray<Affine<FieldElement>>(Positions * Entries, pinned: true);

    private CombTable()
    {
    }

    /// <summary>The table of the generator, made on first use.</summary>
    internal static CombTable Generator { get; } = Create(CurveParameters.Generator);

    /// <summary>(2j + 1)·P for j &lt; 64.</summary>
    internal ReadOnlySpan<Affine<FieldElement>> FirstRow => _points.AsSpan(0, Entries);

    internal ReadOnlySpan<Affine<FieldElement>> Row(int position) => _points.AsSpan(position * Entries, Entries);

    /// <summary>Makes the table of a public point.</summary>
    internal static CombTable Create(in Affine<FieldElement> point)
    {
        CombTable table = new();
        OddMultiples.Fill(point, Width, Positions, table._points);
        return table;
    }

    /// <summary>entry = (2·index + 1)·2⁷ⁱ·P, negated where <paramref name="negative"/> is set. Reads the whole row and keeps one entry by masks: constant time.</summary>
    internal void Select(int position, uint index, ulong negative, out Affine<FieldElement> entry)
    {
        ReadOnlySpan<Affine<FieldElement>> row = Row(position);
        entry = default;
        MaskedSelection.Read(MemoryMarshal.Cast<Affine<FieldElement>, ulong>(row), WordsPerPoint, index, MemoryMarshal.CreateSpan(ref Unsafe.As<Affine<FieldElement>, ulong>(ref entry), WordsPerPoint));
        FieldElement.NegateIf(negative, ref entry.Y);
    }
}
