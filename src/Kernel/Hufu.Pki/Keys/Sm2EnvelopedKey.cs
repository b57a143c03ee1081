using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Pki;

// SM2EnvelopedKey ::= SEQUENCE { symAlgID AlgorithmIdentifier, symEncryptedKey SM2Cipher, Sm2PublicKey BIT STRING,
//                                Sm2EncryptedPrivateKey BIT STRING }   (GM/T 0009 7.4)

/// <summary>
/// An encryption key pair on its way to its holder: the private key under a fresh SM4 key (ECB over the 32 raw bytes), that key under the holder's
/// signing public key. Immutable; can be passed on without seeing what is inside.
/// </summary>
public sealed class Sm2EnvelopedKey
{
    private const int KeySize = 16;

    private Sm2EnvelopedKey(AlgorithmIdentifier algorithm, Sm2Cipher encryptedKey, ReadOnlyMemory<byte> publicKey, ReadOnlyMemory<byte> encryptedPrivateKey)
    {
        Algorithm = algorithm;
        EncryptedKey = encryptedKey;
        PublicKeyPoint = publicKey;
        EncryptedPrivateKey = encryptedPrivateKey;
    }

    /// <summary>sm4-ecb as written; also bare SM4 as read.</summary>
    public AlgorithmIdentifier Algorithm { get; }

    /// <summary>The SM4 key under the holder's signing key.</summary>
    public Sm2Cipher EncryptedKey { get; }

    /// <summary>The public half of the enveloped pair: 04 || X || Y.</summary>
    public ReadOnlyMemory<byte> PublicKeyPoint { get; }

    /// <summary>SM4-ECB of the private key: 32 bytes, or 48 from those who pad.</summary>
    public ReadOnlyMemory<byte> EncryptedPrivateKey { get; }

    /// <summary>The public half of the enveloped pair.</summary>
    public SubjectPublicKeyInfo PublicKey => Sm2PublicKey.TryDecode(PublicKeyPoint.Span, out Sm2PublicKey? key)
        ? SubjectPublicKeyInfo.FromSm2(key)
        : throw PkiException.BadValue("The enveloped public key is not a point of the SM2 curve.");

    /// <summary>Envelops a pair for its holder.</summary>
    /// <param name="userSigningKey">The holder's signing public key.</param>
    /// <param name="pair">The private key to envelop.</param>
    public static Sm2EnvelopedKey Create(Sm2PublicKey userSigningKey, Sm2PrivateKey pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        Span<byte> key = stackalloc byte[KeySize];
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        try
        {
            SecureRandom.Fill(key);
            pair.Export(d);
            byte[] encrypted = new byte[Sm2.PrivateKeySize];
            using (Sm4 sm4 = new(key))
            {
                sm4.EncryptEcb(d, encrypted);
            }

            return new Sm2EnvelopedKey(AlgorithmIdentifier.Sm4Ecb, Sm2Cipher.Encrypt(userSigningKey, key), pair.PublicKey.Encode(), encrypted);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <summary>Puts the parts together without opening any: what a transcoder does.</summary>
    /// <param name="encryptedKey">The SM4 key under the holder's signing key.</param>
    /// <param name="publicKeyPoint">04 || X || Y of the enveloped pair.</param>
    /// <param name="encryptedPrivateKey">SM4-ECB of the private key, 32 or 48 bytes.</param>
    /// <exception cref="PkiException">The point is not on the curve, or the length is neither 32 nor 48.</exception>
    public static Sm2EnvelopedKey Assemble(Sm2Cipher encryptedKey, ReadOnlySpan<byte> publicKeyPoint, ReadOnlySpan<byte> encryptedPrivateKey)
    {
        ArgumentNullException.ThrowIfNull(encryptedKey);
        CheckPoint(publicKeyPoint);
        CheckLength(encryptedPrivateKey.Length);
        return new Sm2EnvelopedKey(AlgorithmIdentifier.Sm4Ecb, encryptedKey, publicKeyPoint.ToArray(), encryptedPrivateKey.ToArray());
    }

    /// <summary>Reads the DER. Accepts sm4-ecb and bare SM4, parameters absent or NULL, 32 or 48 bytes (interop.md).</summary>
    /// <exception cref="PkiException">Not an SM2EnvelopedKey, or its public key is not on the curve.</exception>
    public static Sm2EnvelopedKey Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.CertificateSize, "an SM2EnvelopedKey");
        DerReader reader = new(der);
        DerReader inner = reader.ReadSequence();
        return ReadFields(ref inner);
    }

    internal static Sm2EnvelopedKey ReadFields(ref DerReader inner)
    {
        AlgorithmIdentifier algorithm = AlgorithmIdentifier.Read(ref inner);
        if (algorithm.Oid is not (Oids.Sm4Ecb or Oids.Sm4) || !algorithm.HasNoParameters)
        {
            throw PkiException.Unsupported($"An SM2EnvelopedKey under {algorithm.Oid}; only SM4 in ECB mode is defined.");
        }

        Sm2Cipher encryptedKey = Sm2Cipher.Read(ref inner);
        ReadOnlyMemory<byte> point = inner.ReadBitString();
        ReadOnlyMemory<byte> encrypted = inner.ReadBitString();
        inner.ThrowIfNotEmpty();
        CheckPoint(point.Span);
        CheckLength(encrypted.Length);
        return new Sm2EnvelopedKey(algorithm, encryptedKey, point, encrypted);
    }

    private static void CheckPoint(ReadOnlySpan<byte> point)
    {
        if (!Sm2PublicKey.TryDecode(point, out _))
        {
            throw PkiException.BadValue("The enveloped public key is not a point of the SM2 curve.");
        }
    }

    private static void CheckLength(int length)
    {
        if (length is not (32 or 48))
        {
            throw PkiException.BadValue($"The encrypted private key is {length} bytes; 32, or 48 with padding, were expected.");
        }
    }

    /// <summary>The DER.</summary>
    public byte[] Encode() => DerWriting.Encode(Write);

    internal void Write(System.Formats.Asn1.AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            Algorithm.Write(writer);
            EncryptedKey.Write(writer);
            writer.WriteBitString(PublicKeyPoint.Span);
            writer.WriteBitString(EncryptedPrivateKey.Span);
        }
    }

    /// <summary>Opens it with the holder's signing key.</summary>
    /// <param name="signingKey">The holder's signing key as decryptor.</param>
    /// <returns>The enveloped private key; the caller disposes it.</returns>
    /// <exception cref="PkiException">It does not open (<see cref="PkiError.NotOpened"/>), or the private key is not that of the public key beside it (<see cref="PkiError.Mismatch"/>).</exception>
    public Sm2PrivateKey Open(IDecryptor signingKey)
    {
        ArgumentNullException.ThrowIfNull(signingKey);
        byte[] key = signingKey.Decrypt(EncryptedKey.Encode());
        Span<byte> plain = stackalloc byte[48];
        plain = plain[..EncryptedPrivateKey.Length];
        try
        {
            if (key.Length != KeySize)
            {
                throw new PkiException(PkiError.NotOpened, "The enveloped symmetric key is not 16 bytes.");
            }

            using (Sm4 sm4 = new(key))
            {
                sm4.DecryptEcb(EncryptedPrivateKey.Span, plain);
            }

            // 48 bytes: PKCS#7 padding is a whole block of 16s.
            bool padding = plain.Length == 32 || !plain[32..].ContainsAnyExcept((byte)16);
            if (!padding || !Sm2PrivateKey.TryImport(plain[..32], out Sm2PrivateKey? pair))
            {
                throw new PkiException(PkiError.NotOpened, "The enveloped private key is not one.");
            }

            if (!pair.PublicKey.Encode().AsSpan().SequenceEqual(PublicKeyPoint.Span))
            {
                pair.Dispose();
                throw new PkiException(PkiError.Mismatch, "The enveloped private key does not belong to the public key beside it.");
            }

            return pair;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
