using System.Globalization;
using System.Numerics;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>
/// Points of the SM2 curve for checking commitments: sums and small multiples of public points, with public numbers only. Secrets never come here
/// (their multiples of the base point are made by Hufu.Crypto), so plain affine arithmetic in variable time is right.
/// </summary>
internal readonly record struct CommitmentPoint(BigInteger X, BigInteger Y, bool Infinite)
{
    // GB/T 32918.5: p and a = p - 3
    private static readonly BigInteger P = BigInteger.Parse("0FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static readonly CommitmentPoint Zero = new(0, 0, true);

    public static CommitmentPoint From(Sm2PublicKey key)
    {
        byte[] point = key.Encode();
        return new CommitmentPoint(new BigInteger(point.AsSpan(1, 32), true, true), new BigInteger(point.AsSpan(33, 32), true, true), false);
    }

    public CommitmentPoint Add(CommitmentPoint other)
    {
        if (Infinite)
        {
            return other;
        }

        if (other.Infinite)
        {
            return this;
        }

        BigInteger slope;
        if (X == other.X)
        {
            if (Y != other.Y || Y.IsZero)
            {
                return Zero;
            }

            slope = Modulo(3 * ((X * X) - 1) * Inverse(2 * Y));
        }
        else
        {
            slope = Modulo((other.Y - Y) * Inverse(other.X - X));
        }

        BigInteger x = Modulo((slope * slope) - X - other.X);
        return new CommitmentPoint(x, Modulo((slope * (X - x)) - Y), false);
    }

    public CommitmentPoint Times(int factor)
    {
        CommitmentPoint sum = Zero;
        CommitmentPoint power = this;
        for (int rest = factor; rest > 0; rest >>= 1)
        {
            if ((rest & 1) == 1)
            {
                sum = sum.Add(power);
            }

            power = power.Add(power);
        }

        return sum;
    }

    private static BigInteger Modulo(BigInteger value)
    {
        BigInteger rest = value % P;
        return rest.Sign < 0 ? rest + P : rest;
    }

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Modulo(value), P - 2, P);
}
