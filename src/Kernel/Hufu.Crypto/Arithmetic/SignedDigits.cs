using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>An odd k &lt; 2²⁵⁶ as Σ dᵢ·2ʷⁱ with every dᵢ odd and |dᵢ| &lt; 2ʷ: no digit is zero, so no addition is skipped.</summary>
/// <remarks>
/// Let W = w·count ≥ 256 and v = (k + 2ᵂ − 1)/2, with digits bᵢ in base 2ʷ. Then dᵢ = 2bᵢ − (2ʷ − 1), because Σ (2ʷ − 1)·2ʷⁱ = 2ᵂ − 1.
/// The top bit of bᵢ is set when dᵢ &gt; 0; the rest is (|dᵢ| − 1)/2, inverted when dᵢ &lt; 0. Constant time: positions are public.
/// </remarks>
internal ref struct SignedDigits
{
    [InlineArray(5)]
    private struct Words
    {
        private ulong _first;
    }

    private Words _v;
    private readonly int _width;

    internal SignedDigits(in U256 odd, int width, int count)
    {
        _width = width;

        // k is odd: (k + 2^W − 1)/2 = (k − 1)/2 + 2^(W−1)
        _v[0] = (odd.W0 >> 1) | (odd.W1 << 63);
        _v[1] = (odd.W1 >> 1) | (odd.W2 << 63);
        _v[2] = (odd.W2 >> 1) | (odd.W3 << 63);
        _v[3] = odd.W3 >> 1;
        int top = (width * count) - 1;
        _v[4] = 0;
        _v[top >> 6] |= 1UL << (top & 63);
    }

    /// <summary>The index (|dᵢ| − 1)/2 into a table of odd multiples.</summary>
    /// <param name="i">Which digit, from the least significant.</param>
    /// <param name="negative">All ones when the digit is negative, else zero.</param>
    internal readonly uint Get(int i, out ulong negative)
    {
        ulong b = Raw(i);
        negative = (b >> (_width - 1)) - 1;
        return (uint)((b ^ negative) & ((1UL << (_width - 1)) - 1));
    }

    /// <summary>bᵢ itself.</summary>
    internal readonly byte Raw(int i)
    {
        int bit = i * _width, word = bit >> 6, shift = bit & 63;
        ulong b = _v[word] >> shift;
        if (shift + _width > 64 && word < 4)
        {
            b |= _v[word + 1] << (64 - shift);
        }

        return (byte)(b & ((1UL << _width) - 1));
    }

    internal void Clear() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes((Span<ulong>)_v));
}
