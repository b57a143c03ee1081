using System.Security.Cryptography;

namespace Hufu.Pki;

/// <summary>
/// A P-256 pair of the system's cryptography as signer: ECDSA with SHA-256, for the transport hierarchy (TLS between machines and to browsers), which .NET cannot run on SM2.
/// Certificates, requests and lists are made with it as with any <see cref="ISigner"/>. Safe for many threads.
/// </summary>
/// <param name="key">A P-256 key; owned from now on.</param>
public sealed class EcdsaKeyPair(ECDsa key) : IDigestSigner, IDisposable
{
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public SubjectPublicKeyInfo PublicKey { get; } = SubjectPublicKeyInfo.FromEcdsa(key);

    /// <summary><see cref="AlgorithmIdentifier.EcdsaWithSha256"/>.</summary>
    public AlgorithmIdentifier Algorithm => AlgorithmIdentifier.EcdsaWithSha256;

    /// <summary>A new random pair.</summary>
    public static EcdsaKeyPair Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads what <see cref="Export"/> wrote.</summary>
    /// <param name="pkcs8">PKCS#8 PrivateKeyInfo; the caller wipes it.</param>
    /// <exception cref="PkiException">Not a P-256 private key.</exception>
    public static EcdsaKeyPair Import(ReadOnlySpan<byte> pkcs8)
    {
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out int read);
            return read == pkcs8.Length ? new EcdsaKeyPair(key) : throw PkiException.Malformed("Bytes after the private key.");
        }
        catch (CryptographicException e)
        {
            key.Dispose();
            throw PkiException.Malformed("Not a P-256 private key: " + e.Message);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>PKCS#8 PrivateKeyInfo in the clear: to be sealed at once (<see cref="IDataCipher"/>) and wiped.</summary>
    public byte[] Export()
    {
        lock (_gate)
        {
            return key.ExportPkcs8PrivateKey();
        }
    }

    /// <summary>Signs the data itself.</summary>
    /// <param name="data">What is signed, complete.</param>
    /// <returns>DER ECDSA-Sig-Value (RFC 3279 2.2.3).</returns>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, digest);
        return SignDigest(digest);
    }

    /// <summary>Signs a finished digest.</summary>
    /// <param name="digest">32 bytes: SHA-256 of the message.</param>
    /// <returns>DER ECDSA-Sig-Value.</returns>
    public byte[] SignDigest(ReadOnlySpan<byte> digest)
    {
        lock (_gate)
        {
            return key.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence);
        }
    }

    /// <summary>Forgets the private half.</summary>
    public void Dispose() => key.Dispose();
}
