using System.Runtime.CompilerServices;

namespace Hufu.Crypto;

/// <summary>
/// One point of the curve, with the independent products of its group law side by side in four lanes: a doubling is three products deep instead of eight, an addition four instead of sixteen. Constant time.
/// </summary>
/// <remarks>
/// <para>The point is (X, T = 2Y, Z) in Jacobian coordinates, with ZZ = Z², W = Z⁴ and A = 3(X² − W), the slope's numerator of the next doubling, kept along.</para>
/// <para>Values, in units of p: what <see cref="Columns4.Fold"/> leaves is at most 0.51, so squares and products of it are between −0.02 and 1.02; |X| stays below 2.5 and |D| below 4, and nothing carried without folding exceeds 8.</para>
/// </remarks>
internal struct ParallelPoint
{
    /// <summary>T, A, ZZ, W; folded.</summary>
    internal FieldElement4 V;

    /// <summary>(free), X, Z, (free).</summary>
    internal FieldElement4 U;

    /// <summary>A point of a table: X, ZZ, (free), 2Z and (free), ZZZ, T, (free).</summary>
    internal struct Entry
    {
        internal FieldElement4 First, Second;
    }

    /// <summary>p = 2p, for every point but infinity (there is none of order two): X₃ = A² − 2B, T₃ = 2A(B − X₃) − T⁴, Z₃ = TZ, W₃ = T⁴W with B = XT².</summary>
    [SkipLocalsInit]
    internal static void Double(ref ParallelPoint p)
    {
        // T², A²
        FieldElement4.Square(p.V, out Columns4 first);
        Columns4.Permute(first, 0x00, out Columns4 tt);
        Columns4.Carry(tt, out FieldElement4 b);
        FieldElement4.Permute(p.V, 0x00, out FieldElement4 t);
        FieldElement4.Blend(b, t, 0b0100, out b);
        FieldElement4.Blend(p.U, b, 0b0001, out FieldElement4 a);

        // T⁴ = T²·T², B = X·T², Z₃ = Z·T
        FieldElement4.Multiply(a, b, out Columns4 second);
        Columns4.Permute(first, 0x55, out Columns4 square);
        Columns4.Permute(second, 0x55, out Columns4 beta);
        Columns4.Permute(second, 0x00, out Columns4 fourth);
        Columns4.SubtractTwice(square, beta, 2, out Columns4 x);
        Columns4.Subtract(beta, x, 1, out Columns4 d);
        Columns4.Blend(second, d, 0b00000011, out Columns4 u);
        Columns4.Blend(u, x, 0b00001100, out u);
        Columns4.Blend(u, fourth, 0b11000000, out u);
        Columns4.Carry(u, out p.U); // D, X₃, Z₃, T⁴
        FieldElement4.Permute(p.V, 0b11_10_01_01, out a);
        FieldElement4.Blend(p.U, a, 0b1001, out a); // A, X₃, Z₃, W

        // AD, X₃², ZZ₃, W₃
        FieldElement4.Multiply(a, p.U, out Columns4 third);
        Columns4.Permute(third, 0xFF, out Columns4 w);
        Columns4.TripleDifference(third, w, out Columns4 alpha);
        Columns4.TwiceLess(third, second, out Columns4 t3);
        Columns4.Blend(third, t3, 0b00000011, out Columns4 v);
        Columns4.Blend(v, alpha, 0b00001100, out v);
        Columns4.Fold(v, out p.V);
    }

    /// <summary>p = p + q. Wrong when p = q; p = −q gives Z = 0. Neither is infinity.</summary>
    /// <remarks>"add-2007-bl" with T for 2Y: H = U₂ − U₁, R = S₂ − S₁ (twice the usual), J = 4H³, V = 4U₁H², X₃ = R² − J − 2V, T₃ = 2(R(V − X₃) − S₁J), Z₃ = 2Z₁Z₂H.</remarks>
    [SkipLocalsInit]
    internal static void Add(ref ParallelPoint p, in Entry q)
    {
        // U₂ = ZZ₁·X₂, U₁ = X₁·ZZ₂, ZZZ₁ = Z₁·ZZ₁, Z₁·2Z₂
        FieldElement4.Permute(p.V, 0xAA, out FieldElement4 zz);
        FieldElement4.Permute(p.U, 0b10_10_01_00, out FieldElement4 a);
        FieldElement4.Blend(a, zz, 0b0001, out a);
        FieldElement4.Blend(q.First, p.V, 0b0100, out FieldElement4 b);
        FieldElement4.Multiply(a, b, out Columns4 c);
        Columns4.Permute(c, 0x55, out Columns4 other);
        Columns4.Subtract(c, other, 1, out Columns4 h);
        Columns4.Blend(c, h, 0b00000011, out c);
        Columns4.Carry(c, out FieldElement4 k1); // H, U₁, ZZZ₁, 2Z₁Z₂

        // H², S₁ = T₁·ZZZ₂, S₂ = ZZZ₁·T₂, Z₃
        FieldElement4.Permute(p.V, 0x00, out FieldElement4 t);
        FieldElement4.Blend(k1, t, 0b0010, out a);
        FieldElement4.Permute(k1, 0x00, out b);
        FieldElement4.Blend(q.Second, b, 0b1001, out b);
        FieldElement4.Multiply(a, b, out c);
        Columns4.Carry(c, out FieldElement4 s1);
        Columns4.Permute(c, 0x55, out other);
        Columns4.Subtract(c, other, 1, out Columns4 r);
        Columns4.Permute(c, 0b11_10_00_00, out c);
        Columns4.Blend(c, r, 0b00110000, out c);
        Columns4.Carry(c, out FieldElement4 k2); // H², H², R, Z₃

        // H³, U₁H², R², ZZ₃
        FieldElement4.Blend(k1, k2, 0b1100, out a);
        FieldElement4.Multiply(a, k2, out c);
        Columns4.Permute(c, 0x00, out Columns4 j);
        Columns4.Permute(c, 0x55, out Columns4 v);
        Columns4.Permute(c, 0xAA, out Columns4 x);
        Columns4.Shift(v, 1, out Columns4 sum);
        Columns4.Add(sum, j, out sum);
        Columns4.Shift(sum, 2, out sum);
        Columns4.Subtract(x, sum, 12, out x); // R² − 4(H³ + 2U₁H²)
        Columns4.Shift(v, 2, out v);
        Columns4.Subtract(v, x, unchecked(0UL - 2), out v); // V − X₃
        Columns4.Blend(c, v, 0b00000011, out c);
        Columns4.Blend(c, j, 0b00001100, out c);
        Columns4.Blend(c, x, 0b00110000, out c);
        Columns4.Fold(c, out FieldElement4 k3); // V − X₃, H³, X₃, ZZ₃

        // R(V − X₃), S₁H³, X₃², W₃
        FieldElement4.Permute(k2, 0xAA, out a);
        FieldElement4.Blend(a, s1, 0b0010, out a);
        FieldElement4.Blend(a, k3, 0b1100, out a);
        FieldElement4.Multiply(a, k3, out c);
        Columns4.Permute(c, 0x55, out other);
        Columns4.Shift(c, 1, out Columns4 t3);
        Columns4.Shift(other, 3, out other);
        Columns4.Subtract(t3, other, 7, out t3); // 2R(V − X₃) − 8S₁H³
        Columns4.Permute(c, 0xAA, out x);
        Columns4.Permute(c, 0xFF, out other);
        Columns4.TripleDifference(x, other, out Columns4 alpha);
        Columns4.Blend(c, t3, 0b00000011, out c);
        Columns4.Blend(c, alpha, 0b00001100, out c);
        Columns4.Fold(c, out b);
        FieldElement4.Permute(k3, 0b11_11_10_00, out a); // (free), X₃, ZZ₃, (free)
        FieldElement4.Blend(b, a, 0b0100, out p.V);
        FieldElement4.Permute(k2, 0xFF, out b);
        FieldElement4.Blend(a, b, 0b0100, out p.U);
    }

    /// <summary>The table's form.</summary>
    internal static void Cache(in ParallelPoint p, out Entry entry)
    {
        FieldElement4.Multiply(p.U, p.V, out Columns4 c); // ZZZ = Z·ZZ in lane 2; the rest means nothing
        Columns4.Permute(c, 0xAA, out c);
        Columns4.Carry(c, out FieldElement4 zzz);
        FieldElement4.Permute(p.V, 0b00_00_10_00, out FieldElement4 v); // T, ZZ, T, (free)
        FieldElement4.Permute(p.U, 0b10_00_00_01, out FieldElement4 u); // X, (free), (free), Z
        FieldElement4.Multiply(u, 2, out FieldElement4 twice);
        FieldElement4.Blend(u, twice, 0b1000, out u);
        FieldElement4.Blend(u, v, 0b0010, out entry.First);
        FieldElement4.Blend(v, zzz, 0b0010, out entry.Second);
    }

    /// <summary>The same point (4X, 8Y, 2Z), without the lanes.</summary>
    internal static void Get(ref ParallelPoint p, out Jacobian<FieldElement> r)
    {
        p.U.Get(1, out r.X);
        p.V.Get(0, out r.Y);
        p.U.Get(2, out r.Z);
        Scale(ref r);
        FieldElement.TimesTight(r.Z, 2, out r.Z);
    }

    /// <summary>A table's point without the lanes.</summary>
    internal static void Get(ref Entry entry, out Jacobian<FieldElement> r)
    {
        entry.First.Get(0, out r.X);
        entry.Second.Get(2, out r.Y);
        entry.First.Get(3, out r.Z);
        Scale(ref r);
    }

    // X and T times four
    private static void Scale(ref Jacobian<FieldElement> r)
    {
        FieldElement.TimesTight(r.X, 2, out r.X);
        FieldElement.TimesTight(r.X, 2, out r.X);
        FieldElement.TimesTight(r.Y, 2, out r.Y);
        FieldElement.TimesTight(r.Y, 2, out r.Y);
    }

    /// <summary>Takes an affine point.</summary>
    internal static void From(in Affine<FieldElement> point, out ParallelPoint p)
    {
        FieldElement.Square(point.X, out FieldElement xx);
        FieldElement.SubtractTight(xx, FieldElement.One, out FieldElement difference);
        FieldElement.TimesTight(difference, 3, out FieldElement alpha);
        FieldElement.TimesTight(point.Y, 2, out FieldElement t);
        p = default;
        p.V.Set(0, t);
        p.V.Set(1, alpha);
        p.V.Set(2, FieldElement.One);
        p.V.Set(3, FieldElement.One);
        p.U.Set(1, point.X);
        p.U.Set(2, FieldElement.One);
    }

    /// <summary>A table's point as the first of a sum.</summary>
    internal static void From(in Entry entry, out ParallelPoint p)
    {
        FieldElement4.Permute(entry.First, 0b01_00_00_00, out FieldElement4 a); // (free), (free), X, ZZ
        FieldElement4.Square(a, out Columns4 c);
        Columns4.Permute(c, 0xAA, out Columns4 x);
        Columns4.Permute(c, 0xFF, out Columns4 w);
        Columns4.TripleDifference(x, w, out Columns4 alpha);
        Columns4.Blend(c, alpha, 0b00001100, out c);
        Columns4.Fold(c, out p.V);
        FieldElement4.Permute(entry.Second, 0b00_00_00_10, out a); // T
        FieldElement4.Blend(p.V, a, 0b0001, out p.V);
        FieldElement4.Permute(entry.First, 0b00_01_00_00, out a); // (free), (free), ZZ
        FieldElement4.Blend(p.V, a, 0b0100, out p.V);
        FieldElement4.Permute(entry.First, 0b00_11_00_00, out p.U); // (free), X, 2Z
        FieldElement4.Multiply(p.U, 0.5, out a);
        FieldElement4.Blend(p.U, a, 0b0100, out p.U);
    }
}
