using System.Buffers.Binary;
using System.Numerics;

namespace Hufu.Crypto;

/// <summary>The compression function of SM3 (GB/T 32905 clause 5.3), one message at a time.</summary>
internal static class Sm3Compression
{
    internal static ReadOnlySpan<uint> InitialValue => [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E];

    /// <summary>Takes every block of <paramref name="blocks"/> (a multiple of 64 octets) into the eight words of <paramref name="chain"/>.</summary>
    internal static void Compress(Span<uint> chain, ReadOnlySpan<byte> blocks)
    {
        Span<uint> w = stackalloc uint[68];
        for (; blocks.Length >= Sm3.BlockSize; blocks = blocks[Sm3.BlockSize..])
        {
            for (int j = 0; j < 16; j++)
            {
                w[j] = BinaryPrimitives.ReadUInt32BigEndian(blocks[(4 * j)..]);
            }

            for (int j = 16; j < 68; j++)
            {
                uint x = w[j - 16] ^ w[j - 9] ^ BitOperations.RotateLeft(w[j - 3], 15);
                w[j] = x ^ BitOperations.RotateLeft(x, 15) ^ BitOperations.RotateLeft(x, 23) ^ BitOperations.RotateLeft(w[j - 13], 7) ^ w[j - 6];
            }

            uint a = chain[0], b = chain[1], c = chain[2], d = chain[3], e = chain[4], f = chain[5], g = chain[6], h = chain[7];
            for (int j = 0; j < 64; j++)
            {
                uint a12 = BitOperations.RotateLeft(a, 12);
                uint ss1 = BitOperations.RotateLeft(a12 + e + BitOperations.RotateLeft(j < 16 ? 0x79CC4519u : 0x7A879D8Au, j), 7);
                uint ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
                uint gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
                uint tt1 = ff + d + (ss1 ^ a12) + (w[j] ^ w[j + 4]);
                uint tt2 = gg + h + ss1 + w[j];
                d = c;
                c = BitOperations.RotateLeft(b, 9);
                b = a;
                a = tt1;
                h = g;
                g = BitOperations.RotateLeft(f, 19);
                f = e;
                e = tt2 ^ BitOperations.RotateLeft(tt2, 9) ^ BitOperations.RotateLeft(tt2, 17);
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

        w.Clear();
    }
}
