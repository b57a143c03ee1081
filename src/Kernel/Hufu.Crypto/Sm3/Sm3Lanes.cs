using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <summary>The compression function of SM3 over sixteen messages at once, a message a 32-bit lane of AVX-512.</summary>
internal static class Sm3Lanes
{
    internal const int Lanes = 16;

    [InlineArray(Lanes)]
    internal struct Rows
    {
        private Vector512<uint> _first;
    }

    /// <summary>Takes one block of every message into the eight chaining vectors.</summary>
    /// <param name="chain">Eight vectors: word i of every message.</param>
    /// <param name="rows">The blocks, as they lie in memory, a message a row; destroyed.</param>
    internal static void Compress(Span<Vector512<uint>> chain, Span<Vector512<uint>> rows)
    {
        Span<Vector512<uint>> expanded = stackalloc Vector512<uint>[68];
        ref Vector512<uint> w = ref MemoryMarshal.GetReference(expanded);
        Transpose(rows, ref w);
        for (int j = 16; j < 68; j++)
        {
            Vector512<uint> x = Unsafe.Add(ref w, j - 16) ^ Unsafe.Add(ref w, j - 9) ^ Avx512F.RotateLeft(Unsafe.Add(ref w, j - 3), 15);
            Vector512<uint> y = Avx512F.RotateLeft(Unsafe.Add(ref w, j - 13), 7) ^ Unsafe.Add(ref w, j - 6);
            Unsafe.Add(ref w, j) = x ^ Avx512F.RotateLeft(x, 15) ^ Avx512F.RotateLeft(x, 23) ^ y;
        }

        Vector512<uint> a = chain[0], b = chain[1], c = chain[2], d = chain[3], e = chain[4], f = chain[5], g = chain[6], h = chain[7];
        ReadOnlySpan<uint> t = Sm3Compression.RoundConstants;
        for (int j = 0; j < 16; j += 4)
        {
            Round(ref w, j, t[j], a ^ b ^ c, e ^ f ^ g, a, ref b, ref d, e, ref f, ref h);
            Round(ref w, j + 1, t[j + 1], d ^ a ^ b, h ^ e ^ f, d, ref a, ref c, h, ref e, ref g);
            Round(ref w, j + 2, t[j + 2], c ^ d ^ a, g ^ h ^ e, c, ref d, ref b, g, ref h, ref f);
            Round(ref w, j + 3, t[j + 3], b ^ c ^ d, f ^ g ^ h, b, ref c, ref a, f, ref g, ref e);
        }

        for (int j = 16; j < 64; j += 4)
        {
            Round(ref w, j, t[j], Majority(a, b, c), Choice(e, f, g), a, ref b, ref d, e, ref f, ref h);
            Round(ref w, j + 1, t[j + 1], Majority(d, a, b), Choice(h, e, f), d, ref a, ref c, h, ref e, ref g);
            Round(ref w, j + 2, t[j + 2], Majority(c, d, a), Choice(g, h, e), c, ref d, ref b, g, ref h, ref f);
            Round(ref w, j + 3, t[j + 3], Majority(b, c, d), Choice(f, g, h), b, ref c, ref a, f, ref g, ref e);
        }

        chain[0] ^= a;
        chain[1] ^= b;
        chain[2] ^= c;
        chain[3] ^= d;
        chain[4] ^= e;
        chain[5] ^= f;
        chain[6] ^= g;
        chain[7] ^= h;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Majority(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) => Avx512F.TernaryLogic(x, y, z, 0xE8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Choice(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) => Avx512F.TernaryLogic(x, y, z, 0xCA);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref Vector512<uint> w, int j, uint t, Vector512<uint> ff, Vector512<uint> gg, Vector512<uint> a, ref Vector512<uint> b, ref Vector512<uint> d, Vector512<uint> e, ref Vector512<uint> f, ref Vector512<uint> h)
    {
        Vector512<uint> word = Unsafe.Add(ref w, j), a12 = Avx512F.RotateLeft(a, 12);
        Vector512<uint> ss1 = Avx512F.RotateLeft(a12 + (e + Vector512.Create(t)), 7);
        Vector512<uint> tt2 = (gg + (h + word)) + ss1;
        b = Avx512F.RotateLeft(b, 9);
        d = (ff + (d + (word ^ Unsafe.Add(ref w, j + 4)))) + (ss1 ^ a12);
        f = Avx512F.RotateLeft(f, 19);
        h = tt2 ^ Avx512F.RotateLeft(tt2, 9) ^ Avx512F.RotateLeft(tt2, 17);
    }

    /// <summary>Sixteen rows of sixteen words become sixteen columns, each word turned to the machine's order: pairs of words, pairs of pairs, then quarters of registers change places.</summary>
    private static void Transpose(Span<Vector512<uint>> rows, ref Vector512<uint> w)
    {
        Vector512<byte> order = Vector512.Create(Vector256.Create(
            (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
        for (int i = 0; i < Lanes; i += 4)
        {
            Vector512<uint> r0 = Avx512BW.Shuffle(rows[i].AsByte(), order).AsUInt32(), r1 = Avx512BW.Shuffle(rows[i + 1].AsByte(), order).AsUInt32();
            Vector512<uint> r2 = Avx512BW.Shuffle(rows[i + 2].AsByte(), order).AsUInt32(), r3 = Avx512BW.Shuffle(rows[i + 3].AsByte(), order).AsUInt32();
            Vector512<ulong> low01 = Avx512F.UnpackLow(r0, r1).AsUInt64(), low23 = Avx512F.UnpackLow(r2, r3).AsUInt64();
            Vector512<ulong> high01 = Avx512F.UnpackHigh(r0, r1).AsUInt64(), high23 = Avx512F.UnpackHigh(r2, r3).AsUInt64();
            rows[i] = Avx512F.UnpackLow(low01, low23).AsUInt32();
            rows[i + 1] = Avx512F.UnpackHigh(low01, low23).AsUInt32();
            rows[i + 2] = Avx512F.UnpackLow(high01, high23).AsUInt32();
            rows[i + 3] = Avx512F.UnpackHigh(high01, high23).AsUInt32();
        }

        for (int i = 0; i < 4; i++)
        {
            Vector512<uint> r0 = rows[i], r1 = rows[i + 4], r2 = rows[i + 8], r3 = rows[i + 12];
            Vector512<uint> a = Avx512F.Shuffle4x128(r0, r1, 0x44), b = Avx512F.Shuffle4x128(r0, r1, 0xEE);
            Vector512<uint> c = Avx512F.Shuffle4x128(r2, r3, 0x44), d = Avx512F.Shuffle4x128(r2, r3, 0xEE);
            Unsafe.Add(ref w, i) = Avx512F.Shuffle4x128(a, c, 0x88);
            Unsafe.Add(ref w, i + 4) = Avx512F.Shuffle4x128(a, c, 0xDD);
            Unsafe.Add(ref w, i + 8) = Avx512F.Shuffle4x128(b, d, 0x88);
            Unsafe.Add(ref w, i + 12) = Avx512F.Shuffle4x128(b, d, 0xDD);
        }
    }
}
