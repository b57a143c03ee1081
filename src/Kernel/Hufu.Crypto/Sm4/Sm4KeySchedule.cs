using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>The 32 round keys of SM4 (GB/T 32907 clause 7.3) in the order of enciphering and, reversed, of deciphering.</summary>
internal struct Sm4KeySchedule
{
    internal const int Rounds = 32;

    [InlineArray(2 * Rounds)]
    private struct Keys
    {
        private uint _first;
    }

    private Keys _keys;

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    internal readonly ReadOnlySpan<uint> Encryption => ((ReadOnlySpan<uint>)_keys)[..Rounds];

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    internal readonly ReadOnlySpan<uint> Decryption => ((ReadOnlySpan<uint>)_keys)[Rounds..];

    private static ReadOnlySpan<uint> SystemParameter => [0xA3B1BAC6, 0x56AA3350, 0x677D9197, 0xB27022DC];

    internal void Expand(ReadOnlySpan<byte> key)
    {
        if (key.Length != Sm4.KeySize)
        {
            throw new ArgumentException("An SM4 key has 16 octets.", nameof(key));
        }

        Span<uint> k = stackalloc uint[4];
        for (int i = 0; i < 4; i++)
        {
            k[i] = BinaryPrimitives.ReadUInt32BigEndian(key[(4 * i)..]) ^ SystemParameter[i];
        }

        for (int i = 0; i < Rounds; i++)
        {
            uint t = Sm4Blocks.Substitute(k[(i + 1) % 4] ^ k[(i + 2) % 4] ^ k[(i + 3) % 4] ^ Constant(i));
            k[i % 4] ^= t ^ BitOperations.RotateLeft(t, 13) ^ BitOperations.RotateLeft(t, 23);
            _keys[i] = k[i % 4];
            _keys[(2 * Rounds) - 1 - i] = k[i % 4];
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(k));
    }

    internal void Clear() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes((Span<uint>)_keys));

    /// <summary>CK_i: its octet j is 7(4i + j) mod 256.</summary>
    private static uint Constant(int i)
    {
        uint constant = 0;
        for (int j = 0; j < 4; j++)
        {
            constant = (constant << 8) | (byte)(7 * ((4 * i) + j));
        }

        return constant;
    }
}
