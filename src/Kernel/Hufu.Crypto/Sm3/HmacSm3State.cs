using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>A running HMAC-SM3. The two keyed states are kept, so that one key serves many messages at two compressions less each.</summary>
internal struct HmacSm3State
{
    private Sm3State _innerKeyed;
    private Sm3State _outerKeyed;
    private Sm3State _running;

    internal void SetKey(ReadOnlySpan<byte> key)
    {
        Span<byte> block = stackalloc byte[Sm3.BlockSize];
        block.Clear();
        if (key.Length > Sm3.BlockSize)
        {
            Sm3.HashData(key, block);
        }
        else
        {
            key.CopyTo(block);
        }

        Mask(block, 0x36);
        _innerKeyed.Reset();
        _innerKeyed.Append(block);
        Mask(block, 0x36 ^ 0x5C);
        _outerKeyed.Reset();
        _outerKeyed.Append(block);
        CryptographicOperations.ZeroMemory(block);
        _running = _innerKeyed;
    }

    internal void Append(ReadOnlySpan<byte> source) => _running.Append(source);

    /// <summary>Writes 32 octets; the next message under the same key may follow.</summary>
    internal void Finish(Span<byte> destination)
    {
        Span<byte> inner = stackalloc byte[Sm3.HashSizeInBytes];
        _running.Finish(inner);
        _running = _outerKeyed;
        _running.Append(inner);
        _running.Finish(destination);
        _running = _innerKeyed;
        CryptographicOperations.ZeroMemory(inner);
    }

    internal void Clear()
    {
        _innerKeyed.Clear();
        _outerKeyed.Clear();
        _running.Clear();
    }

    private static void Mask(Span<byte> block, byte value)
    {
        for (int i = 0; i < block.Length; i++)
        {
            block[i] ^= value;
        }
    }
}
