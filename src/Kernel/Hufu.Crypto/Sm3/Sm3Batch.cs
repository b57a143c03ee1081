using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hufu.Crypto;

/// <summary>SM3 over many messages at once: leaves and nodes of trees, certificates of a CRL. With AVX-512 sixteen run side by side; elsewhere they are hashed one after the other. Nothing is allocated. Not for secrets: buffers are not wiped.</summary>
public static class Sm3Batch
{
    /// <summary>Hashes messages of one length.</summary>
    /// <param name="messages">Message after message.</param>
    /// <param name="messageSize">Octets of each, at least 1.</param>
    /// <param name="digests">32 octets for each message.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void HashData(ReadOnlySpan<byte> messages, int messageSize, Span<byte> digests)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(messageSize, 1);
        int count = messages.Length / messageSize;
        if (messages.Length % messageSize != 0 || digests.Length != count * Sm3.HashSizeInBytes)
        {
            throw new ArgumentException("Whole messages and 32 octets for each are wanted.", nameof(digests));
        }

        int at = 0;
        if (KernelPath.WideHash)
        {
            for (; count - at > 2; at += Sm3Lanes.Lanes)
            {
                int size = Math.Min(Sm3Lanes.Lanes, count - at);
                HashLanes(messages.Slice(at * messageSize, size * messageSize), messageSize, digests.Slice(at * Sm3.HashSizeInBytes, size * Sm3.HashSizeInBytes));
            }
        }

        for (; at < count; at++)
        {
            Sm3.HashData(messages.Slice(at * messageSize, messageSize), digests.Slice(at * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes));
        }
    }

    /// <summary>Hashes messages of any lengths. Neighbours of similar length go best together.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="digests">32 octets for each message.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void HashData(ReadOnlySpan<ReadOnlyMemory<byte>> messages, Span<byte> digests)
    {
        if (digests.Length != messages.Length * Sm3.HashSizeInBytes)
        {
            throw new ArgumentException("32 octets for each message are wanted.", nameof(digests));
        }

        for (int i = 0; i < messages.Length; i++)
        {
            Sm3.HashData(messages[i].Span, digests.Slice(i * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes));
        }
    }

    // Up to sixteen messages; lanes without one hash the first again.
    private static void HashLanes(ReadOnlySpan<byte> messages, int messageSize, Span<byte> digests)
    {
        int count = messages.Length / messageSize, whole = messageSize / Sm3.BlockSize, rest = messageSize % Sm3.BlockSize;
        Span<Vector512<uint>> chain = stackalloc Vector512<uint>[8], rows = stackalloc Vector512<uint>[Sm3Lanes.Lanes];
        for (int i = 0; i < chain.Length; i++)
        {
            chain[i] = Vector512.Create(Sm3Compression.InitialValue[i]);
        }

        ref byte first = ref MemoryMarshal.GetReference(messages);
        for (int block = 0; block < whole; block++)
        {
            for (int lane = 0; lane < rows.Length; lane++)
            {
                rows[lane] = Vector512.LoadUnsafe(ref Unsafe.Add(ref first, ((lane < count ? lane : 0) * messageSize) + (block * Sm3.BlockSize))).AsUInt32();
            }

            Sm3Lanes.Compress(chain, rows);
        }

        // The padding, the same for all but for what is left of each message.
        Span<byte> last = stackalloc byte[2 * Sm3.BlockSize];
        int lastBlocks = rest >= Sm3.BlockSize - 8 ? 2 : 1;
        last.Clear();
        last[rest] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(last[((lastBlocks * Sm3.BlockSize) - 8)..], (ulong)messageSize << 3);
        for (int block = 0; block < lastBlocks; block++)
        {
            for (int lane = 0; lane < rows.Length; lane++)
            {
                messages.Slice(((lane < count ? lane : 0) * messageSize) + (whole * Sm3.BlockSize), rest).CopyTo(last);
                rows[lane] = Vector512.Create<byte>(last.Slice(block * Sm3.BlockSize, Sm3.BlockSize)).AsUInt32();
            }

            Sm3Lanes.Compress(chain, rows);
        }

        for (int lane = 0; lane < count; lane++)
        {
            for (int i = 0; i < chain.Length; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(digests[((lane * Sm3.HashSizeInBytes) + (4 * i))..], chain[i].GetElement(lane));
            }
        }
    }
}
