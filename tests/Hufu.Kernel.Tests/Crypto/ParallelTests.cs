using System.Numerics;
using Hufu.Crypto;
using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>The four-lane field and the point whose products run side by side, against plain integers.</summary>
public class ParallelTests
{
    private static readonly BigInteger P = ReferenceCurve.P, N = ReferenceCurve.N, R = BigInteger.One << 260;

    [Fact]
    public void Products_of_limbs_at_their_limits()
    {
        Assert.SkipUnless(FieldElement4.IsSupported, "no AVX2 here");
        BigInteger inverse = ReferenceCurve.Invert(R % P, P);
        byte[] random = SecureRandom.GetBytes(64);
        for (int round = 0; round < 4000; round++)
        {
            FieldElement4 a = default, b = default;
            BigInteger[] x = new BigInteger[4], y = new BigInteger[4];
            if (round % 8 == 0)
            {
                random = SecureRandom.GetBytes(8 * 40);
            }

            for (int lane = 0; lane < 4; lane++)
            {
                for (int limb = 0; limb < 5; limb++)
                {
                    int at = (40 * (round % 8)) + (5 * lane) + limb;
                    long u = Limb(random[at], round + limb), v = Limb(random[at + 20], round + lane);
                    Set(ref a, lane, limb, u);
                    Set(ref b, lane, limb, v);
                    x[lane] += new BigInteger(u) << (52 * limb);
                    y[lane] += new BigInteger(v) << (52 * limb);
                }
            }

            FieldElement4.Multiply(a, b, out Columns4 c);
            FieldElement4.Square(a, out Columns4 s);
            Columns4.Carry(c, out FieldElement4 product);
            Columns4.Fold(c, out FieldElement4 folded);
            Columns4.Carry(s, out FieldElement4 square);
            Columns4.Subtract(c, s, 1, out Columns4 difference);
            Columns4.Fold(difference, out FieldElement4 less);
            Columns4.TripleDifference(s, c, out difference);
            Columns4.Fold(difference, out FieldElement4 three);
            for (int lane = 0; lane < 4; lane++)
            {
                Check(x[lane] * y[lane] * inverse, product, lane, 8);
                Check(x[lane] * y[lane] * inverse, folded, lane, 0.51);
                Check(x[lane] * x[lane] * inverse, square, lane, 8);
                Check((x[lane] * y[lane] - (x[lane] * x[lane])) * inverse, less, lane, 0.51);
                Check(3 * x[lane] * (x[lane] - y[lane]) * inverse, three, lane, 0.51);
            }
        }
    }

    [Fact]
    public void Doubling_and_addition_keep_what_goes_along()
    {
        Assert.SkipUnless(FieldElement4.IsSupported, "no AVX2 here");
        Affine<FieldElement> g = CurveParameters.Generator;
        ParallelPoint.From(g, out ParallelPoint start);
        ReferenceCurve.Point reference = ReferenceCurve.Point.From(ReferenceCurve.G);
        ParallelPoint.Cache(start, out ParallelPoint.Entry one);
        BigInteger k = 1;
        ParallelPoint p = start;
        for (int i = 0; i < 400; i++)
        {
            if (i % 3 == 2)
            {
                ParallelPoint.Add(ref p, one);
                k += 1;
            }
            else
            {
                ParallelPoint.Double(ref p);
                k *= 2;
            }

            k %= N;
            Check(reference.Multiply(k).ToAffine(), p);
            if (i % 40 == 5)
            {
                ParallelPoint.Cache(p, out ParallelPoint.Entry entry);
                ParallelPoint.From(entry, out ParallelPoint same);
                Check(reference.Multiply(k).ToAffine(), same);
                ParallelPoint.Get(ref entry, out Jacobian<FieldElement> scalar);
                GeneratorMultiples.Normalize(scalar, out U256 x, out U256 y);
                Assert.Equal(reference.Multiply(k).ToAffine(), (ArithmeticTests.To(x), ArithmeticTests.To(y)));
            }
        }

        // p + (−p) is infinity, and so it is said.
        ParallelPoint minus = default;
        Affine<FieldElement> opposite = g;
        FieldElement.NegateIf(ulong.MaxValue, ref opposite.Y);
        ParallelPoint.From(opposite, out minus);
        ParallelPoint.Add(ref minus, one);
        ParallelPoint.Get(ref minus, out Jacobian<FieldElement> none);
        Assert.NotEqual(0UL, none.Z.IsZeroMask);
    }

    [Fact]
    public void Multiples_at_the_edges()
    {
        Assert.SkipUnless(FieldElement4.IsSupported, "no AVX2 here");
        foreach (BigInteger d in new BigInteger[] { 1, 2, N - 1, 424242 })
        {
            (BigInteger X, BigInteger Y) q = ReferenceCurve.Point.From(ReferenceCurve.G).Multiply(d).ToAffine();
            Affine<FieldElement> point;
            FieldElement.FromInteger(ArithmeticTests.From(q.X), out point.X);
            FieldElement.FromInteger(ArithmeticTests.From(q.Y), out point.Y);
            foreach (BigInteger k in ArithmeticTests.Values(N, 60).Append(N - 6).Append(6).Where(k => !k.IsZero))
            {
                ParallelWindows.Multiply(point, ArithmeticTests.From(k), out Jacobian<FieldElement> product);
                GeneratorMultiples.Normalize(product, out U256 x, out U256 y);
                Assert.Equal(ReferenceCurve.Point.From(q).Multiply(k).ToAffine(), (ArithmeticTests.To(x), ArithmeticTests.To(y)));
            }
        }
    }

    // ±2⁵¹ and next to it, powers of two, zero, and what is between.
    private static long Limb(byte kind, int salt) => (kind % 7) switch
    {
        0 => -(1L << 51),
        1 => (1L << 51) - 1,
        2 => 1L << (salt % 51),
        3 => -(1L << (salt % 51)),
        4 => 0,
        5 => (long)((ulong)(kind + 1) * 0x9E3779B97F4A7C15UL * (ulong)(salt + 1) >> 13) - (1L << 50),
        _ => -(1L << 51) + 1 + (salt % 3),
    };

    private static void Set(ref FieldElement4 a, int lane, int limb, double value)
    {
        ref System.Runtime.Intrinsics.Vector256<double> l = ref a.L0;
        switch (limb)
        {
            case 1:
                l = ref a.L1;
                break;
            case 2:
                l = ref a.L2;
                break;
            case 3:
                l = ref a.L3;
                break;
            case 4:
                l = ref a.L4;
                break;
            default:
                break;
        }

        l = System.Runtime.Intrinsics.Vector256.WithElement(l, lane, value);
    }

    private static void Check(BigInteger wanted, in FieldElement4 a, int lane, double limit)
    {
        double[] limbs = [a.L0[lane], a.L1[lane], a.L2[lane], a.L3[lane], a.L4[lane]];
        BigInteger value = 0;
        for (int i = 0; i < 5; i++)
        {
            Assert.True(Math.Abs(limbs[i]) <= 1L << 51, $"limb {i}: {limbs[i]}");
            value += new BigInteger(limbs[i]) << (52 * i);
        }

        Assert.Equal(ReferenceCurve.Mod(wanted, P), ReferenceCurve.Mod(value, P));
        Assert.True(Math.Abs((double)value / (double)P) <= limit, $"value {(double)value / (double)P} p");
    }

    private static void Check((BigInteger X, BigInteger Y) wanted, ParallelPoint p)
    {
        BigInteger x = Value(p.U, 1), z = Value(p.U, 2), t = Value(p.V, 0), alpha = Value(p.V, 1), zz = Value(p.V, 2), w = Value(p.V, 3);
        Assert.Equal(ReferenceCurve.Mod(z * z, P), zz);
        Assert.Equal(ReferenceCurve.Mod(zz * zz, P), w);
        Assert.Equal(ReferenceCurve.Mod(3 * ((x * x) - w), P), alpha);
        Assert.Equal(ReferenceCurve.Mod(wanted.X * zz, P), x);
        Assert.Equal(ReferenceCurve.Mod(2 * wanted.Y * zz * z, P), t);
    }

    private static BigInteger Value(FieldElement4 a, int lane)
    {
        a.Get(lane, out FieldElement one);
        return ArithmeticTests.To(one.ToInteger());
    }
}
