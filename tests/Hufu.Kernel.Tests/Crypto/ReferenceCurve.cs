using System.Globalization;
using System.Numerics;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>The curve in plain integers: slow, and simple enough to be seen to be right. The judge of the fast arithmetic.</summary>
internal static class ReferenceCurve
{
    internal static readonly BigInteger P = Hex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF");
    internal static readonly BigInteger N = Hex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123");
    internal static readonly BigInteger B = Hex("28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93");
    internal static readonly (BigInteger X, BigInteger Y) G =
        (Hex("32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"), Hex("BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"));

    internal static BigInteger Read(ReadOnlySpan<byte> octets) => new(octets, isUnsigned: true, isBigEndian: true);

    internal static void Write(BigInteger value, Span<byte> destination)
    {
        destination[..32].Clear();
        int length = value.GetByteCount(isUnsigned: true);
        value.TryWriteBytes(destination[(32 - length)..], out _, isUnsigned: true, isBigEndian: true);
    }

    internal static bool IsOnCurve(BigInteger x, BigInteger y) =>
        x < P && y < P && ((y * y) - (((x * x) - 3) * x) - B) % P == 0;

    internal static BigInteger Mod(BigInteger x, BigInteger m)
    {
        BigInteger r = x % m;
        return r.Sign < 0 ? r + m : r;
    }

    internal static BigInteger Invert(BigInteger x, BigInteger m) => BigInteger.ModPow(x, m - 2, m);

    /// <summary>Jacobian: x = X/Z², y = Y/Z³; Z = 0 is infinity.</summary>
    internal readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z)
    {
        internal static Point Infinity => new(1, 1, 0);

        internal static Point From((BigInteger X, BigInteger Y) affine) => new(affine.X, affine.Y, 1);

        internal (BigInteger X, BigInteger Y) ToAffine()
        {
            BigInteger zi = Invert(Z, P);
            BigInteger zi2 = zi * zi % P;
            return (X * zi2 % P, Y * zi2 % P * zi % P);
        }

        internal Point Double()
        {
            if (Z.IsZero || Y.IsZero)
            {
                return Infinity;
            }

            BigInteger zz = Z * Z % P, yy = Y * Y % P;
            BigInteger s = 4 * X * yy % P, m = Mod(3 * (X - zz) * (X + zz), P);
            BigInteger x = Mod((m * m) - (2 * s), P);
            return new Point(x, Mod((m * (s - x)) - (8 * yy * yy), P), 2 * Y * Z % P);
        }

        internal Point Add(Point q)
        {
            if (Z.IsZero)
            {
                return q;
            }

            if (q.Z.IsZero)
            {
                return this;
            }

            BigInteger z1 = Z * Z % P, z2 = q.Z * q.Z % P;
            BigInteger u1 = X * z2 % P, u2 = q.X * z1 % P, s1 = Y * z2 % P * q.Z % P, s2 = q.Y * z1 % P * Z % P;
            if (u1 == u2)
            {
                return s1 == s2 ? Double() : Infinity;
            }

            BigInteger h = u2 - u1, r = s2 - s1, hh = h * h % P, hhh = h * hh % P, v = u1 * hh % P;
            BigInteger x = Mod((r * r) - hhh - (2 * v), P);
            return new Point(x, Mod((r * (v - x)) - (s1 * hhh), P), Mod(h * Z * q.Z, P));
        }

        internal Point Multiply(BigInteger k)
        {
            Point result = Infinity;
            for (int i = (int)k.GetBitLength() - 1; i >= 0; i--)
            {
                result = result.Double();
                if (!((k >> i) & 1).IsZero)
                {
                    result = result.Add(this);
                }
            }

            return result;
        }
    }

    internal static BigInteger RandomScalar()
    {
        Span<byte> octets = stackalloc byte[32];
        while (true)
        {
            Hufu.Crypto.SecureRandom.Fill(octets);
            BigInteger k = Read(octets);
            if (!k.IsZero && k < N - 1)
            {
                return k;
            }
        }
    }

    private static BigInteger Hex(string digits) => BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
