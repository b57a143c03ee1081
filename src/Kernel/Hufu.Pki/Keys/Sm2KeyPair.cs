using Hufu.Crypto;

namespace Hufu.Pki;

/// <summary>An SM2 key pair in memory as signer and decryptor: for tests, for tools, and for what a device wraps. Disposing zeroes the private half.</summary>
/// <param name="key">The private key; owned from now on.</param>
public sealed class Sm2KeyPair(Sm2PrivateKey key) : IDigestSigner, IDecryptor, IDisposable
{
    /// <summary>The private half.</summary>
    public Sm2PrivateKey PrivateKey { get; } = key;

    /// <inheritdoc cref="ISigner.PublicKey"/>
    public SubjectPublicKeyInfo PublicKey { get; } = SubjectPublicKeyInfo.FromSm2(key.PublicKey);

    /// <inheritdoc/>
    public AlgorithmIdentifier Algorithm => AlgorithmIdentifier.Sm2WithSm3;

    /// <summary>A new random pair.</summary>
    public static Sm2KeyPair Generate() => new(Sm2PrivateKey.Generate());

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        Span<byte> signature = stackalloc byte[Sm2.SignatureSize];
        PrivateKey.SignData(Sm2.DefaultId, data, signature);
        return Sm2SignatureValue.Encode(signature);
    }

    /// <inheritdoc/>
    public byte[] SignDigest(ReadOnlySpan<byte> digest)
    {
        Span<byte> signature = stackalloc byte[Sm2.SignatureSize];
        PrivateKey.SignDigest(digest, signature);
        return Sm2SignatureValue.Encode(signature);
    }

    /// <inheritdoc/>
    public byte[] Decrypt(ReadOnlySpan<byte> sm2Cipher) => Sm2Cipher.Decode(sm2Cipher.ToArray()).Decrypt(PrivateKey);

    /// <summary>Zeroes the private half.</summary>
    public void Dispose() => PrivateKey.Dispose();
}
