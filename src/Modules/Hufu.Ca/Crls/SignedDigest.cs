using System.Security.Cryptography;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Ca.Crls;

/// <summary>What a CA's signature over a list is made over: e of GM/T 0009 (SM3 over Z and the bytes), or SHA-256 of the bytes.</summary>
internal sealed class SignedDigest : IDisposable
{
    private readonly Sm3Hash? sm3;
    private readonly IncrementalHash? sha256;

    private SignedDigest(Sm3Hash? sm3, IncrementalHash? sha256) => (this.sm3, this.sha256) = (sm3, sha256);

    /// <param name="algorithm">What the CA signs with.</param>
    /// <param name="key">Its key.</param>
    public static SignedDigest Of(KeyAlgorithm algorithm, SubjectPublicKeyInfo key)
    {
        if (algorithm == KeyAlgorithm.P256)
        {
            return new SignedDigest(null, IncrementalHash.CreateHash(HashAlgorithmName.SHA256));
        }

        var hash = new Sm3Hash();
        Span<byte> z = stackalloc byte[Sm3.HashSizeInBytes];
        key.RequireSm2().ComputeZ(Sm2.DefaultId, z);
        hash.AppendData(z);
        return new SignedDigest(hash, null);
    }

    /// <summary>Whether a signature (DER) is a key's over a finished digest.</summary>
    public static bool IsSignature(KeyAlgorithm algorithm, SubjectPublicKeyInfo key, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (algorithm == KeyAlgorithm.P256)
        {
            var point = key.PublicKey.Span;
            using var verifier = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point.Slice(1, 32).ToArray(), Y = point.Slice(33, 32).ToArray() } });
            return verifier.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence);
        }

        Span<byte> value = stackalloc byte[Sm2.SignatureSize];
        return Sm2SignatureValue.TryDecode(signature, value) && key.RequireSm2().VerifyDigest(digest, value);
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        sm3?.AppendData(data);
        sha256?.AppendData(data);
    }

    /// <param name="digest">32 bytes.</param>
    public void Finish(Span<byte> digest)
    {
        sm3?.GetHashAndReset(digest);
        sha256?.GetHashAndReset(digest);
    }

    public void Dispose()
    {
        sm3?.Dispose();
        sha256?.Dispose();
    }
}
