namespace Hufu.Crypto;

/// <summary>sm2p256v1 (GB/T 32918.5): y² = x³ − 3x + b.</summary>
internal static class CurveParameters
{
    private static U256 B => new(0x28E9FA9E9D9F5E34, 0x4D5A9E4BCF6509A7, 0xF39789F515AB8F92, 0xDDBCBD414D940E93);

    private static U256 Gx => new(0x32C4AE2C1F198119, 0x5F9904466A39C994, 0x8FE30BBFF2660BE1, 0x715A4589334C74C7);

    private static U256 Gy => new(0xBC3736A2F4F6779C, 0x59BDCEE36B692153, 0xD0A9877CC62A4740, 0x02DF32E52139F0A0);

    /// <summary>The generator G.</summary>
    internal static Affine<FieldElement> Generator
    {
        get
        {
            Affine<FieldElement> g;
            FieldElement.FromInteger(Gx, out g.X);
            FieldElement.FromInteger(Gy, out g.Y);
            return g;
        }
    }

    /// <summary>Takes coordinates of a foreign point.</summary>
    /// <returns>False when one is not below p or the point is not on the curve. Nothing here is secret.</returns>
    internal static bool TryTake(in U256 x, in U256 y, out Affine<FieldElement> point)
    {
        FieldElement.FromInteger(U256.SubtractOnce(x, U256.P), out point.X);
        FieldElement.FromInteger(U256.SubtractOnce(y, U256.P), out point.Y);
        FieldElement.FromInteger(B, out FieldElement b);
        FieldElement.Square(point.Y, out FieldElement left);
        FieldElement.Square(point.X, out FieldElement xx);
        FieldElement.TimesTight(FieldElement.One, 3, out FieldElement three);
        FieldElement.Subtract(xx, three, out xx);
        FieldElement.Multiply(xx, point.X, out FieldElement right);
        FieldElement.AddTight(right, b, out right);
        ulong inRange = U256.LessMask(x, U256.P) & U256.LessMask(y, U256.P);
        return (inRange & FieldElement.EqualMask(left, right)) != 0;
    }
}
