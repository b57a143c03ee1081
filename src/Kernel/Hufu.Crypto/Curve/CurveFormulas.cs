namespace Hufu.Crypto;

/// <summary>
/// The group law of y² = x³ − 3x + b over one element or eight. Formulas of the Explicit-Formulas Database (Bernstein, Lange), without branches: each says for which points it is wrong, and the callers say why those do not come,
/// or test for them. Sizes of <see cref="IField{T}"/> stand at the right where they are not 1.
/// </summary>
internal static class CurveFormulas<T>
    where T : struct, IField<T>
{
    /// <summary>p = 2p. 5M + 3S ("dbl-2001-b" with Z₃ = 2YZ and 2γ = 2Y·Y). Right for every point: infinity stays, and there is no point of order two.</summary>
    internal static void Double(ref Jacobian<T> p)
    {
        T.Square(p.Z, out T delta);
        T.AddTight(p.X, delta, out T sum);
        T.Twice(p.Y, out T twoY); // 2
        T.Multiply(twoY, p.Y, out T gamma2);

        // α = 3(X − Z²)(X + Z²)
        T.Subtract(p.X, delta, out T difference); // 2
        T.Multiply(difference, sum, out T product);
        T.TimesTight(product, 3, out T alpha);

        // 4β = 2X·2γ, 4γ² = (2γ)²
        T.Twice(p.X, out T twoX); // 2
        T.Multiply(twoX, gamma2, out T beta4);
        T.Square(gamma2, out T gamma4);

        // X₃ = α² − 8β, Z₃ = 2YZ, Y₃ = α(4β − X₃) − 8γ²
        T.Square(alpha, out T square);
        T.SubtractTwiceTight(square, beta4, out p.X);
        T.Multiply(twoY, p.Z, out p.Z);
        T.Subtract(beta4, p.X, out difference); // 2
        T.Multiply(difference, alpha, out product);
        T.SubtractTwiceTight(product, gamma4, out p.Y);
    }

    /// <summary>p = p + q. 8M + 2S ("madd-2008-s"). Wrong when p is infinity or p = q; p = −q gives infinity.</summary>
    internal static void Add(ref Extended<T> p, in Affine<T> q)
    {
        T.Multiply(q.X, p.ZZ, out T u);
        T.SubtractTight(u, p.X, out T h);
        T.Multiply(q.Y, p.ZZZ, out T s);
        T.SubtractTight(s, p.Y, out T r);
        T.Square(h, out T hh);
        T.Multiply(p.ZZ, hh, out p.ZZ);
        Finish(r, hh, p.X, u, out T hhh, out T v, out T x);
        T.Multiply(hhh, p.ZZZ, out p.ZZZ);
        p.X = x;
        Finish(r, hhh, v, x, ref p.Y);
    }

    /// <summary>p = p + q. 12M + 2S ("add-2008-s"). Wrong when either is infinity or p = q; p = −q gives infinity.</summary>
    /// <param name="p">Taken and given.</param>
    /// <param name="q">Added.</param>
    /// <param name="h">U₂ − U₁: zero mod p when the x coordinates agree.</param>
    /// <param name="r">S₂ − S₁: zero too when the points agree.</param>
    internal static void Add(ref Extended<T> p, in Extended<T> q, out T h, out T r)
    {
        T.Multiply(p.X, q.ZZ, out T u1);
        T.Multiply(q.X, p.ZZ, out T u2);
        T.SubtractTight(u2, u1, out h);
        T.Multiply(p.Y, q.ZZZ, out p.Y);
        T.Multiply(q.Y, p.ZZZ, out T s2);
        T.SubtractTight(s2, p.Y, out r);
        T.Square(h, out T hh);
        T.Multiply(p.ZZ, q.ZZ, out T zz);
        T.Multiply(zz, hh, out p.ZZ);
        Finish(r, hh, u1, u2, out T hhh, out T v, out p.X);
        T.Multiply(p.ZZZ, q.ZZZ, out T zzz);
        T.Multiply(hhh, zzz, out p.ZZZ);
        Finish(r, hhh, v, p.X, ref p.Y);
    }

    /// <summary>p = p + q. 8M + 3S. Wrong when p is infinity or p = q; p = −q gives infinity.</summary>
    /// <param name="p">Taken and given.</param>
    /// <param name="q">Added.</param>
    /// <param name="h">U₂ − X₁: zero mod p when the x coordinates agree.</param>
    /// <param name="r">S₂ − Y₁: zero too when the points agree.</param>
    internal static void Add(ref Jacobian<T> p, in Affine<T> q, out T h, out T r)
    {
        T.Square(p.Z, out T zz);
        T.Multiply(q.X, zz, out T u);
        T.SubtractTight(u, p.X, out h);
        T.Multiply(p.Z, zz, out T zzz);
        T.Multiply(q.Y, zzz, out T s);
        T.SubtractTight(s, p.Y, out r);
        T.Square(h, out T hh);
        T.Multiply(p.Z, h, out p.Z);
        Finish(r, hh, p.X, u, out T hhh, out T v, out T x);
        p.X = x;
        Finish(r, hhh, v, x, ref p.Y);
    }

    /// <summary>p = p + q. 11M + 3S. Wrong when either is infinity or p = q; p = −q gives infinity.</summary>
    /// <param name="p">Taken and given.</param>
    /// <param name="q">Added.</param>
    /// <param name="h">U₂ − U₁: zero mod p when the x coordinates agree.</param>
    /// <param name="r">S₂ − S₁: zero too when the points agree.</param>
    internal static void Add(ref Jacobian<T> p, in Cached<T> q, out T h, out T r)
    {
        T.Square(p.Z, out T zz);
        T.Multiply(p.X, q.ZZ, out T u1);
        T.Multiply(q.X, zz, out T u2);
        T.SubtractTight(u2, u1, out h);
        T.Multiply(p.Z, zz, out T zzz);
        T.Multiply(p.Y, q.ZZZ, out p.Y);
        T.Multiply(q.Y, zzz, out T s2);
        T.SubtractTight(s2, p.Y, out r);
        T.Square(h, out T hh);
        T.Multiply(p.Z, q.Z, out T z);
        T.Multiply(z, h, out p.Z);
        Finish(r, hh, u1, u2, out T hhh, out T v, out p.X);
        Finish(r, hhh, v, p.X, ref p.Y);
    }

    /// <summary>q = p with Z² and Z³.</summary>
    internal static void Cache(in Jacobian<T> p, out Cached<T> q)
    {
        q.X = p.X;
        q.Y = p.Y;
        q.Z = p.Z;
        T.Square(p.Z, out q.ZZ);
        T.Multiply(p.Z, q.ZZ, out q.ZZZ);
    }

    /// <summary>The same point in the other form: Z = ZZ serves, since (X·ZZ)/ZZ² = X/ZZ and (Y·ZZZ)/ZZ³ = Y/ZZZ.</summary>
    internal static void Convert(in Extended<T> p, out Jacobian<T> q)
    {
        T.Multiply(p.X, p.ZZ, out q.X);
        T.Multiply(p.Y, p.ZZZ, out q.Y);
        q.Z = p.ZZ;
    }

    // With V = U₁H² and V′ = U₂H²: H³ = V′ − V (size 2), X₃ = R² − H³ − 2V = R² − V − V′
    private static void Finish(in T r, in T hh, in T u1, in T u2, out T hhh, out T v, out T x)
    {
        T.Multiply(u1, hh, out v);
        T.Multiply(u2, hh, out T other);
        T.Square(r, out T square);
        T.SubtractBothTight(square, v, other, out x);
        T.Subtract(other, v, out hhh);
    }

    // Y₃ = R(V − X₃) − S₁H³, with S₁ in y
    private static void Finish(in T r, in T hhh, in T v, in T x, ref T y)
    {
        T.Multiply(hhh, y, out T product);
        T.Subtract(v, x, out T difference); // 2
        T.Multiply(difference, r, out T slope);
        T.SubtractTight(slope, product, out y);
    }
}
