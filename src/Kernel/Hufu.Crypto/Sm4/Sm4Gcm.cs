using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>SM4 in Galois/Counter Mode (NIST SP 800-38D, RFC 8998): nonce of any length from 1 octet (12 is usual), tag of 12 to 16 octets.</summary>
public sealed class Sm4Gcm : IDisposable
{
    private const int NonceOfMany = 12;
    private const int LongestOfMany = 256;

    private readonly Sm4 _cipher;
    private Ghash _hash;

    /// <summary>Expands a key.</summary>
    /// <param name="key">16 octets.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is not 16 octets long.</exception>
    public Sm4Gcm(ReadOnlySpan<byte> key)
    {
        _cipher = new Sm4(key);
        Span<byte> block = stackalloc byte[Sm4.BlockSize];
        block.Clear();
        _cipher.EncryptEcb(block, block);
        _hash.SetKey(block);
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>Enciphers and makes the tag.</summary>
    /// <param name="nonce">At least 1 octet; never used twice under one key.</param>
    /// <param name="plaintext">Any length.</param>
    /// <param name="ciphertext">As long as <paramref name="plaintext"/>; may be the same memory.</param>
    /// <param name="tag">12 to 16 octets to fill.</param>
    /// <param name="associatedData">Covered by the tag, not enciphered.</param>
    /// <exception cref="ArgumentException">A length does not fit, or memory overlaps that is not the same.</exception>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData = default)
    {
        Check(nonce, plaintext, ciphertext, tag);
        Span<byte> counter = stackalloc byte[Sm4.BlockSize];
        Span<byte> full = stackalloc byte[Sm4.BlockSize];
        FirstCounter(nonce, counter);
        Crypt(counter, plaintext, ciphertext);
        Tag(counter, ciphertext, associatedData, full);
        full[..tag.Length].CopyTo(tag);
    }

    /// <summary>Enciphers many short texts of one length, each with its own nonce and associated data: the blocks of many are enciphered side by side, several times faster than one by one.</summary>
    /// <param name="nonces">12 octets for each text; none is ever used twice under one key.</param>
    /// <param name="plaintexts">Text after text.</param>
    /// <param name="size">Octets of each text, 1 to 256.</param>
    /// <param name="ciphertexts">Receives ciphertext and tag of each, <paramref name="size"/> + 16 octets; apart from what is read.</param>
    /// <param name="associatedData">As long for each text: one after the other. Empty for none.</param>
    /// <exception cref="ArgumentException">A length does not fit, or what is read and what is written overlap.</exception>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public void EncryptMany(ReadOnlySpan<byte> nonces, ReadOnlySpan<byte> plaintexts, int size, Span<byte> ciphertexts, ReadOnlySpan<byte> associatedData = default)
    {
        if (size is < 1 or > LongestOfMany)
        {
            throw new ArgumentException($"Texts of 1 to {LongestOfMany} octets.", nameof(size));
        }

        int count = nonces.Length / NonceOfMany;
        if (nonces.Length != count * NonceOfMany || plaintexts.Length != count * size || ciphertexts.Length != count * (size + Sm4.BlockSize) || (count > 0 && associatedData.Length % count != 0))
        {
            throw new ArgumentException("As many nonces of 12 octets, texts, ciphertexts with tags, and associated data of one length.", nameof(plaintexts));
        }

        if (ciphertexts.Overlaps(plaintexts) || ciphertexts.Overlaps(nonces) || ciphertexts.Overlaps(associatedData))
        {
            throw new ArgumentException("What is read and what is written overlap.", nameof(ciphertexts));
        }

        int associated = count == 0 ? 0 : associatedData.Length / count, blocks = 1 + ((size + Sm4.BlockSize - 1) / Sm4.BlockSize), stride = blocks * Sm4.BlockSize;
        int together = Math.Max(1, Sm4Modes.ChunkSize * 4 / stride);
        Span<byte> stream = stackalloc byte[together * stride];
        for (int at = 0; at < count; at += together)
        {
            int here = Math.Min(together, count - at);
            for (int i = 0; i < here; i++)
            {
                // Counter 1 makes the tag's mask, 2 and on the key stream (SP 800-38D 7.1).
                ReadOnlySpan<byte> nonce = nonces.Slice(NonceOfMany * (at + i), NonceOfMany);
                for (int block = 0; block < blocks; block++)
                {
                    Span<byte> counter = stream.Slice((i * stride) + (block * Sm4.BlockSize), Sm4.BlockSize);
                    nonce.CopyTo(counter);
                    BinaryPrimitives.WriteInt32BigEndian(counter[NonceOfMany..], block + 1);
                }
            }

            _cipher.EncryptEcb(stream[..(here * stride)], stream[..(here * stride)]);
            for (int i = 0; i < here; i++)
            {
                ReadOnlySpan<byte> key = stream.Slice(i * stride, stride);
                Span<byte> whole = ciphertexts.Slice((at + i) * (size + Sm4.BlockSize), size + Sm4.BlockSize), text = whole[..size];
                Sm4Modes.Xor(plaintexts.Slice((at + i) * size, size), key[Sm4.BlockSize..], text);
                UInt128 hash = _hash.Update(_hash.Update(0, associatedData.Slice((at + i) * associated, associated)), text);
                hash = _hash.Multiply(hash ^ new UInt128((ulong)associated << 3, (ulong)size << 3));
                BinaryPrimitives.WriteUInt128BigEndian(whole[size..], hash ^ BinaryPrimitives.ReadUInt128BigEndian(key));
            }
        }

        CryptographicOperations.ZeroMemory(stream);
    }

    /// <summary>Checks the tag and deciphers.</summary>
    /// <param name="nonce">The nonce of enciphering.</param>
    /// <param name="ciphertext">Any length.</param>
    /// <param name="tag">12 to 16 octets.</param>
    /// <param name="plaintext">As long as <paramref name="ciphertext"/>; may be the same memory. Zeroed when the tag is wrong.</param>
    /// <param name="associatedData">The associated data of enciphering.</param>
    /// <returns>Whether the tag is right.</returns>
    /// <exception cref="ArgumentException">A length does not fit, or memory overlaps that is not the same.</exception>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData = default)
    {
        Check(nonce, ciphertext, plaintext, tag);
        Span<byte> counter = stackalloc byte[Sm4.BlockSize];
        Span<byte> full = stackalloc byte[Sm4.BlockSize];
        FirstCounter(nonce, counter);
        Tag(counter, ciphertext, associatedData, full);
        bool right = CryptographicOperations.FixedTimeEquals(full[..tag.Length], tag);
        if (right)
        {
            Crypt(counter, ciphertext, plaintext);
        }
        else
        {
            plaintext.Clear();
        }

        CryptographicOperations.ZeroMemory(full);
        return right;
    }

    /// <summary>Wipes H where <see cref="Dispose"/> was forgotten; the cipher wipes its own.</summary>
    ~Sm4Gcm() => _hash = default;

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        _cipher.Dispose();
        _hash = default;
        GC.SuppressFinalize(this);
    }

    private static void Check(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination, ReadOnlySpan<byte> tag)
    {
        if (nonce.IsEmpty)
        {
            throw new ArgumentException("A GCM nonce has at least one octet.", nameof(nonce));
        }

        if (destination.Length != source.Length)
        {
            throw new ArgumentException("Plaintext and ciphertext have the same length.", nameof(destination));
        }

        Sm4InPlace.Demand(source, destination, nameof(destination));
        if (tag.Overlaps(destination))
        {
            throw new ArgumentException("The tag does not lie in the text.", nameof(tag));
        }

        if (tag.Length is < 12 or > 16)
        {
            throw new ArgumentException("A GCM tag has 12 to 16 octets.", nameof(tag));
        }
    }

    // SP 800-38D 7.1 step 2
    private void FirstCounter(ReadOnlySpan<byte> nonce, Span<byte> counter)
    {
        if (nonce.Length == 12)
        {
            nonce.CopyTo(counter);
            BinaryPrimitives.WriteUInt32BigEndian(counter[12..], 1);
            return;
        }

        UInt128 hash = _hash.Multiply(_hash.Update(0, nonce) ^ ((UInt128)(ulong)nonce.Length << 3));
        BinaryPrimitives.WriteUInt128BigEndian(counter, hash);
    }

    private void Crypt(ReadOnlySpan<byte> firstCounter, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<byte> counter = stackalloc byte[Sm4.BlockSize];
        firstCounter.CopyTo(counter);
        BinaryPrimitives.WriteUInt32BigEndian(counter[12..], BinaryPrimitives.ReadUInt32BigEndian(counter[12..]) + 1);
        Sm4Modes.TransformCtr32(_cipher.Schedule.Encryption, counter, source, destination);
    }

    private void Tag(ReadOnlySpan<byte> firstCounter, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associatedData, Span<byte> tag)
    {
        UInt128 hash = _hash.Update(_hash.Update(0, associatedData), ciphertext);
        hash = _hash.Multiply(hash ^ new UInt128((ulong)associatedData.Length << 3, (ulong)ciphertext.Length << 3));
        _cipher.EncryptEcb(firstCounter, tag);
        BinaryPrimitives.WriteUInt128BigEndian(tag, hash ^ BinaryPrimitives.ReadUInt128BigEndian(tag));
    }
}
