using System.Runtime.CompilerServices;

namespace Hufu.Crypto;

/// <summary>
/// The group law of y² = x³ − 3x + b over one element or eight. Formulas of the Explicit-Formulas Database (Bernstein, Lange), without branches: each says for which points it is wrong, and the callers say why those do not come,
/// or test for them. Sizes of <see cref="IField{T}"/> stand at the right where they are not 1.
/// </summary>
internal static class CurveFormulas<T>
    where T : struct, IField<T>
{
    /// <summary>p = 2p, with a workspace of its own.</summary>
    internal static void Double(ref Jacobian<T> p)
    {
        Unsafe.SkipInit(out Workspace<T> w);
        Double(ref p, ref w);
    }

    /// <summary>p = 2p. 5M + 3S ("dbl-2001-b" with Z₃ = 2YZ and 2γ = 2Y·Y). Right for every point: infinity stays, and there is no point of order two.</summary>
    internal static void Double(ref Jacobian<T> p, ref Workspace<T> w)
    {
        ref T delta = ref w.A, twoY = ref w.B, gamma2 = ref w.C, first = ref w.D, second = ref w.E, alpha = ref w.F, beta4 = ref w.H, gamma4 = ref w.R;
        T.Square(p.Z, out delta);
        T.AddTight(p.X, delta, out second);
        T.Twice(p.Y, out twoY); // 2
        T.Multiply(twoY, p.Y, out gamma2);

        // α = 3(X − Z²)(X + Z²)
        T.Subtract(p.X, delta, out first); // 2
        T.Multiply(first, second, out first);
        T.TimesTight(first, 3, out alpha);

        // 4β = 2X·2γ, 4γ² = (2γ)²
        T.Twice(p.X, out first); // 2
        T.Multiply(first, gamma2, out beta4);
        T.Square(gamma2, out gamma4);

        // X₃ = α² − 8β, Z₃ = 2YZ, Y₃ = α(4β − X₃) − 8γ²
        T.Square(alpha, out first);
        T.SubtractTwiceTight(first, beta4, out p.X);
        T.Multiply(twoY, p.Z, out p.Z);
        T.Subtract(beta4, p.X, out first); // 2
        T.Multiply(first, alpha, out second);
        T.SubtractTwiceTight(second, gamma4, out p.Y);
    }

    /// <summary>p = p + q, with a workspace of its own.</summary>
    internal static void Add(ref Extended<T> p, in Affine<T> q)
    {
        Unsafe.SkipInit(out Workspace<T> w);
        Add(ref p, q, ref w);
    }

    /// <summary>p = p + q. 8M + 2S ("madd-2008-s"). Wrong when p is infinity or p = q; p = −q gives infinity.</summary>
    internal static void Add(ref Extended<T> p, in Affine<T> q, ref Workspace<T> w)
    {
        T.Multiply(q.X, p.ZZ, out w.E);
        T.SubtractTight(w.E, p.X, out w.H);
        T.Multiply(q.Y, p.ZZZ, out w.F);
        T.SubtractTight(w.F, p.Y, out w.R);
        T.Square(w.H, out w.A);
        T.Multiply(p.ZZ, w.A, out p.ZZ);
        FinishX(ref w, p.X, w.E, out p.X);
        T.Multiply(w.C, p.ZZZ, out p.ZZZ);
        FinishY(ref w, p.X, ref p.Y);
    }

    /// <summary>p = p + q. 12M + 2S ("add-2008-s"). Wrong when either is infinity or p = q (the workspace tells); p = −q gives infinity.</summary>
    internal static void Add(ref Extended<T> p, in Extended<T> q, ref Workspace<T> w)
    {
        T.Multiply(p.X, q.ZZ, out w.E);
        T.Multiply(q.X, p.ZZ, out w.F);
        T.SubtractTight(w.F, w.E, out w.H);
        T.Multiply(p.Y, q.ZZZ, out p.Y);
        T.Multiply(q.Y, p.ZZZ, out w.B);
        T.SubtractTight(w.B, p.Y, out w.R);
        T.Square(w.H, out w.A);
        T.Multiply(p.ZZ, q.ZZ, out w.B);
        T.Multiply(w.B, w.A, out p.ZZ);
        FinishX(ref w, w.E, w.F, out p.X);
        T.Multiply(p.ZZZ, q.ZZZ, out w.D);
        T.Multiply(w.C, w.D, out p.ZZZ);
        FinishY(ref w, p.X, ref p.Y);
    }

    /// <summary>p = p + q. 8M + 3S. Wrong when p is infinity or p = q; p = −q gives infinity.</summary>
    /// <param name="p">Taken and given.</param>
    /// <param name="q">Added.</param>
    /// <param name="h">U₂ − X₁: zero mod p when the x coordinates agree.</param>
    /// <param name="r">S₂ − Y₁: zero too when the points agree.</param>
    internal static void Add(ref Jacobian<T> p, in Affine<T> q, out T h, out T r)
    {
        Unsafe.SkipInit(out Workspace<T> w);
        T.Square(p.Z, out w.A);
        T.Multiply(q.X, w.A, out w.E);
        T.SubtractTight(w.E, p.X, out w.H);
        T.Multiply(p.Z, w.A, out w.B);
        T.Multiply(q.Y, w.B, out w.F);
        T.SubtractTight(w.F, p.Y, out w.R);
        T.Square(w.H, out w.A);
        T.Multiply(p.Z, w.H, out p.Z);
        FinishX(ref w, p.X, w.E, out p.X);
        FinishY(ref w, p.X, ref p.Y);
        h = w.H;
        r = w.R;
    }

    /// <summary>p = p + q, with a workspace of its own, and what it tells.</summary>
    internal static void Add(ref Jacobian<T> p, in Cached<T> q, out T h, out T r)
    {
        Unsafe.SkipInit(out Workspace<T> w);
        Add(ref p, q, ref w);
        h = w.H;
        r = w.R;
    }

    /// <summary>p = p + q. 11M + 3S. Wrong when either is infinity or p = q (the workspace tells); p = −q gives infinity.</summary>
    internal static void Add(ref Jacobian<T> p, in Cached<T> q, ref Workspace<T> w)
    {
        T.Square(p.Z, out w.A);
        T.Multiply(p.X, q.ZZ, out w.E);
        T.Multiply(q.X, w.A, out w.F);
        T.SubtractTight(w.F, w.E, out w.H);
        T.Multiply(p.Z, w.A, out w.B);
        T.Multiply(p.Y, q.ZZZ, out p.Y);
        T.Multiply(q.Y, w.B, out w.C);
        T.SubtractTight(w.C, p.Y, out w.R);
        T.Square(w.H, out w.A);
        T.Multiply(p.Z, q.Z, out w.B);
        T.Multiply(w.B, w.H, out p.Z);
        FinishX(ref w, w.E, w.F, out p.X);
        FinishY(ref w, p.X, ref p.Y);
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

    // With H² in A, V = U₁H² and V′ = U₂H²: X₃ = R² − H³ − 2V = R² − V − V′. Leaves V in B and H³ = V′ − V (size 2) in C.
    private static void FinishX(ref Workspace<T> w, in T u1, in T u2, out T x)
    {
        T.Multiply(u1, w.A, out w.B);
        T.Multiply(u2, w.A, out w.C);
        T.Square(w.R, out w.D);
        T.SubtractBothTight(w.D, w.B, w.C, out x);
        T.Subtract(w.C, w.B, out w.C);
    }

    // Y₃ = R(V − X₃) − S₁H³, with S₁ in y
    private static void FinishY(ref Workspace<T> w, in T x, ref T y)
    {
        T.Multiply(w.C, y, out w.D);
        T.Subtract(w.B, x, out w.B); // 2
        T.Multiply(w.B, w.R, out w.A);
        T.SubtractTight(w.A, w.D, out y);
    }
}
