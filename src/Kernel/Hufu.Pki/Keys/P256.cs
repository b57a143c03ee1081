using System.Globalization;
using System.Numerics;

namespace Hufu.Pki;

/// <summary>The curve P-256 (secp256r1, FIPS 186-5): public points only; arithmetic with private keys is the system's or a device's.</summary>
internal static class P256
{
    public const int PointSize = 65;

    private static readonly BigInteger s_p = Number("0FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF");
    private static readonly BigInteger s_b = Number("05AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B");

    /// <summary>04 || X || Y with both below p and y² = x³ − 3x + b. The group has no small subgroups.</summary>
    public static bool IsPoint(ReadOnlySpan<byte> point)
    {
        if (point.Length != PointSize || point[0] != 4)
        {
            return false;
        }

        BigInteger x = new(point[1..33], isUnsigned: true, isBigEndian: true), y = new(point[33..], isUnsigned: true, isBigEndian: true);
        return x < s_p && y < s_p && ((y * y) - (x * x * x) + (3 * x) - s_b) % s_p == 0;
    }

    private static BigInteger Number(string hex) => BigInteger.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
