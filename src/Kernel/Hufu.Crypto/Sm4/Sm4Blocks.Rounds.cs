using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <content>Sixteen blocks in eight registers of AVX2, the S-box by AES rounds: two independent chains of eight, so that one fills the waiting times of the other.</content>
internal static partial class Sm4Blocks
{
    private static void SixteenByRounds(ref uint keys, ref byte from, ref byte to)
    {
        Vector256<byte> order = Twice(Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
        Vector256<uint> x0 = Avx2.Shuffle(Vector256.LoadUnsafe(ref from), order).AsUInt32();
        Vector256<uint> x1 = Avx2.Shuffle(Vector256.LoadUnsafe(ref from, 32), order).AsUInt32();
        Vector256<uint> x2 = Avx2.Shuffle(Vector256.LoadUnsafe(ref from, 64), order).AsUInt32();
        Vector256<uint> x3 = Avx2.Shuffle(Vector256.LoadUnsafe(ref from, 96), order).AsUInt32();
        Vector256<uint> y0 = Avx2.Shuffle(Vector256.LoadUnsafe(ref from, 128), order).AsUInt32();
        Vector256<uint> y1 = Avx2.Shuffle(Vector256.LoadUnsafe(ref from, 160), order).AsUInt32();
        Vector256<uint> y2 = Avx2.Shuffle(Vector256.LoadUnsafe(ref from, 192), order).AsUInt32();
        Vector256<uint> y3 = Avx2.Shuffle(Vector256.LoadUnsafe(ref from, 224), order).AsUInt32();
        Transpose(ref x0, ref x1, ref x2, ref x3);
        Transpose(ref y0, ref y1, ref y2, ref y3);
        for (int i = 0; i < Sm4KeySchedule.Rounds; i += 4)
        {
            Vector256<uint> key = Vector256.Create(Unsafe.Add(ref keys, i));
            x0 ^= Round(x1 ^ x2 ^ (x3 ^ key));
            y0 ^= Round(y1 ^ y2 ^ (y3 ^ key));
            key = Vector256.Create(Unsafe.Add(ref keys, i + 1));
            x1 ^= Round(x0 ^ (x2 ^ x3 ^ key));
            y1 ^= Round(y0 ^ (y2 ^ y3 ^ key));
            key = Vector256.Create(Unsafe.Add(ref keys, i + 2));
            x2 ^= Round(x1 ^ (x3 ^ x0 ^ key));
            y2 ^= Round(y1 ^ (y3 ^ y0 ^ key));
            key = Vector256.Create(Unsafe.Add(ref keys, i + 3));
            x3 ^= Round(x2 ^ (x0 ^ x1 ^ key));
            y3 ^= Round(y2 ^ (y0 ^ y1 ^ key));
        }

        Transpose(ref x3, ref x2, ref x1, ref x0);
        Transpose(ref y3, ref y2, ref y1, ref y0);
        Avx2.Shuffle(x3.AsByte(), order).StoreUnsafe(ref to);
        Avx2.Shuffle(x2.AsByte(), order).StoreUnsafe(ref to, 32);
        Avx2.Shuffle(x1.AsByte(), order).StoreUnsafe(ref to, 64);
        Avx2.Shuffle(x0.AsByte(), order).StoreUnsafe(ref to, 96);
        Avx2.Shuffle(y3.AsByte(), order).StoreUnsafe(ref to, 128);
        Avx2.Shuffle(y2.AsByte(), order).StoreUnsafe(ref to, 160);
        Avx2.Shuffle(y1.AsByte(), order).StoreUnsafe(ref to, 192);
        Avx2.Shuffle(y0.AsByte(), order).StoreUnsafe(ref to, 224);
    }

    // T with L(t) = t + t⋘24 + (t + t⋘8 + t⋘16)⋘2; the four turned copies of t are picked from the octets as AES's ShiftRows left them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Round(Vector256<uint> x)
    {
        Vector256<byte> shifted = Sm4SBox.SubstituteShifted(x.AsByte());
        Vector256<uint> t = Avx2.Shuffle(shifted, Twice(Sm4SBox.Unshift)).AsUInt32();
        Vector256<uint> t8 = Avx2.Shuffle(shifted, Twice(Vector128.Create((byte)7, 0, 13, 10, 11, 4, 1, 14, 15, 8, 5, 2, 3, 12, 9, 6))).AsUInt32();
        Vector256<uint> t16 = Avx2.Shuffle(shifted, Twice(Vector128.Create((byte)10, 7, 0, 13, 14, 11, 4, 1, 2, 15, 8, 5, 6, 3, 12, 9))).AsUInt32();
        Vector256<uint> t24 = Avx2.Shuffle(shifted, Twice(Vector128.Create((byte)13, 10, 7, 0, 1, 14, 11, 4, 5, 2, 15, 8, 9, 6, 3, 12))).AsUInt32();
        Vector256<uint> sum = t ^ t8 ^ t16;
        return t ^ t24 ^ ((sum << 2) | (sum >>> 30));
    }

    // Within each half; which block lies in which half does not matter as long as it comes back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d)
    {
        Vector256<ulong> ab0 = Avx2.UnpackLow(a, b).AsUInt64(), ab1 = Avx2.UnpackHigh(a, b).AsUInt64();
        Vector256<ulong> cd0 = Avx2.UnpackLow(c, d).AsUInt64(), cd1 = Avx2.UnpackHigh(c, d).AsUInt64();
        a = Avx2.UnpackLow(ab0, cd0).AsUInt32();
        b = Avx2.UnpackHigh(ab0, cd0).AsUInt32();
        c = Avx2.UnpackLow(ab1, cd1).AsUInt32();
        d = Avx2.UnpackHigh(ab1, cd1).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Twice(Vector128<byte> half) => Vector256.Create(half, half);
}
