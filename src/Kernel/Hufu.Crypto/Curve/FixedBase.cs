namespace Hufu.Crypto;

/// <summary>k·P for a point with a table (<see cref="CombTable"/>), constant time in k.</summary>
/// <remarks>
/// <para>An even k is replaced by n − k, which is odd, and the result negated. The digits dᵢ of the odd number are added from the most significant: acc = Σ dᵢ·2⁷ⁱ.</para>
/// <para>No addition meets an exceptional case. Before the digit at i the accumulated integer A is a positive multiple of 2⁷⁽ⁱ⁺¹⁾, less than n + 2⁷⁽ⁱ⁺¹⁾ &lt; 2n. An exception needs A ≡ ±dᵢ·2⁷ⁱ mod n:
/// equality fails because |dᵢ| &lt; 2⁷; A ∓ dᵢ·2⁷ⁱ = n fails for i &gt; 0 because n is odd. For i = 0, A + d₀ = k &lt; n leaves A − d₀ = n, that is k = n − 2j with d₀ = −j: but d₀ ≡ k − 128 mod 256 and
/// n ≡ 35 mod 256 give j ≡ 163 mod 256, and j &lt; 128. A itself is never 0 mod n: it is positive, below 2n, and even while n is odd.</para>
/// </remarks>
internal static class FixedBase
{
    /// <summary>r = k·P for 1 ≤ k ≤ n − 1.</summary>
    internal static void Multiply(CombTable table, in U256 k, out Extended<FieldElement> r)
    {
        ulong even = (k.W0 & 1) - 1;
        U256 odd = U256.Select(even, Scalar.Negate(k), k);
        SignedDigits digits = new(odd, CombTable.Width, CombTable.Positions);
        table.Select(CombTable.Positions - 1, digits.Get(CombTable.Positions - 1, out ulong negative), negative, out Affine<FieldElement> entry);
        r.X = entry.X;
        r.Y = entry.Y;
        r.ZZ = FieldElement.One;
        r.ZZZ = FieldElement.One;
        for (int i = CombTable.Positions - 2; i >= 0; i--)
        {
            table.Select(i, digits.Get(i, out negative), negative, out entry);
            CurveFormulas<FieldElement>.Add(ref r, entry);
        }

        FieldElement.NegateIf(even, ref r.Y);
        digits.Clear();
        Scalar.Clear(ref odd);
    }

    /// <summary>The same for a public k: entries are read where they lie.</summary>
    internal static void MultiplyPublic(CombTable table, in U256 k, out Extended<FieldElement> r)
    {
        ulong even = (k.W0 & 1) - 1;
        SignedDigits digits = new(U256.Select(even, Scalar.Negate(k), k), CombTable.Width, CombTable.Positions);
        r = new() { ZZ = FieldElement.One, ZZZ = FieldElement.One };
        for (int i = CombTable.Positions - 1; i >= 0; i--)
        {
            Affine<FieldElement> entry = table.Row(i)[(int)digits.Get(i, out ulong negative)];
            FieldElement.NegateIf(negative, ref entry.Y);
            if (i == CombTable.Positions - 1)
            {
                r.X = entry.X;
                r.Y = entry.Y;
            }
            else
            {
                CurveFormulas<FieldElement>.Add(ref r, entry);
            }
        }

        FieldElement.NegateIf(even, ref r.Y);
    }

    /// <summary>The affine coordinates as integers; one inversion.</summary>
    internal static void ToAffine(in Extended<FieldElement> p, out U256 x, out U256 y)
    {
        // 1/ZZZ gives both: ZZ/ZZZ = 1/Z, its square 1/ZZ.
        FieldElement.Invert(p.ZZZ, out FieldElement inverse);
        FieldElement.Multiply(p.Y, inverse, out FieldElement fy);
        FieldElement.Multiply(inverse, p.ZZ, out FieldElement zi);
        FieldElement.Square(zi, out FieldElement zi2);
        FieldElement.Multiply(p.X, zi2, out FieldElement fx);
        x = fx.ToInteger();
        y = fy.ToInteger();
    }
}
