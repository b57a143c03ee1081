using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <summary>SM4's S-box on sixteen or sixty-four octets, without an address or a branch that depends on them.</summary>
/// <remarks>
/// S(x) = A·(A·x + C)⁻¹ + C over GF(2⁸) modulo x⁸ + x⁷ + x⁶ + x⁵ + x⁴ + x² + 1, A circulant of A7, C = D3. The processor inverts modulo AES's polynomial; with φ the isomorphism that takes x to 23 (hexadecimal), a root of SM4's polynomial there,
/// S(x) = (Aφ⁻¹)·((φA)·x + φC)⁻¹ + C: one affine instruction and one affine-inverse. Processors without them, but with AES's, take the
/// inverse from AES's own S-box: y = AESENCLAST(φA·x + φC) is M·(…)⁻¹ + 63 with its octets moved by ShiftRows, and Aφ⁻¹·M⁻¹·(y + 63) + C gives S(x); an affine map is two look-ups of half an octet in a register.
/// All others look up the sixteen rows of the table by shuffling registers and keep the row of the high half octet by mask.
/// </remarks>
internal static class Sm4SBox
{
#if NET10_0_OR_GREATER
    private const ulong Before = 0x4C287DB91A22505D, After = 0xF3AB34A974A6B589;
    private const byte BeforeConstant = 0x3E, AfterConstant = 0xD3;
#endif

    private static ReadOnlySpan<byte> Table =>
    [
        0xD6, 0x90, 0xE9, 0xFE, 0xCC, 0xE1, 0x3D, 0xB7, 0x16, 0xB6, 0x14, 0xC2, 0x28, 0xFB, 0x2C, 0x05,
        0x2B, 0x67, 0x9A, 0x76, 0x2A, 0xBE, 0x04, 0xC3, 0xAA, 0x44, 0x13, 0x26, 0x49, 0x86, 0x06, 0x99,
        0x9C, 0x42, 0x50, 0xF4, 0x91, 0xEF, 0x98, 0x7A, 0x33, 0x54, 0x0B, 0x43, 0xED, 0xCF, 0xAC, 0x62,
        0xE4, 0xB3, 0x1C, 0xA9, 0xC9, 0x08, 0xE8, 0x95, 0x80, 0xDF, 0x94, 0xFA, 0x75, 0x8F, 0x3F, 0xA6,
        0x47, 0x07, 0xA7, 0xFC, 0xF3, 0x73, 0x17, 0xBA, 0x83, 0x59, 0x3C, 0x19, 0xE6, 0x85, 0x4F, 0xA8,
        0x68, 0x6B, 0x81, 0xB2, 0x71, 0x64, 0xDA, 0x8B, 0xF8, 0xEB, 0x0F, 0x4B, 0x70, 0x56, 0x9D, 0x35,
        0x1E, 0x24, 0x0E, 0x5E, 0x63, 0x58, 0xD1, 0xA2, 0x25, 0x22, 0x7C, 0x3B, 0x01, 0x21, 0x78, 0x87,
        0xD4, 0x00, 0x46, 0x57, 0x9F, 0xD3, 0x27, 0x52, 0x4C, 0x36, 0x02, 0xE7, 0xA0, 0xC4, 0xC8, 0x9E,
        0xEA, 0xBF, 0x8A, 0xD2, 0x40, 0xC7, 0x38, 0xB5, 0xA3, 0xF7, 0xF2, 0xCE, 0xF9, 0x61, 0x15, 0xA1,
        0xE0, 0xAE, 0x5D, 0xA4, 0x9B, 0x34, 0x1A, 0x55, 0xAD, 0x93, 0x32, 0x30, 0xF5, 0x8C, 0xB1, 0xE3,
        0x1D, 0xF6, 0xE2, 0x2E, 0x82, 0x66, 0xCA, 0x60, 0xC0, 0x29, 0x23, 0xAB, 0x0D, 0x53, 0x4E, 0x6F,
        0xD5, 0xDB, 0x37, 0x45, 0xDE, 0xFD, 0x8E, 0x2F, 0x03, 0xFF, 0x6A, 0x72, 0x6D, 0x6C, 0x5B, 0x51,
        0x8D, 0x1B, 0xAF, 0x92, 0xBB, 0xDD, 0xBC, 0x7F, 0x11, 0xD9, 0x5C, 0x41, 0x1F, 0x10, 0x5A, 0xD8,
        0x0A, 0xC1, 0x31, 0x88, 0xA5, 0xCD, 0x7B, 0xBD, 0x2D, 0x74, 0xD0, 0x12, 0xB8, 0xE5, 0xB4, 0xB0,
        0x89, 0x69, 0x97, 0x4A, 0x0C, 0x96, 0x77, 0x7E, 0x65, 0xB9, 0xF1, 0x09, 0xC5, 0x6E, 0xC6, 0x84,
        0x18, 0xF0, 0x7D, 0xEC, 0x3A, 0xDC, 0x4D, 0x20, 0x79, 0xEE, 0x5F, 0x3E, 0xD7, 0xCB, 0x39, 0x48,
    ];

#if NET10_0_OR_GREATER
    /// <summary>Whether <see cref="Substitute(Vector512{byte})"/> may be called.</summary>
    internal static bool IsWide => Gfni.V512.IsSupported && KernelPath.Galois;

    /// <summary>The S-box on each octet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<byte> Substitute(Vector512<byte> x) => Gfni.V512.GaloisFieldAffineTransformInverse(
        Gfni.V512.GaloisFieldAffineTransform(x, Vector512.Create(Before).AsByte(), BeforeConstant), Vector512.Create(After).AsByte(), AfterConstant);
#endif

    /// <summary>The S-box on each octet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> Substitute(Vector128<byte> x)
    {
#if NET10_0_OR_GREATER
        if (Gfni.IsSupported && KernelPath.Galois)
        {
            return Gfni.GaloisFieldAffineTransformInverse(
                Gfni.GaloisFieldAffineTransform(x, Vector128.Create(Before).AsByte(), BeforeConstant), Vector128.Create(After).AsByte(), AfterConstant);
        }
#endif
        return HasRounds ? Ssse3.Shuffle(SubstituteShifted(x), Unshift) : LookUp(x);
    }

    /// <summary>Whether <c>SubstituteShifted</c> may be called.</summary>
    internal static bool HasRounds => Aes.IsSupported && Ssse3.IsSupported && KernelPath.Rounds;

    /// <summary>Where each octet stands after AES's ShiftRows.</summary>
    internal static Vector128<byte> Unshift => Vector128.Create((byte)0, 13, 10, 7, 4, 1, 14, 11, 8, 5, 2, 15, 12, 9, 6, 3);

    // Affine maps, one row for the low half of an octet (constant included) and one for the high half: φA·x + φC, and Aφ⁻¹·M⁻¹·(y + 63) + C.
    private static Vector128<byte> BeforeLow => Vector128.Create((byte)0x3E, 0xB2, 0x0E, 0x82, 0xBB, 0x37, 0x8B, 0x07, 0xA1, 0x2D, 0x91, 0x1D, 0x24, 0xA8, 0x14, 0x98);

    private static Vector128<byte> BeforeHigh => Vector128.Create((byte)0x00, 0xDC, 0x2E, 0xF2, 0xC5, 0x19, 0xEB, 0x37, 0x08, 0xD4, 0x26, 0xFA, 0xCD, 0x11, 0xE3, 0x3F);

    private static Vector128<byte> AfterLow => Vector128.Create((byte)0x6C, 0xD4, 0xA6, 0x1E, 0x52, 0xEA, 0x98, 0x20, 0x0B, 0xB3, 0xC1, 0x79, 0x35, 0x8D, 0xFF, 0x47);

    private static Vector128<byte> AfterHigh => Vector128.Create((byte)0x00, 0xE0, 0x50, 0xB0, 0x9D, 0x7D, 0xCD, 0x2D, 0xC0, 0x20, 0x90, 0x70, 0x5D, 0xBD, 0x0D, 0xED);

    /// <summary>The S-box on each octet by an AES round; the octets come out in the order of ShiftRows (<see cref="Unshift"/> undoes it).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<byte> SubstituteShifted(Vector128<byte> x) =>
        Affine(Aes.EncryptLast(Affine(x, BeforeLow, BeforeHigh), Vector128<byte>.Zero), AfterLow, AfterHigh);

    /// <summary>The S-box on each octet by AES rounds; the octets of each half come out in the order of ShiftRows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<byte> SubstituteShifted(Vector256<byte> x)
    {
        Vector256<byte> mapped = Affine(x, BeforeLow, BeforeHigh);
        return Affine(
            Vector256.Create(Aes.EncryptLast(mapped.GetLower(), Vector128<byte>.Zero), Aes.EncryptLast(mapped.GetUpper(), Vector128<byte>.Zero)), AfterLow, AfterHigh);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Affine(Vector128<byte> x, Vector128<byte> low, Vector128<byte> high)
    {
        Vector128<byte> half = Vector128.Create((byte)0x0F);
        return Ssse3.Shuffle(low, x & half) ^ Ssse3.Shuffle(high, (x.AsUInt32() >>> 4).AsByte() & half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Affine(Vector256<byte> x, Vector128<byte> low, Vector128<byte> high)
    {
        Vector256<byte> half = Vector256.Create((byte)0x0F);
        return Avx2.Shuffle(Vector256.Create(low, low), x & half) ^ Avx2.Shuffle(Vector256.Create(high, high), (x.AsUInt32() >>> 4).AsByte() & half);
    }

    private static Vector128<byte> LookUp(Vector128<byte> x)
    {
        Vector128<byte> low = x & Vector128.Create((byte)0x0F), high = x >>> 4, result = default;
        for (int row = 0; row < 16; row++)
        {
            Vector128<byte> entries = Vector128.Create(Table.Slice(16 * row, 16));
            Vector128<byte> found = Ssse3.IsSupported ? Ssse3.Shuffle(entries, low) : Vector128.Shuffle(entries, low);
            result |= found & Vector128.Equals(high, Vector128.Create((byte)row));
        }

        return result;
    }
}
