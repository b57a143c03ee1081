using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>The modes CBC and CTR (GB/T 17964). Lengths are checked by the callers; source and destination are the same memory or do not overlap.</summary>
internal static class Sm4Modes
{
    internal const int ChunkSize = 1024;

    internal static void EncryptCbc(ReadOnlySpan<uint> roundKeys, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<byte> chain = stackalloc byte[Sm4.BlockSize];
        iv.CopyTo(chain);
        for (int at = 0; at < source.Length; at += Sm4.BlockSize)
        {
            Xor(chain, source.Slice(at, Sm4.BlockSize), chain);
            Sm4Blocks.Transform(roundKeys, chain, chain);
            chain.CopyTo(destination[at..]);
        }
    }

    internal static void DecryptCbc(ReadOnlySpan<uint> roundKeys, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // What is chained in (IV and ciphertext, shifted by one block) is kept aside, because source and destination may be the same memory.
        Span<byte> chained = stackalloc byte[ChunkSize + Sm4.BlockSize];
        iv.CopyTo(chained);
        for (int at = 0; at < source.Length; at += ChunkSize)
        {
            int length = Math.Min(ChunkSize, source.Length - at);
            source.Slice(at, length).CopyTo(chained[Sm4.BlockSize..]);
            Span<byte> plain = destination.Slice(at, length);
            Sm4Blocks.Transform(roundKeys, source.Slice(at, length), plain);
            Xor(plain, chained[..length], plain);
            chained.Slice(length, Sm4.BlockSize).CopyTo(chained);
        }
    }

    internal static void TransformCtr(ReadOnlySpan<uint> roundKeys, ReadOnlySpan<byte> counter, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        UInt128 next = BinaryPrimitives.ReadUInt128BigEndian(counter);
        Span<byte> stream = stackalloc byte[ChunkSize];
        for (int at = 0; at < source.Length; at += ChunkSize)
        {
            int length = Math.Min(ChunkSize, source.Length - at);
            int whole = (length + Sm4.BlockSize - 1) & ~(Sm4.BlockSize - 1);
            for (int i = 0; i < whole; i += Sm4.BlockSize)
            {
                BinaryPrimitives.WriteUInt128BigEndian(stream[i..], next++);
            }

            Sm4Blocks.Transform(roundKeys, stream[..whole], stream[..whole]);
            Xor(source.Slice(at, length), stream, destination.Slice(at, length));
        }

        CryptographicOperations.ZeroMemory(stream);
    }

    /// <summary>CTR as GCM counts: the last 32 bits alone, modulo 2³² (SP 800-38D 6.2).</summary>
    internal static void TransformCtr32(ReadOnlySpan<uint> roundKeys, ReadOnlySpan<byte> counter, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        uint left = 0 - BinaryPrimitives.ReadUInt32BigEndian(counter[12..]); // counters before the wrap; 0 stands for 2^32
        long first = left == 0 ? long.MaxValue : (long)left * Sm4.BlockSize;
        if (source.Length <= first)
        {
            TransformCtr(roundKeys, counter, source, destination);
            return;
        }

        Span<byte> wrapped = stackalloc byte[Sm4.BlockSize];
        counter[..12].CopyTo(wrapped);
        wrapped[12..].Clear();
        TransformCtr(roundKeys, counter, source[..(int)first], destination);
        TransformCtr(roundKeys, wrapped, source[(int)first..], destination[(int)first..]);
    }

    /// <summary>destination = a ⊕ b over the length of <paramref name="a"/>.</summary>
    internal static void Xor(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> destination)
    {
        int i = 0;
        for (; a.Length - i >= Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            (Vector256.Create(a[i..]) ^ Vector256.Create(b[i..])).CopyTo(destination[i..]);
        }

        for (; i < a.Length; i++)
        {
            destination[i] = (byte)(a[i] ^ b[i]);
        }
    }
}
