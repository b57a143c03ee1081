using System.Security.Cryptography;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices;

/// <summary>The public side of key files.</summary>
internal static class PublicKeys
{
    public static Sm2PublicKey PointOf(KeyFile key)
    {
        if (key.PublicPoint.Length == 0)
        {
            throw new DeviceException(DeviceError.WrongUse, $"'{key.Label}' is a symmetric key; it has no public key.");
        }

        return Sm2PublicKey.TryDecode(key.PublicPoint, out Sm2PublicKey? point) ? point : throw KeyFile.Damaged(key.Label);
    }

    public static SubjectPublicKeyInfo Of(KeyFile key) => SubjectPublicKeyInfo.FromSm2(PointOf(key));
}

/// <summary>Signs with a key of the ring: SM2 with SM3 over Z(default identity) || data, as DER SM2Signature.</summary>
internal sealed class RingSigner(SigningKeyRing ring, string label, SubjectPublicKeyInfo publicKey) : IBatchSigner
{
    public SubjectPublicKeyInfo PublicKey => publicKey;

    public AlgorithmIdentifier Algorithm => AlgorithmIdentifier.Sm2WithSm3;

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        Span<byte> signature = stackalloc byte[Sm2.SignatureSize];
        ring.Sign(label, data, signature);
        return Sm2SignatureValue.Encode(signature);
    }

    public byte[] SignDigest(ReadOnlySpan<byte> digest)
    {
        Span<byte> signature = stackalloc byte[Sm2.SignatureSize];
        ring.SignDigest(label, digest, signature);
        return Sm2SignatureValue.Encode(signature);
    }

    public void SignDigests(ReadOnlySpan<byte> digests, Span<byte> signatures) => ring.SignDigests(label, digests, signatures);
}

/// <summary>Opens SM2 ciphertexts; the key is unsealed for each one and zeroed after it.</summary>
internal sealed class VaultDecryptor(KeyVault vault, KeyFile key) : IDecryptor
{
    public SubjectPublicKeyInfo PublicKey { get; } = PublicKeys.Of(key);

    public byte[] Decrypt(ReadOnlySpan<byte> sm2Cipher)
    {
        Sm2Cipher cipher = Sm2Cipher.Decode(sm2Cipher.ToArray());
        using Sm2PrivateKey d = vault.OpenPair(key);
        return cipher.Decrypt(d);
    }
}

/// <summary>
/// Seals with SM4-GCM under a key that is unsealed for each operation and zeroed after it. A sealed value is version (1) || nonce (12) || ciphertext || tag (16).
/// </summary>
internal sealed class VaultDataCipher(KeyVault vault, KeyFile key) : IDataCipher
{
    public byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        Span<byte> secret = stackalloc byte[Sm4.KeySize];
        try
        {
            vault.OpenSecret(key, secret);
            return SealedValue.Seal(secret, plaintext, associatedData);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public byte[] Open(ReadOnlySpan<byte> sealedData, ReadOnlySpan<byte> associatedData)
    {
        Span<byte> secret = stackalloc byte[Sm4.KeySize];
        try
        {
            vault.OpenSecret(key, secret);
            return SealedValue.Open(secret, sealedData, associatedData)
                ?? throw new PkiException(PkiError.NotOpened, "The sealed data is not what was sealed under this key for this place.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}

/// <summary>A data cipher of a device that is not active yet: its key is looked for, or made, when it is first used.</summary>
internal sealed class LateDataCipher(Func<IDataCipher> make) : IDataCipher
{
    private IDataCipher? _made;

    public byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData) => (_made ??= make()).Seal(plaintext, associatedData);

    public byte[] Open(ReadOnlySpan<byte> sealedData, ReadOnlySpan<byte> associatedData) => (_made ??= make()).Open(sealedData, associatedData);
}

/// <summary>version (1) || nonce (12) || SM4-GCM ciphertext || tag (16).</summary>
internal static class SealedValue
{
    private const byte Version = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    public const int Overhead = 1 + NonceSize + TagSize;

    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        byte[] value = new byte[plaintext.Length + Overhead];
        using Sm4Gcm gcm = new(key);
        Seal(gcm, plaintext, associatedData, value);
        return value;
    }

    /// <summary>Seals into the caller's buffer, which is <see cref="Overhead"/> longer than the plaintext.</summary>
    public static void Seal(Sm4Gcm gcm, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> value)
    {
        value[0] = Version;
        Span<byte> nonce = value.Slice(1, NonceSize);
        SecureRandom.Fill(nonce);
        gcm.Encrypt(nonce, plaintext, value.Slice(1 + NonceSize, plaintext.Length), value[(1 + NonceSize + plaintext.Length)..], associatedData);
    }

    /// <summary>Seals many values of one size, each with associated data of one length; nonces of all are drawn at once and blocks enciphered side by side.</summary>
    /// <param name="gcm">The key.</param>
    /// <param name="plaintexts">Value after value.</param>
    /// <param name="size">Bytes of each.</param>
    /// <param name="associatedData">One after the other.</param>
    /// <param name="values">Receives each, <see cref="Overhead"/> longer than its plaintext.</param>
    public static void SealMany(Sm4Gcm gcm, ReadOnlySpan<byte> plaintexts, int size, ReadOnlySpan<byte> associatedData, Span<byte> values)
    {
        int count = plaintexts.Length / size, whole = size + Overhead;
        byte[] nonces = new byte[NonceSize * count], enciphered = new byte[(size + TagSize) * count];
        SecureRandom.Fill(nonces);
        gcm.EncryptMany(nonces, plaintexts, size, enciphered, associatedData);
        for (int i = 0; i < count; i++)
        {
            Span<byte> value = values.Slice(whole * i, whole);
            value[0] = Version;
            nonces.AsSpan(NonceSize * i, NonceSize).CopyTo(value[1..]);
            enciphered.AsSpan((size + TagSize) * i, size + TagSize).CopyTo(value[(1 + NonceSize)..]);
        }
    }

    /// <summary>Null when the value is not what was sealed under this key with this associated data.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ReadOnlySpan<byte> associatedData)
    {
        if (value.Length < Overhead)
        {
            return null;
        }

        byte[] plaintext = new byte[value.Length - Overhead];
        using Sm4Gcm gcm = new(key);
        if (TryOpen(gcm, value, associatedData, plaintext))
        {
            return plaintext;
        }

        CryptographicOperations.ZeroMemory(plaintext);
        return null;
    }

    /// <summary>Opens into the caller's buffer, which is as long as the plaintext.</summary>
    public static bool TryOpen(Sm4Gcm gcm, ReadOnlySpan<byte> value, ReadOnlySpan<byte> associatedData, Span<byte> plaintext) =>
        value.Length == plaintext.Length + Overhead && value[0] == Version
        && gcm.TryDecrypt(value.Slice(1, NonceSize), value[(1 + NonceSize)..^TagSize], value[^TagSize..], plaintext, associatedData);
}
