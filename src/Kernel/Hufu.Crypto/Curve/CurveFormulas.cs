namespace Hufu.Crypto;

/// <summary>
/// The group law of y² = x³ − 3x + b over one element or eight. Formulas of the Explicit-Formulas Database (Bernstein, Lange), without branches: each says for which points it is wrong, and the callers say why those do not come,
/// or test for them. Sizes of <see cref="IField{T}"/> stand at the right where they are not 1.
/// </summary>
internal static class CurveFormulas<T>
    where T : struct, IField<T>
{
    /// <summary>p = 2p. 4M + 4S ("dbl-2001-b" with Z₃ = 2YZ). Right for every point: infinity stays, and there is no point of order two.</summary>
    internal static void Double(ref Jacobian<T> p)
    {
        T.Square(p.Z, out T delta);
        T.Square(p.Y, out T gamma);

        // With 2γ at hand 2β = X·2γ and 4γ² = (2γ)² come without growing.
        T.TimesTight(gamma, 2, out T gamma2);
        T.Multiply(p.X, gamma2, out T beta2);
        T.TimesTight(beta2, 2, out T beta4);
        T.Square(gamma2, out T gamma4);

        // α = 3(X − Z²)(X + Z²)
        T.AddTight(p.X, delta, out T sum);
        T.Subtract(p.X, delta, out T difference); // 2
        T.Multiply(difference, sum, out T product);
        T.TimesTight(product, 3, out T alpha);

        // Z₃ = 2YZ
        T.Twice(p.Y, out T twoY); // 2
        T.Multiply(twoY, p.Z, out p.Z);

        // X₃ = α² − 8β, Y₃ = α(4β − X₃) − 8γ²
        T.Square(alpha, out T square);
        T.SubtractTwiceTight(square, beta4, out p.X);
        T.Subtract(beta4, p.X, out difference); // 2
        T.Multiply(difference, alpha, out product);
        T.SubtractTwiceTight(product, gamma4, out p.Y);
    }

    /// <summary>p = p + q. 8M + 2S ("madd-2008-s"). Wrong when p is infinity or p = q; p = −q gives infinity.</summary>
    internal static void Add(ref Extended<T> p, in Affine<T> q)
    {
        T.Multiply(q.X, p.ZZ, out T u);
        T.Multiply(q.Y, p.ZZZ, out T s);
        T.SubtractTight(u, p.X, out T h);
        T.SubtractTight(s, p.Y, out T r);
        T.Square(h, out T hh);
        T.Multiply(h, hh, out T hhh);
        T.Multiply(p.X, hh, out T v);
        T.Multiply(p.ZZ, hh, out p.ZZ);
        T.Multiply(p.ZZZ, hhh, out p.ZZZ);
        Finish(r, hhh, v, p.Y, out p.X, out p.Y);
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
        T.Multiply(p.Y, q.ZZZ, out T s1);
        T.Multiply(q.Y, p.ZZZ, out T s2);
        T.SubtractTight(u2, u1, out h);
        T.SubtractTight(s2, s1, out r);
        T.Square(h, out T hh);
        T.Multiply(h, hh, out T hhh);
        T.Multiply(u1, hh, out T v);
        T.Multiply(p.ZZ, q.ZZ, out T zz);
        T.Multiply(zz, hh, out p.ZZ);
        T.Multiply(p.ZZZ, q.ZZZ, out T zzz);
        T.Multiply(zzz, hhh, out p.ZZZ);
        Finish(r, hhh, v, s1, out p.X, out p.Y);
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
        T.Multiply(p.Z, zz, out T zzz);
        T.Multiply(q.Y, zzz, out T s);
        T.SubtractTight(u, p.X, out h);
        T.SubtractTight(s, p.Y, out r);
        T.Square(h, out T hh);
        T.Multiply(h, hh, out T hhh);
        T.Multiply(p.X, hh, out T v);
        T.Multiply(p.Z, h, out p.Z);
        Finish(r, hhh, v, p.Y, out p.X, out p.Y);
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
        T.Multiply(p.Z, zz, out T zzz);
        T.Multiply(p.Y, q.ZZZ, out T s1);
        T.Multiply(q.Y, zzz, out T s2);
        T.SubtractTight(u2, u1, out h);
        T.SubtractTight(s2, s1, out r);
        T.Square(h, out T hh);
        T.Multiply(h, hh, out T hhh);
        T.Multiply(u1, hh, out T v);
        T.Multiply(p.Z, q.Z, out T z);
        T.Multiply(z, h, out p.Z);
        Finish(r, hhh, v, s1, out p.X, out p.Y);
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

    // X₃ = R² − H³ − 2V, Y₃ = R(V − X₃) − S₁H³
    private static void Finish(in T r, in T hhh, in T v, in T s1, out T x, out T y)
    {
        T.Multiply(s1, hhh, out T product);
        T.Square(r, out T square);
        T.SubtractTight(square, hhh, out T less);
        T.SubtractTwiceTight(less, v, out x);
        T.Subtract(v, x, out T difference); // 2
        T.Multiply(difference, r, out T slope);
        T.SubtractTight(slope, product, out y);
    }
}
