#if NET10_0_OR_GREATER
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <content>Sixteen blocks in four registers of AVX-512.</content>
internal static partial class Sm4Blocks
{
    private static void Sixteen(ref uint keys, ref byte from, ref byte to)
    {
        Vector512<byte> order = Vector512.Create(Vector256.Create(
            (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
        Vector512<uint> x0 = Avx512BW.Shuffle(Vector512.LoadUnsafe(ref from), order).AsUInt32();
        Vector512<uint> x1 = Avx512BW.Shuffle(Vector512.LoadUnsafe(ref from, 64), order).AsUInt32();
        Vector512<uint> x2 = Avx512BW.Shuffle(Vector512.LoadUnsafe(ref from, 128), order).AsUInt32();
        Vector512<uint> x3 = Avx512BW.Shuffle(Vector512.LoadUnsafe(ref from, 192), order).AsUInt32();
        Transpose(ref x0, ref x1, ref x2, ref x3);
        for (int i = 0; i < Sm4KeySchedule.Rounds; i += 4)
        {
            x0 ^= Round((x1 ^ x2) ^ (x3 ^ Vector512.Create(Unsafe.Add(ref keys, i))));
            x1 ^= Round(x0 ^ (x2 ^ x3 ^ Vector512.Create(Unsafe.Add(ref keys, i + 1))));
            x2 ^= Round(x1 ^ (x3 ^ x0 ^ Vector512.Create(Unsafe.Add(ref keys, i + 2))));
            x3 ^= Round(x2 ^ (x0 ^ x1 ^ Vector512.Create(Unsafe.Add(ref keys, i + 3))));
        }

        Transpose(ref x3, ref x2, ref x1, ref x0);
        Avx512BW.Shuffle(x3.AsByte(), order).StoreUnsafe(ref to);
        Avx512BW.Shuffle(x2.AsByte(), order).StoreUnsafe(ref to, 64);
        Avx512BW.Shuffle(x1.AsByte(), order).StoreUnsafe(ref to, 128);
        Avx512BW.Shuffle(x0.AsByte(), order).StoreUnsafe(ref to, 192);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Round(Vector512<uint> x)
    {
        Vector512<uint> t = Sm4SBox.Substitute(x.AsByte()).AsUInt32();
        return (t ^ Avx512F.RotateLeft(t, 2) ^ Avx512F.RotateLeft(t, 10)) ^ (Avx512F.RotateLeft(t, 18) ^ Avx512F.RotateLeft(t, 24));
    }

    // Within each quarter; which block lies in which quarter does not matter as long as it comes back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector512<uint> a, ref Vector512<uint> b, ref Vector512<uint> c, ref Vector512<uint> d)
    {
        Vector512<ulong> ab0 = Avx512F.UnpackLow(a, b).AsUInt64(), ab1 = Avx512F.UnpackHigh(a, b).AsUInt64();
        Vector512<ulong> cd0 = Avx512F.UnpackLow(c, d).AsUInt64(), cd1 = Avx512F.UnpackHigh(c, d).AsUInt64();
        a = Avx512F.UnpackLow(ab0, cd0).AsUInt32();
        b = Avx512F.UnpackHigh(ab0, cd0).AsUInt32();
        c = Avx512F.UnpackLow(ab1, cd1).AsUInt32();
        d = Avx512F.UnpackHigh(ab1, cd1).AsUInt32();
    }
}
#endif
