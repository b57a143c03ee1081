namespace Hufu.Crypto;

/// <summary>The odd multiples (2j + 1)·2ʷⁱ·P of a public point, affine: what every table here is made of. Not constant time: the point is public.</summary>
internal static class OddMultiples
{
    /// <summary>Fills <paramref name="affine"/> with positions × 2ʷ⁻¹ points, position by position.</summary>
    internal static void Fill(in Affine<FieldElement> point, int width, int positions, Span<Affine<FieldElement>> affine)
    {
        int entries = 1 << (width - 1);
        Jacobian<FieldElement>[] multiples = new Jacobian<FieldElement>[positions * entries];
        Jacobian<FieldElement> start = new() { X = point.X, Y = point.Y, Z = FieldElement.One };
        for (int i = 0; i < positions; i++)
        {
            // No sum here is of equal or opposite points: 2j + 1 and 2 are different numbers far below n, times the same power of two.
            Jacobian<FieldElement> twice = start;
            CurveFormulas<FieldElement>.Double(ref twice);
            CurveFormulas<FieldElement>.Cache(twice, out Cached<FieldElement> step);
            Span<Jacobian<FieldElement>> row = multiples.AsSpan(i * entries, entries);
            row[0] = start;
            for (int j = 1; j < entries; j++)
            {
                row[j] = row[j - 1];
                CurveFormulas<FieldElement>.Add(ref row[j], step, out _, out _);
            }

            for (int j = 0; j < width; j++)
            {
                CurveFormulas<FieldElement>.Double(ref start);
            }
        }

        ToAffine(multiples, affine);
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
