using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Pki;

/// <summary>SM4 as messages use it: CBC with PKCS#7 padding. One error for every way that opening fails.</summary>
internal static class ContentCipher
{
    internal const int KeySize = 16;
    private const int Block = 16;

    internal static PkiException NotOpened() => new(PkiError.NotOpened, "The message does not open under this key.");

    internal static byte[] EncryptCbc(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> plaintext)
    {
        int padding = Block - (plaintext.Length % Block);
        byte[] buffer = new byte[plaintext.Length + padding];
        plaintext.CopyTo(buffer);
        buffer.AsSpan(plaintext.Length).Fill((byte)padding);
        byte[] ciphertext = new byte[buffer.Length];
        using (Sm4 sm4 = new(key))
        {
            sm4.EncryptCbc(iv, buffer, ciphertext);
        }

        CryptographicOperations.ZeroMemory(buffer);
        return ciphertext;
    }

    /// <summary>Opens sm4-cbc, or bare SM4 with an initialisation vector, which means CBC (interop.md).</summary>
    internal static byte[] DecryptCbc(ReadOnlySpan<byte> key, AlgorithmIdentifier algorithm, ReadOnlySpan<byte> ciphertext)
    {
        if (algorithm.Oid is not (Oids.Sm4Cbc or Oids.Sm4) || algorithm.Parameters is not { } parameters)
        {
            throw PkiException.Unsupported($"The content is encrypted with {algorithm.Oid}; only SM4 in CBC mode is offered.");
        }

        DerReader reader = new(parameters);
        ReadOnlySpan<byte> iv = reader.ReadOctetString().Span;
        if (iv.Length != Block || key.Length != KeySize || ciphertext.Length == 0 || ciphertext.Length % Block != 0)
        {
            throw NotOpened();
        }

        byte[] buffer = new byte[ciphertext.Length];
        using (Sm4 sm4 = new(key))
        {
            sm4.DecryptCbc(iv, ciphertext, buffer);
        }

        int padding = buffer[^1];
        bool good = padding is >= 1 and <= Block && !buffer.AsSpan(buffer.Length - Math.Clamp(padding, 1, Block)).ContainsAnyExcept((byte)padding);
        byte[] plaintext = good ? buffer[..^padding] : [];
        CryptographicOperations.ZeroMemory(buffer);
        return good ? plaintext : throw NotOpened();
    }
}
