using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>SM4 in Counter with CBC-MAC mode (NIST SP 800-38C, RFC 8998): nonce of 7 to 13 octets, tag of 4, 6, 8, 10, 12, 14 or 16 octets.</summary>
public sealed class Sm4Ccm : IDisposable
{
    private readonly Sm4 _cipher;

    /// <summary>Expands a key.</summary>
    /// <param name="key">16 octets.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is not 16 octets long.</exception>
    public Sm4Ccm(ReadOnlySpan<byte> key) => _cipher = new Sm4(key);

    /// <summary>Makes the tag and enciphers.</summary>
    /// <param name="nonce">7 to 13 octets; never used twice under one key.</param>
    /// <param name="plaintext">Less than 2^(8(15 − nonce length)) octets.</param>
    /// <param name="ciphertext">As long as <paramref name="plaintext"/>; may be the same memory.</param>
    /// <param name="tag">4, 6, … 16 octets to fill.</param>
    /// <param name="associatedData">Covered by the tag, not enciphered.</param>
    /// <exception cref="ArgumentException">A length does not fit, or memory overlaps that is not the same.</exception>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData = default)
    {
        Check(nonce, plaintext, ciphertext, tag);
        Span<byte> mac = stackalloc byte[Sm4.BlockSize];
        Mac(nonce, plaintext, associatedData, tag.Length, mac);
        Crypt(nonce, mac, plaintext, ciphertext);
        mac[..tag.Length].CopyTo(tag);
        CryptographicOperations.ZeroMemory(mac);
    }

    /// <summary>Deciphers and checks the tag.</summary>
    /// <param name="nonce">The nonce of enciphering.</param>
    /// <param name="ciphertext">Any length.</param>
    /// <param name="tag">4, 6, … 16 octets.</param>
    /// <param name="plaintext">As long as <paramref name="ciphertext"/>; may be the same memory. Zeroed when the tag is wrong.</param>
    /// <param name="associatedData">The associated data of enciphering.</param>
    /// <returns>Whether the tag is right.</returns>
    /// <exception cref="ArgumentException">A length does not fit, or memory overlaps that is not the same.</exception>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData = default)
    {
        Check(nonce, ciphertext, plaintext, tag);
        Span<byte> given = stackalloc byte[Sm4.BlockSize];
        Span<byte> mac = stackalloc byte[Sm4.BlockSize];
        given.Clear();
        tag.CopyTo(given);
        Crypt(nonce, given, ciphertext, plaintext);
        Mac(nonce, plaintext, associatedData, tag.Length, mac);
        bool right = CryptographicOperations.FixedTimeEquals(mac[..tag.Length], given[..tag.Length]);
        if (!right)
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }

        CryptographicOperations.ZeroMemory(mac);
        return right;
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose() => _cipher.Dispose();

    private static void Check(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination, ReadOnlySpan<byte> tag)
    {
        if (nonce.Length is < 7 or > 13)
        {
            throw new ArgumentException("A CCM nonce has 7 to 13 octets.", nameof(nonce));
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

        if (tag.Length is < 4 or > 16 || tag.Length % 2 != 0)
        {
            throw new ArgumentException("A CCM tag has 4, 6, 8, 10, 12, 14 or 16 octets.", nameof(tag));
        }

        if (nonce.Length == 13 && source.Length > 0xFFFF)
        {
            throw new ArgumentException("With a nonce of 13 octets a CCM text has at most 65535 octets.", nameof(source));
        }

        if (nonce.Length == 12 && source.Length > 0xFFFFFF)
        {
            throw new ArgumentException("With a nonce of 12 octets a CCM text has at most 2^24 - 1 octets.", nameof(source));
        }
    }

    // SP 800-38C A.2: B0 = flags ‖ N ‖ Q, then the encoded length of the associated data, the data, the text, each padded to whole blocks.
    private void Mac(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, int tagLength, Span<byte> mac)
    {
        mac.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(mac[12..], (uint)plaintext.Length);
        mac[0] = (byte)((associatedData.IsEmpty ? 0 : 0x40) | (((tagLength - 2) / 2) << 3) | (14 - nonce.Length));
        nonce.CopyTo(mac[1..]);
        if (nonce.Length == 12)
        {
            mac[13] = (byte)(plaintext.Length >> 16);
        }

        _cipher.EncryptEcb(mac, mac);
        if (!associatedData.IsEmpty)
        {
            Span<byte> first = stackalloc byte[Sm4.BlockSize];
            first.Clear();
            int prefix;
            if (associatedData.Length < 0xFF00)
            {
                BinaryPrimitives.WriteUInt16BigEndian(first, (ushort)associatedData.Length);
                prefix = 2;
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(first, 0xFFFE);
                BinaryPrimitives.WriteUInt32BigEndian(first[2..], (uint)associatedData.Length);
                prefix = 6;
            }

            int take = Math.Min(Sm4.BlockSize - prefix, associatedData.Length);
            associatedData[..take].CopyTo(first[prefix..]);
            Absorb(first, mac);
            Absorb(associatedData[take..], mac);
        }

        Absorb(plaintext, mac);
    }

    private void Absorb(ReadOnlySpan<byte> data, Span<byte> mac)
    {
        for (; !data.IsEmpty; data = data[Math.Min(Sm4.BlockSize, data.Length)..])
        {
            Sm4Modes.Xor(data[..Math.Min(Sm4.BlockSize, data.Length)], mac, mac);
            _cipher.EncryptEcb(mac, mac);
        }
    }

    // Counter 0 masks the tag, counters from 1 the text.
    private void Crypt(ReadOnlySpan<byte> nonce, Span<byte> mac, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<byte> counter = stackalloc byte[Sm4.BlockSize];
        counter.Clear();
        counter[0] = (byte)(14 - nonce.Length);
        nonce.CopyTo(counter[1..]);
        _cipher.TransformCtr(counter, mac, mac);
        counter[15] = 1;
        _cipher.TransformCtr(counter, source, destination);
    }
}
