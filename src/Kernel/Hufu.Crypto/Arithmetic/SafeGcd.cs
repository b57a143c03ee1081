using System.Runtime.CompilerServices;

namespace Hufu.Crypto;

/// <summary>Inversion modulo p and n by the division steps of Bernstein and Yang ("Fast constant-time gcd computation and modular inversion", 2019), in constant time.</summary>
/// <remarks>
/// A step takes (δ, f, g), f odd, to (1 − δ, g, (g − f)/2) when δ &gt; 0 and g is odd, else to (1 + δ, f, (g + (g mod 2)·f)/2). With the start δ = 1/2, 590 steps bring any g &lt; 2²⁵⁶ to 0,
/// and f to ±gcd = ±1. Steps look at the low bits only, so 59 of them run on the low words and give a matrix T with T·(f, g) = 2⁵⁹·(f′, g′); the whole numbers take it at once.
/// (d, e) goes along with d·x ≡ f and e·x ≡ g mod m, divided by the same power of two mod m, so that at the end x⁻¹ = ±d.
/// Numbers are five signed limbs of 62 bits; the matrix starts at 8·I so that the power is 2⁶², one limb.
/// </remarks>
internal static class SafeGcd
{
    private const ulong Mask = (1UL << 62) - 1;
    private const int StepsPerBatch = 59;
    private const int Batches = 10;

    /// <summary>x = V0 + V1·2⁶² + … + V4·2²⁴⁸, the top limb carrying the sign.</summary>
    private struct Signed62
    {
        internal long V0, V1, V2, V3, V4;

        internal Signed62(long v0, long v1, long v2, long v3, long v4) => (V0, V1, V2, V3, V4) = (v0, v1, v2, v3, v4);
    }

    private struct Matrix
    {
        internal long U, V, Q, R;
    }

    /// <summary>1/x mod p for x below p; zero for zero.</summary>
    internal static U256 InvertModP(in U256 x) =>
        Invert(x, new Signed62(0x3FFFFFFFFFFFFFFF, 0x3FFFFFFC00000003, 0x3FFFFFFFFFFFFFFF, 0x3FFFFFBFFFFFFFFF, 0xFF), 0x3FFFFFFFFFFFFFFF);

    /// <summary>1/x mod n for x below n; zero for zero.</summary>
    internal static U256 InvertModN(in U256 x) =>
        Invert(x, new Signed62(0x13BBF40939D54123, 0x080F7DAC871814AD, 0x3FFFFFFFFFFFFFF7, 0x3FFFFFBFFFFFFFFF, 0xFF), 0x0D8061778DCAF68B);

    // inverse: 1/m mod 2^62
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static U256 Invert(in U256 x, in Signed62 m, ulong inverse)
    {
        Signed62 d = default, e = new(1, 0, 0, 0, 0), f = m;
        Signed62 g = new(
            (long)(x.W0 & Mask),
            (long)(((x.W0 >> 62) | (x.W1 << 2)) & Mask),
            (long)(((x.W1 >> 60) | (x.W2 << 4)) & Mask),
            (long)(((x.W2 >> 58) | (x.W3 << 6)) & Mask),
            (long)(x.W3 >> 56));
        long zeta = -1; // −(δ + 1/2)
        for (int i = 0; i < Batches; i++)
        {
            zeta = Steps(zeta, (ulong)f.V0 | ((ulong)f.V1 << 62), (ulong)g.V0 | ((ulong)g.V1 << 62), out Matrix t);
            UpdateDE(ref d, ref e, t, m, inverse);
            UpdateFG(ref f, ref g, t);
        }

        return Normalize(d, f.V4 >> 63, m);
    }

    private static long Steps(long zeta, ulong f, ulong g, out Matrix t)
    {
        ulong u = 8, v = 0, q = 0, r = 8;
        for (int i = 0; i < StepsPerBatch; i++)
        {
            ulong swap = (ulong)(zeta >> 63);
            ulong odd = 0 - (g & 1);

            // g += ±f where g is odd, with the sign that δ asks for
            g += ((f ^ swap) - swap) & odd;
            q += ((u ^ swap) - swap) & odd;
            r += ((v ^ swap) - swap) & odd;
            swap &= odd;

            // where δ > 0 and g was odd: f takes the old g, which is the new g + the old f
            zeta = (zeta ^ (long)swap) - 1;
            f += g & swap;
            u += q & swap;
            v += r & swap;
            g >>= 1;
            u <<= 1;
            v <<= 1;
        }

        t = new Matrix { U = (long)u, V = (long)v, Q = (long)q, R = (long)r };
        return zeta;
    }

    // (f, g) = T·(f, g) / 2^62, exactly.
    private static void UpdateFG(ref Signed62 f, ref Signed62 g, in Matrix t)
    {
        Signed62 a = f, b = g;
        Int128 cf = Dot(t.U, a.V0, t.V, b.V0) >> 62;
        Int128 cg = Dot(t.Q, a.V0, t.R, b.V0) >> 62;
        f.V0 = Next(ref cf, Dot(t.U, a.V1, t.V, b.V1));
        g.V0 = Next(ref cg, Dot(t.Q, a.V1, t.R, b.V1));
        f.V1 = Next(ref cf, Dot(t.U, a.V2, t.V, b.V2));
        g.V1 = Next(ref cg, Dot(t.Q, a.V2, t.R, b.V2));
        f.V2 = Next(ref cf, Dot(t.U, a.V3, t.V, b.V3));
        g.V2 = Next(ref cg, Dot(t.Q, a.V3, t.R, b.V3));
        f.V3 = Next(ref cf, Dot(t.U, a.V4, t.V, b.V4));
        g.V3 = Next(ref cg, Dot(t.Q, a.V4, t.R, b.V4));
        f.V4 = (long)cf;
        g.V4 = (long)cg;
    }

    // (d, e) = T·(d, e) / 2^62 mod m; both stay in (−2m, m).
    private static void UpdateDE(ref Signed62 d, ref Signed62 e, in Matrix t, in Signed62 m, ulong inverse)
    {
        Signed62 a = d, b = e;

        // Where d or e is negative, m is added to it; then multiples of m that clear the low limb.
        long sd = a.V4 >> 63, se = b.V4 >> 63;
        long md = (t.U & sd) + (t.V & se), me = (t.Q & sd) + (t.R & se);
        Int128 cd = Dot(t.U, a.V0, t.V, b.V0), ce = Dot(t.Q, a.V0, t.R, b.V0);
        md -= (long)(((inverse * (ulong)cd) + (ulong)md) & Mask);
        me -= (long)(((inverse * (ulong)ce) + (ulong)me) & Mask);
        cd = (cd + Product(m.V0, md)) >> 62;
        ce = (ce + Product(m.V0, me)) >> 62;
        d.V0 = Next(ref cd, Dot(t.U, a.V1, t.V, b.V1) + Product(m.V1, md));
        e.V0 = Next(ref ce, Dot(t.Q, a.V1, t.R, b.V1) + Product(m.V1, me));
        d.V1 = Next(ref cd, Dot(t.U, a.V2, t.V, b.V2) + Product(m.V2, md));
        e.V1 = Next(ref ce, Dot(t.Q, a.V2, t.R, b.V2) + Product(m.V2, me));
        d.V2 = Next(ref cd, Dot(t.U, a.V3, t.V, b.V3) + Product(m.V3, md));
        e.V2 = Next(ref ce, Dot(t.Q, a.V3, t.R, b.V3) + Product(m.V3, me));
        d.V3 = Next(ref cd, Dot(t.U, a.V4, t.V, b.V4) + Product(m.V4, md));
        e.V3 = Next(ref ce, Dot(t.Q, a.V4, t.R, b.V4) + Product(m.V4, me));
        d.V4 = (long)cd;
        e.V4 = (long)ce;
    }

    // d in (−2m, m) to [0, m), negated first where sign is all ones.
    private static U256 Normalize(in Signed62 d, long sign, in Signed62 m)
    {
        long add = d.V4 >> 63;
        long v0 = d.V0 + (m.V0 & add), v1 = d.V1 + (m.V1 & add), v2 = d.V2 + (m.V2 & add), v3 = d.V3 + (m.V3 & add), v4 = d.V4 + (m.V4 & add);
        v0 = (v0 ^ sign) - sign;
        v1 = (v1 ^ sign) - sign;
        v2 = (v2 ^ sign) - sign;
        v3 = (v3 ^ sign) - sign;
        v4 = (v4 ^ sign) - sign;
        Propagate(ref v0, ref v1, ref v2, ref v3, ref v4);
        add = v4 >> 63;
        v0 += m.V0 & add;
        v1 += m.V1 & add;
        v2 += m.V2 & add;
        v3 += m.V3 & add;
        v4 += m.V4 & add;
        Propagate(ref v0, ref v1, ref v2, ref v3, ref v4);
        return new U256(
            ((ulong)v3 >> 6) | ((ulong)v4 << 56),
            ((ulong)v2 >> 4) | ((ulong)v3 << 58),
            ((ulong)v1 >> 2) | ((ulong)v2 << 60),
            (ulong)v0 | ((ulong)v1 << 62));
    }

    private static void Propagate(ref long v0, ref long v1, ref long v2, ref long v3, ref long v4)
    {
        v1 += v0 >> 62;
        v0 &= (long)Mask;
        v2 += v1 >> 62;
        v1 &= (long)Mask;
        v3 += v2 >> 62;
        v2 &= (long)Mask;
        v4 += v3 >> 62;
        v3 &= (long)Mask;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Next(ref Int128 carry, Int128 column)
    {
        carry += column;
        long limb = (long)((ulong)carry & Mask);
        carry >>= 62;
        return limb;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Int128 Dot(long a, long x, long b, long y) => Product(a, x) + Product(b, y);

    /// <summary>The signed product: the unsigned one, less 2⁶⁴·b where a is negative and 2⁶⁴·a where b is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Int128 Product(long a, long b)
    {
        ulong high = WideProduct.High((ulong)a, (ulong)b) - ((ulong)(a >> 63) & (ulong)b) - ((ulong)(b >> 63) & (ulong)a);
        return new Int128(high, (ulong)a * (ulong)b);
    }
}
