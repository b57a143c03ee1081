using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <summary>The compression function of SM3 (GB/T 32905 clause 5.3), one message at a time.</summary>
internal static class Sm3Compression
{
    // W has 68 words; W′ⱼ = Wⱼ ⊕ Wⱼ₊₄ lies this many words after Wⱼ.
    private const int Later = 68;

    internal static ReadOnlySpan<uint> InitialValue => [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E];

    /// <summary>Tⱼ rotated left by j mod 32: 79CC4519 for the first sixteen rounds, 7A879D8A after.</summary>
    internal static ReadOnlySpan<uint> RoundConstants =>
    [
        0x79CC4519, 0xF3988A32, 0xE7311465, 0xCE6228CB, 0x9CC45197, 0x3988A32F, 0x7311465E, 0xE6228CBC,
        0xCC451979, 0x988A32F3, 0x311465E7, 0x6228CBCE, 0xC451979C, 0x88A32F39, 0x11465E73, 0x228CBCE6,
        0x9D8A7A87, 0x3B14F50F, 0x7629EA1E, 0xEC53D43C, 0xD8A7A879, 0xB14F50F3, 0x629EA1E7, 0xC53D43CE,
        0x8A7A879D, 0x14F50F3B, 0x29EA1E76, 0x53D43CEC, 0xA7A879D8, 0x4F50F3B1, 0x9EA1E762, 0x3D43CEC5,
        0x7A879D8A, 0xF50F3B14, 0xEA1E7629, 0xD43CEC53, 0xA879D8A7, 0x50F3B14F, 0xA1E7629E, 0x43CEC53D,
        0x879D8A7A, 0x0F3B14F5, 0x1E7629EA, 0x3CEC53D4, 0x79D8A7A8, 0xF3B14F50, 0xE7629EA1, 0xCEC53D43,
        0x9D8A7A87, 0x3B14F50F, 0x7629EA1E, 0xEC53D43C, 0xD8A7A879, 0xB14F50F3, 0x629EA1E7, 0xC53D43CE,
        0x8A7A879D, 0x14F50F3B, 0x29EA1E76, 0x53D43CEC, 0xA7A879D8, 0x4F50F3B1, 0x9EA1E762, 0x3D43CEC5,
    ];

    /// <summary>Takes every block of <paramref name="blocks"/> (a multiple of 64 octets) into the eight words of <paramref name="chain"/>.</summary>
    /// <remarks>One pointer walks over W, W′ and one over T, and nothing else lives through the rounds but the eight letters: that is what keeps all of them in registers.</remarks>
    internal static void Compress(Span<uint> chain, ReadOnlySpan<byte> blocks)
    {
        Span<uint> expanded = stackalloc uint[2 * Later];
        ref uint w = ref MemoryMarshal.GetReference(expanded);
        for (; blocks.Length >= Sm3.BlockSize; blocks = blocks[Sm3.BlockSize..])
        {
            Load(ref w, ref MemoryMarshal.GetReference(blocks));
            Vector128<uint> v0 = Vector128.LoadUnsafe(ref w), v1 = Vector128.LoadUnsafe(ref w, 4), v2 = Vector128.LoadUnsafe(ref w, 8), v3 = Vector128.LoadUnsafe(ref w, 12);
            uint a = chain[0], b = chain[1], c = chain[2], d = chain[3], e = chain[4], f = chain[5], g = chain[6], h = chain[7];
            ref uint wj = ref w;
            ref uint tj = ref MemoryMarshal.GetReference(RoundConstants);
            do
            {
                ExtendFour(ref wj, ref v0, ref v1, ref v2, ref v3);
                RoundXor(ref wj, tj, a, ref b, c, ref d, e, ref f, g, ref h);
                RoundXor(ref Unsafe.Add(ref wj, 1), Unsafe.Add(ref tj, 1), d, ref a, b, ref c, h, ref e, f, ref g);
                RoundXor(ref Unsafe.Add(ref wj, 2), Unsafe.Add(ref tj, 2), c, ref d, a, ref b, g, ref h, e, ref f);
                RoundXor(ref Unsafe.Add(ref wj, 3), Unsafe.Add(ref tj, 3), b, ref c, d, ref a, f, ref g, h, ref e);
                wj = ref Unsafe.Add(ref wj, 4);
                tj = ref Unsafe.Add(ref tj, 4);
            }
            while (Unsafe.IsAddressLessThan(ref wj, ref Unsafe.Add(ref w, 16)));

            do
            {
                ExtendFour(ref wj, ref v0, ref v1, ref v2, ref v3);
                RoundChoose(ref wj, tj, a, ref b, c, ref d, e, ref f, g, ref h);
                RoundChoose(ref Unsafe.Add(ref wj, 1), Unsafe.Add(ref tj, 1), d, ref a, b, ref c, h, ref e, f, ref g);
                RoundChoose(ref Unsafe.Add(ref wj, 2), Unsafe.Add(ref tj, 2), c, ref d, a, ref b, g, ref h, e, ref f);
                RoundChoose(ref Unsafe.Add(ref wj, 3), Unsafe.Add(ref tj, 3), b, ref c, d, ref a, f, ref g, h, ref e);
                wj = ref Unsafe.Add(ref wj, 4);
                tj = ref Unsafe.Add(ref tj, 4);
            }
            while (Unsafe.IsAddressLessThan(ref wj, ref Unsafe.Add(ref w, 52)));

            (v0 ^ v1).StoreUnsafe(ref wj, Later);
            (v1 ^ v2).StoreUnsafe(ref wj, Later + 4);
            (v2 ^ v3).StoreUnsafe(ref wj, Later + 8);
            do
            {
                RoundChoose(ref wj, tj, a, ref b, c, ref d, e, ref f, g, ref h);
                RoundChoose(ref Unsafe.Add(ref wj, 1), Unsafe.Add(ref tj, 1), d, ref a, b, ref c, h, ref e, f, ref g);
                RoundChoose(ref Unsafe.Add(ref wj, 2), Unsafe.Add(ref tj, 2), c, ref d, a, ref b, g, ref h, e, ref f);
                RoundChoose(ref Unsafe.Add(ref wj, 3), Unsafe.Add(ref tj, 3), b, ref c, d, ref a, f, ref g, h, ref e);
                wj = ref Unsafe.Add(ref wj, 4);
                tj = ref Unsafe.Add(ref tj, 4);
            }
            while (Unsafe.IsAddressLessThan(ref wj, ref Unsafe.Add(ref w, 64)));

            chain[0] ^= a;
            chain[1] ^= b;
            chain[2] ^= c;
            chain[3] ^= d;
            chain[4] ^= e;
            chain[5] ^= f;
            chain[6] ^= g;
            chain[7] ^= h;
        }

        expanded.Clear();
    }

    // Clause 5.3.2
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(ref uint w, ref byte block)
    {
        Vector128<byte> order = Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
        for (nuint j = 0; j < 64; j += 16)
        {
            Vector128.Shuffle(Vector128.LoadUnsafe(ref block, j), order).AsUInt32().StoreUnsafe(ref w, j / 4);
        }
    }

    /// <summary>Four words of W, sixteen places on, and W′ of the four in hand. Made in the round that leaves execution units idle, not beforehand.</summary>
    /// <remarks>
    /// Wⱼ₊₁₆ = P₁(Wⱼ + Wⱼ₊₇ + Wⱼ₊₁₃⋘15) + Wⱼ₊₃⋘7 + Wⱼ₊₁₀. The fourth word needs the first: what it lacks, P₁ of the first word ⋘15, is added when that is known, since P₁ is linear.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExtendFour(ref uint w, ref Vector128<uint> v0, ref Vector128<uint> v1, ref Vector128<uint> v2, ref Vector128<uint> v3)
    {
        Vector128<uint> x = v0 ^ From(v1, v2, 12) ^ Rotate(From(v3, Vector128<uint>.Zero, 4), 15);
        Vector128<uint> y = Rotate(From(v0, v1, 12), 7) ^ From(v2, v3, 8);
        Vector128<uint> x15 = Rotate(x, 15), r = x ^ x15 ^ RotateOctet(x15) ^ y;

        // Of a word beside itself the upper half of a 64-bit shift is the rotation: one instruction where vectors do not rotate, and as fast where they do.
        Vector128<ulong> twice = Vector128.Shuffle(r, Vector128<uint>.Zero).AsUInt64();
        r ^= ((twice << 15) ^ (twice << 30) ^ (twice << 6)).AsUInt32() & Vector128.Create(0, 0, 0, uint.MaxValue);
        r.StoreUnsafe(ref w, 16);
        (v0 ^ v1).StoreUnsafe(ref w, Later);
        v0 = v1;
        v1 = v2;
        v2 = v3;
        v3 = r;
    }

    // Four words of a and b from octet "at" of a on
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> From(Vector128<uint> a, Vector128<uint> b, [ConstantExpected] byte at) => Ssse3.IsSupported && KernelPath.Rounds
        ? Ssse3.AlignRight(b.AsByte(), a.AsByte(), at).AsUInt32()
        : Unsafe.BitCast<UInt128, Vector128<uint>>((Unsafe.BitCast<Vector128<uint>, UInt128>(a) >> (8 * at)) | (Unsafe.BitCast<Vector128<uint>, UInt128>(b) << (128 - (8 * at))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate(Vector128<uint> x, int by) => (x << by) | (x >>> (32 - by));

    // By eight bits: one move of octets.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateOctet(Vector128<uint> x) => Ssse3.IsSupported && KernelPath.Rounds
        ? Ssse3.Shuffle(x.AsByte(), Vector128.Create((byte)3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14)).AsUInt32()
        : Rotate(x, 8);

    /// <summary>A round of the first sixteen. Instead of moving eight words along, the next round is called with its letters turned by one; sums are grouped so that what comes last waits least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RoundXor(ref uint w, uint t, uint a, ref uint b, uint c, ref uint d, uint e, ref uint f, uint g, ref uint h)
    {
        uint x = (d + Unsafe.Add(ref w, Later)) + (b ^ c ^ a);
        uint y = (h + w) + (f ^ g ^ e);
        Finish(t, a, ref b, ref d, e, ref f, ref h, x, y);
    }

    /// <summary>A round of the last forty-eight: majority and choice, each as a sum of two parts that share no bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RoundChoose(ref uint w, uint t, uint a, ref uint b, uint c, ref uint d, uint e, ref uint f, uint g, ref uint h)
    {
        uint x = ((d + Unsafe.Add(ref w, Later)) + (b & c)) + (a & (b ^ c));
        uint y = ((h + w) + (~e & g)) + (e & f);
        Finish(t, a, ref b, ref d, e, ref f, ref h, x, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(uint t, uint a, ref uint b, ref uint d, uint e, ref uint f, ref uint h, uint x, uint y)
    {
        uint a12 = BitOperations.RotateLeft(a, 12);
        uint ss1 = BitOperations.RotateLeft((a12 + t) + e, 7);
        uint tt2 = y + ss1;
        b = BitOperations.RotateLeft(b, 9);
        d = x + (ss1 ^ a12);
        f = BitOperations.RotateLeft(f, 19);
        h = tt2 ^ BitOperations.RotateLeft(tt2, 9) ^ BitOperations.RotateLeft(tt2, 17);
    }
}
