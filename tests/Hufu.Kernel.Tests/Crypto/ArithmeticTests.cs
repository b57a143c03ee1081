using System.Numerics;
using Hufu.Crypto;
using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>Field, scalars, inversion and multiples of points against plain integers, at the edges and at random.</summary>
public class ArithmeticTests
{
    private static readonly BigInteger P = ReferenceCurve.P, N = ReferenceCurve.N;

    internal static IEnumerable<BigInteger> Values(BigInteger modulus, int random)
    {
        for (int i = 0; i < 5; i++)
        {
            yield return i;
            yield return modulus - 1 - i;
        }

        for (int i = 1; i < 256; i += 5)
        {
            yield return BigInteger.One << i;
            yield return (BigInteger.One << i) - 1;
            yield return modulus - (BigInteger.One << i >> 1);
        }

        for (int i = 0; i < random; i++)
        {
            yield return ReferenceCurve.Read(SecureRandom.GetBytes(32)) % modulus;
        }
    }

    internal static U256 From(BigInteger v)
    {
        byte[] octets = new byte[32];
        ReferenceCurve.Write(v, octets);
        return U256.Read(octets);
    }

    internal static BigInteger To(U256 v)
    {
        byte[] octets = new byte[32];
        v.Write(octets);
        return ReferenceCurve.Read(octets);
    }

    [Fact]
    public void Field_operations()
    {
        BigInteger[] values = [.. Values(P, 40)];
        foreach (BigInteger a in values)
        {
            FieldElement.FromInteger(From(a), out FieldElement x);
            Assert.Equal(a, To(x.ToInteger()));
            FieldElement.Square(x, out FieldElement square);
            Assert.Equal(a * a % P, To(square.ToInteger()));
            FieldElement.TimesTight(x, 3, out FieldElement three);
            Assert.Equal(3 * a % P, To(three.ToInteger()));
            Assert.Equal(a.IsZero, x.IsZeroMask != 0);
            foreach (BigInteger b in values)
            {
                FieldElement.FromInteger(From(b), out FieldElement y);
                FieldElement.Multiply(x, y, out FieldElement product);
                FieldElement.AddTight(x, y, out FieldElement sum);
                FieldElement.SubtractTight(x, y, out FieldElement difference);
                FieldElement.Subtract(x, y, out FieldElement loose);
                FieldElement.Multiply(loose, y, out FieldElement scaled);
                Assert.Equal(ReferenceCurve.Mod((a - b) * b, P), To(scaled.ToInteger()));
                Assert.Equal(a * b % P, To(product.ToInteger()));
                Assert.Equal((a + b) % P, To(sum.ToInteger()));
                Assert.Equal(ReferenceCurve.Mod(a - b, P), To(difference.ToInteger()));
                Assert.Equal(a == b, difference.IsZeroMask != 0);
            }
        }
    }

    [Fact]
    public void Scalar_operations()
    {
        BigInteger[] values = [.. Values(N, 40)];
        foreach (BigInteger a in values)
        {
            foreach (BigInteger b in values)
            {
                Assert.Equal((a + b) % N, To(Scalar.Add(From(a), From(b))));
                Assert.Equal(ReferenceCurve.Mod(a - b, N), To(Scalar.Subtract(From(a), From(b))));
                Assert.Equal(a * b % N, To(Scalar.MultiplyMontgomery(From(a), Scalar.ToMontgomery(From(b)))));
            }
        }
    }

    [Fact]
    public void Inversion()
    {
        foreach (BigInteger a in Values(N, 500))
        {
            Assert.Equal(a.IsZero ? 0 : ReferenceCurve.Invert(a, N), To(SafeGcd.InvertModN(From(a))));
            Assert.Equal(a.IsZero ? 0 : ReferenceCurve.Invert(a % P, P), To(SafeGcd.InvertModP(From(a))));
        }
    }

    [Fact]
    public void Multiples_of_points_at_the_edges()
    {
        (BigInteger X, BigInteger Y) q = ReferenceCurve.Point.From(ReferenceCurve.G).Multiply(12345).ToAffine();
        Affine<FieldElement> point;
        FieldElement.FromInteger(From(q.X), out point.X);
        FieldElement.FromInteger(From(q.Y), out point.Y);
        byte[] coordinates = new byte[64];
        CombTable table = CombTable.Create(point);

        // n − 6 is the exceptional scalar of the windows, 30·2^252 − n that of a comb added from the low end.
        foreach (BigInteger k in Values(N, 100).Append(N - 6).Append((30 * (BigInteger.One << 252)) - N).Append(6).Where(k => !k.IsZero))
        {
            (BigInteger X, BigInteger Y) wanted = ReferenceCurve.Point.From(q).Multiply(k).ToAffine();
            VariableBase.MultiplyScalar(point, From(k), out Jacobian<FieldElement> windows);
            GeneratorMultiples.Normalize(windows, out U256 wx, out U256 wy);
            Assert.Equal(wanted, (To(wx), To(wy)));
            VariableBase.Multiply(point, From(k), coordinates);
            Assert.Equal(wanted, (ReferenceCurve.Read(coordinates.AsSpan(0, 32)), ReferenceCurve.Read(coordinates.AsSpan(32))));
            FixedBase.Multiply(table, From(k), out Extended<FieldElement> product);
            FixedBase.ToAffine(product, out U256 x, out U256 y);
            Assert.Equal(wanted, (To(x), To(y)));
        }
    }

    [Fact]
    public void Double_scalars_with_every_exceptional_sum()
    {
        BigInteger[] scalars = [1, 2, 3, 5, 6, 7, 127, 128, N - 1, N - 2, N - 3, N - 6, .. Values(N, 6).TakeLast(6)];
        foreach (BigInteger d in new BigInteger[] { 1, 2, 3, N - 1, N - 2, (N + 1) / 2, 77777 })
        {
            (BigInteger X, BigInteger Y) q = ReferenceCurve.Point.From(ReferenceCurve.G).Multiply(d).ToAffine();
            Affine<FieldElement> point;
            FieldElement.FromInteger(From(q.X), out point.X);
            FieldElement.FromInteger(From(q.Y), out point.Y);
            CombTable table = CombTable.Create(point);
            foreach (BigInteger s in scalars)
            {
                foreach (BigInteger t in scalars)
                {
                    BigInteger k = (s + (t * d)) % N;
                    ReferenceCurve.Point wanted = ReferenceCurve.Point.From(ReferenceCurve.G).Multiply(k);
                    DoubleScalar.Interleaved(From(s), From(t), point, out Jacobian<FieldElement> a);
                    DoubleScalar.Combs(From(s), From(t), table, out Jacobian<FieldElement> b);
                    Check(wanted, a);
                    Check(wanted, b);
                }
            }
        }
    }

    private static void Check(ReferenceCurve.Point wanted, Jacobian<FieldElement> p)
    {
        Assert.Equal(wanted.Z.IsZero, p.Z.IsZeroMask != 0);
        if (!wanted.Z.IsZero)
        {
            BigInteger z = To(p.Z.ToInteger()), x = To(p.X.ToInteger()), y = To(p.Y.ToInteger());
            Assert.Equal(wanted.ToAffine(), new ReferenceCurve.Point(x, y, z).ToAffine());
            Assert.True(DoubleScalar.HasX(p, From(wanted.ToAffine().X % N)));
        }
    }
}
