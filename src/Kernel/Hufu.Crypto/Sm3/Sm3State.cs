using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>A running SM3: eight chaining words, the unfinished block and the length. A value on the stack; whoever hashes secrets calls <see cref="Clear"/>.</summary>
internal struct Sm3State
{
    [InlineArray(8)]
    internal struct Words
    {
        private uint _first;
    }

    [InlineArray(Sm3.BlockSize)]
    internal struct Block
    {
        private byte _first;
    }

    private Words _chain;
    private Block _pending;
    private ulong _length;

    internal void Reset()
    {
        Sm3Compression.InitialValue.CopyTo(_chain);
        _length = 0;
    }

    internal void Append(ReadOnlySpan<byte> source)
    {
        int used = (int)(_length % Sm3.BlockSize);
        _length += (ulong)source.Length;
        if (used != 0)
        {
            int take = Math.Min(Sm3.BlockSize - used, source.Length);
            source[..take].CopyTo(_pending[used..]);
            source = source[take..];
            if (used + take < Sm3.BlockSize)
            {
                return;
            }

            Sm3Compression.Compress(_chain, _pending);
        }

        int whole = source.Length & ~(Sm3.BlockSize - 1);
        if (whole != 0)
        {
            Sm3Compression.Compress(_chain, source[..whole]);
        }

        source[whole..].CopyTo(_pending);
    }

    /// <summary>Pads (GB/T 32905 clause 5.2), writes 32 octets and leaves the state spent.</summary>
    internal void Finish(Span<byte> destination)
    {
        if (destination.Length < Sm3.HashSizeInBytes)
        {
            throw new ArgumentException("An SM3 digest needs 32 octets.", nameof(destination));
        }

        int used = (int)(_length % Sm3.BlockSize);
        Span<byte> pending = _pending;
        pending[used] = 0x80;
        pending[(used + 1)..].Clear();
        if (used >= Sm3.BlockSize - 8)
        {
            Sm3Compression.Compress(_chain, pending);
            pending.Clear();
        }

        BinaryPrimitives.WriteUInt64BigEndian(pending[(Sm3.BlockSize - 8)..], _length << 3);
        Sm3Compression.Compress(_chain, pending);
        for (int i = 0; i < 8; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[(4 * i)..], _chain[i]);
        }
    }

    internal void Clear()
    {
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<Sm3State>(ref this)));
    }
}
