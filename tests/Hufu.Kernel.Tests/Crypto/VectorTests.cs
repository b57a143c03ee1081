using System.Numerics;
using Hufu.Crypto;
using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>The eight-lane field against plain integers.</summary>
public class VectorTests
{
    [Fact]
    public void Field_operations_in_eight_lanes()
    {
        Assert.SkipUnless(FieldElement8.IsSupported, "no AVX-512 here");
        BigInteger p = ReferenceCurve.P;
        BigInteger[] values = [.. ArithmeticTests.Values(p, 60)];
        for (int i = 0; i < values.Length; i++)
        {
            for (int j = 0; j + 8 <= values.Length; j += 8)
            {
                FieldElement8 a = default, b = default;
                for (int lane = 0; lane < 8; lane++)
                {
                    FieldElement.FromInteger(ArithmeticTests.From(values[(i + lane) % values.Length]), out FieldElement x);
                    FieldElement.FromInteger(ArithmeticTests.From(values[j + lane]), out FieldElement y);
                    a.Set(lane, x);
                    b.Set(lane, y);
                }

                a.Get(3, out FieldElement same);
                Assert.Equal(values[(i + 3) % values.Length], ArithmeticTests.To(same.ToInteger()));
                FieldElement8.Multiply(a, b, out FieldElement8 product);
                FieldElement8.Square(a, out FieldElement8 square);
                FieldElement8.Subtract(a, b, out FieldElement8 difference);
                FieldElement8.Multiply(difference, product, out FieldElement8 loose); // sizes 2 and 1
                FieldElement8.TimesTight(a, 3, out FieldElement8 three);
                FieldElement8.Multiply(three, b, out FieldElement8 scaled);
                for (int lane = 0; lane < 8; lane++)
                {
                    BigInteger x = values[(i + lane) % values.Length], y = values[j + lane];
                    product.Get(lane, out FieldElement r);
                    Assert.True(x * y % p == ArithmeticTests.To(r.ToInteger()), "product");
                    square.Get(lane, out r);
                    Assert.True(x * x % p == ArithmeticTests.To(r.ToInteger()), "square");
                    loose.Get(lane, out r);
                    Assert.True(ReferenceCurve.Mod((x - y) * x * y, p) == ArithmeticTests.To(r.ToInteger()), "loose");
                    scaled.Get(lane, out r);
                    Assert.True(3 * x * y % p == ArithmeticTests.To(r.ToInteger()), "scaled");
                }
            }
        }
    }

    [Fact]
    public void Multiples_in_lanes_at_the_edges()
    {
        Assert.SkipUnless(FieldElement8.IsSupported, "no AVX-512 here");
        BigInteger n = ReferenceCurve.N;
        BigInteger[] scalars = [.. ArithmeticTests.Values(n, 40).Append(n - 6).Append((30 * (BigInteger.One << 252)) - n).Where(k => !k.IsZero)];
        (BigInteger X, BigInteger Y) q = ReferenceCurve.Point.From(ReferenceCurve.G).Multiply(98765).ToAffine();
        Affine<FieldElement> point;
        FieldElement.FromInteger(ArithmeticTests.From(q.X), out point.X);
        FieldElement.FromInteger(ArithmeticTests.From(q.Y), out point.Y);
        LaneComb comb = LaneComb.Create(point);
        Affine<FieldElement8> points = new() { X = FieldElement8.Broadcast(point.X), Y = FieldElement8.Broadcast(point.Y) };
        U256[] eight = new U256[8];
        for (int i = 0; i < scalars.Length; i++)
        {
            for (int lane = 0; lane < 8; lane++)
            {
                eight[lane] = ArithmeticTests.From(scalars[(i + lane) % scalars.Length]);
            }

            (BigInteger X, BigInteger Y) wantedG = ReferenceCurve.Point.From(ReferenceCurve.G).Multiply(scalars[i]).ToAffine();
            (BigInteger X, BigInteger Y) wantedQ = ReferenceCurve.Point.From(q).Multiply(scalars[i]).ToAffine();
            comb.Multiply(eight[0], out Jacobian<FieldElement> single);
            Assert.True(wantedQ == Affine(single), $"lane comb {scalars[i]}");
            BatchComb.Multiply(eight, out Extended<FieldElement8> g);
            CurveFormulas<FieldElement8>.Convert(g, out Jacobian<FieldElement8> converted);
            LanePoints.Get(converted, 0, out single);
            Assert.True(wantedG == Affine(single), $"batch comb {scalars[i]}");
            BatchWindows.Multiply(points, eight, out Jacobian<FieldElement8> windows);
            LanePoints.Get(windows, 0, out single);
            Assert.True(wantedQ == Affine(single), $"batch windows {scalars[i]}");
            int other = (i % 7) + 1;
            wantedQ = ReferenceCurve.Point.From(q).Multiply(scalars[(i + other) % scalars.Length]).ToAffine();
            LanePoints.Get(windows, other, out single);
            Assert.True(wantedQ == Affine(single), $"batch windows, lane {other}");
        }
    }

    [Fact]
    public void Double_combs_in_lanes_with_every_exceptional_sum()
    {
        Assert.SkipUnless(FieldElement8.IsSupported, "no AVX-512 here");
        BigInteger n = ReferenceCurve.N;
        BigInteger[] scalars = [1, 2, 3, 6, 31, 32, n - 1, n - 2, n - 3, n - 6, .. ArithmeticTests.Values(n, 4).TakeLast(4)];
        foreach (BigInteger d in new BigInteger[] { 1, 2, n - 1, n - 2, (n + 1) / 2, 4242 })
        {
            (BigInteger X, BigInteger Y) q = ReferenceCurve.Point.From(ReferenceCurve.G).Multiply(d).ToAffine();
            Affine<FieldElement> point;
            FieldElement.FromInteger(ArithmeticTests.From(q.X), out point.X);
            FieldElement.FromInteger(ArithmeticTests.From(q.Y), out point.Y);
            LaneComb comb = LaneComb.Create(point);
            foreach (BigInteger s in scalars)
            {
                foreach (BigInteger t in scalars)
                {
                    ReferenceCurve.Point wanted = ReferenceCurve.Point.From(ReferenceCurve.G).Multiply((s + (t * d)) % n);
                    LaneComb.Double(LaneComb.Generator, ArithmeticTests.From(s), comb, ArithmeticTests.From(t), out Jacobian<FieldElement> sum);
                    Assert.Equal(wanted.Z.IsZero, sum.Z.IsZeroMask != 0);
                    Assert.True(wanted.Z.IsZero || wanted.ToAffine() == Affine(sum));
                }
            }
        }
    }

    private static (BigInteger X, BigInteger Y) Affine(in Jacobian<FieldElement> p)
    {
        GeneratorMultiples.Normalize(p, out U256 x, out U256 y);
        return (ArithmeticTests.To(x), ArithmeticTests.To(y));
    }
}
