using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>Hedged nonces, in the manner of RFC 6979 with additional entropy (its clause 3.6), over HMAC-SM3.</summary>
/// <remarks>
/// k = HMAC-SM3(d, attempt ‖ entropy ‖ e), drawn again with the next attempt unless 1 ≤ k ≤ n − 1. One code instead of RFC 6979's chain: SM3's 256 bits are the length of n, and n is so near to 2²⁵⁶ that the bias of
/// taking the code itself is nil after rejection. With good entropy k is random; with none, with a repeated page, after a fork or a restored snapshot, it is RFC 6979's bargain: a secret function of key and digest,
/// so that two different digests never share a nonce and the same digest gives the same signature.
/// </remarks>
internal static class Sm2Nonce
{
    private const int EntropySize = 32;

    /// <summary>The next nonce.</summary>
    /// <param name="keyed">HMAC-SM3 keyed with d.</param>
    /// <param name="e">The digest to be signed, 32 octets.</param>
    /// <param name="attempt">Which try for this signature, from 0.</param>
    internal static U256 Next(in HmacSm3State keyed, ReadOnlySpan<byte> e, ref byte attempt)
    {
        Span<byte> input = stackalloc byte[1 + EntropySize + 32];
        Span<byte> code = stackalloc byte[HmacSm3.HashSizeInBytes];
        e.CopyTo(input[(1 + EntropySize)..]);
        HmacSm3State mac = keyed;
        while (true)
        {
            input[0] = attempt++;
            EntropyPool.Take(input.Slice(1, EntropySize));
            mac.Append(input);
            mac.Finish(code);
            U256 k = U256.Read(code);
            if (Scalar.IsValidMask(k) != 0)
            {
                mac.Clear();
                CryptographicOperations.ZeroMemory(input);
                CryptographicOperations.ZeroMemory(code);
                return k;
            }
        }
    }
}
