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

    /// <summary>Makes the table of a public point. Not constant time: the point is public.</summary>
    internal static CombTable Create(in Affine<FieldElement> point)
    {
        CombTable table = new();
        Jacobian<FieldElement>[] multiples = new Jacobian<FieldElement>[Positions * Entries];
        Jacobian<FieldElement> start = new() { X = point.X, Y = point.Y, Z = FieldElement.One };
        for (int i = 0; i < Positions; i++)
        {
            // No sum here is of equal or opposite points: the multiples are odd, distinct and below n.
            Jacobian<FieldElement> twice = start;
            CurveFormulas<FieldElement>.Double(ref twice);
            CurveFormulas<FieldElement>.Cache(twice, out Cached<FieldElement> step);
            Span<Jacobian<FieldElement>> row = multiples.AsSpan(i * Entries, Entries);
            row[0] = start;
            for (int j = 1; j < Entries; j++)
            {
                row[j] = row[j - 1];
                CurveFormulas<FieldElement>.Add(ref row[j], step, out _, out _);
            }

            for (int j = 0; j < Width; j++)
            {
                CurveFormulas<FieldElement>.Double(ref start);
            }
        }

        ToAffine(multiples, table._points);
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

    /// <summary>Montgomery's trick: one inversion for all. Z is never zero here.</summary>
    internal static void ToAffine(ReadOnlySpan<Jacobian<FieldElement>> points, Span<Affine<FieldElement>> affine)
    {
        FieldElement product = FieldElement.One;
        for (int i = 0; i < points.Length; i++)
        {
            affine[i].X = product; // Z₀⋯Zᵢ₋₁
            FieldElement.Multiply(product, points[i].Z, out product);
        }

        FieldElement.Invert(product, out FieldElement inverse);
        for (int i = points.Length - 1; i >= 0; i--)
        {
            FieldElement.Multiply(inverse, affine[i].X, out FieldElement zi);
            FieldElement.Multiply(inverse, points[i].Z, out inverse);
            FieldElement.Square(zi, out FieldElement zi2);
            FieldElement.Multiply(zi, zi2, out FieldElement zi3);
            FieldElement.Multiply(points[i].X, zi2, out affine[i].X);
            FieldElement.Multiply(points[i].Y, zi3, out affine[i].Y);
        }
    }
}
