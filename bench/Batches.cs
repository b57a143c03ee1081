using Hufu.Crypto;
using Hufu.Pki;

/// <summary>A key in memory that signs batches, as the device's does.</summary>
internal sealed class Batches(Sm2KeyPair pair) : IBatchSigner
{
    public SubjectPublicKeyInfo PublicKey => pair.PublicKey;

    public AlgorithmIdentifier Algorithm => pair.Algorithm;

    public byte[] Sign(ReadOnlySpan<byte> data) => pair.Sign(data);

    public byte[] SignDigest(ReadOnlySpan<byte> digest) => pair.SignDigest(digest);

    public void SignDigests(ReadOnlySpan<byte> digests, Span<byte> signatures) => Sm2Batch.SignDigests(pair.PrivateKey, digests, signatures);
}
