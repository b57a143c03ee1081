using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>The key derivation of GB/T 32918.4 clause 5.4.3: SM3(x2‖y2‖1) ‖ SM3(x2‖y2‖2) ‖ …, the counter of 32 bits big endian.</summary>
internal static class Sm2Kdf
{
    /// <summary>destination = source ⊕ key stream of <paramref name="shared"/> (x2‖y2, 64 octets).</summary>
    /// <returns>False when the key stream was all zero, which the standard refuses (clause 6.1 A5); an empty text has none.</returns>
    internal static bool Mask(ReadOnlySpan<byte> shared, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Sm3State keyed = default;
        keyed.Reset();
        keyed.Append(shared);
        Span<byte> stream = stackalloc byte[Sm3.HashSizeInBytes];
        Span<byte> counter = stackalloc byte[4];
        int seen = 0;
        uint index = 1;
        for (int at = 0; at < source.Length; at += stream.Length)
        {
            BinaryPrimitives.WriteUInt32BigEndian(counter, index++);
            Sm3State state = keyed;
            state.Append(counter);
            state.Finish(stream);
            state.Clear();
            int length = Math.Min(stream.Length, source.Length - at);
            for (int i = 0; i < length; i++)
            {
                seen |= stream[i];
                destination[at + i] = (byte)(source[at + i] ^ stream[i]);
            }
        }

        keyed.Clear();
        CryptographicOperations.ZeroMemory(stream);
        return seen != 0 || source.IsEmpty;
    }

    /// <summary>C3 = SM3(x2 ‖ M ‖ y2).</summary>
    internal static void Digest(ReadOnlySpan<byte> shared, ReadOnlySpan<byte> message, Span<byte> digest)
    {
        Sm3State state = default;
        state.Reset();
        state.Append(shared[..32]);
        state.Append(message);
        state.Append(shared[32..]);
        state.Finish(digest);
        state.Clear();
    }

    /// <summary>Steps B3 to B6 of GB/T 32918.4 clause 7.1: takes the mask off C2 and compares C3, all in the same time whether it fits or not.</summary>
    /// <param name="shared">x2‖y2.</param>
    /// <param name="rest">C3‖C2.</param>
    /// <param name="plaintext">As long as C2; zeroed when the answer is false.</param>
    internal static bool Open(ReadOnlySpan<byte> shared, ReadOnlySpan<byte> rest, Span<byte> plaintext)
    {
        Span<byte> digest = stackalloc byte[Sm3.HashSizeInBytes];
        bool right = Mask(shared, rest[Sm3.HashSizeInBytes..], plaintext);
        Digest(shared, plaintext, digest);
        right &= CryptographicOperations.FixedTimeEquals(digest, rest[..Sm3.HashSizeInBytes]);
        if (!right)
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }

        return right;
    }
}
