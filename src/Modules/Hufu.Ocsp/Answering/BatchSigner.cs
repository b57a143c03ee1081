using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Ocsp.Answering;

/// <summary>A signing key as one that signs many digests: itself where it can, one by one where not.</summary>
internal static class BatchSigner
{
    /// <summary>The key.</summary>
    /// <exception cref="PkiException">Unsupported: it does not take digests.</exception>
    public static IBatchSigner Of(ISigner signer) => signer switch
    {
        IBatchSigner batches => batches,
        IDigestSigner single => new OneByOne(single),
        _ => throw new PkiException(PkiError.Unsupported, "The responder's key does not sign digests."),
    };

    private sealed class OneByOne(IDigestSigner signer) : IBatchSigner
    {
        public SubjectPublicKeyInfo PublicKey => signer.PublicKey;

        public AlgorithmIdentifier Algorithm => signer.Algorithm;

        public byte[] Sign(ReadOnlySpan<byte> data) => signer.Sign(data);

        public byte[] SignDigest(ReadOnlySpan<byte> digest) => signer.SignDigest(digest);

        public void SignDigests(ReadOnlySpan<byte> digests, Span<byte> signatures)
        {
            for (var i = 0; i * Sm3.HashSizeInBytes < digests.Length; i++)
            {
                Sm2SignatureValue.TryDecode(signer.SignDigest(digests.Slice(i * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes)), signatures.Slice(i * Sm2.SignatureSize, Sm2.SignatureSize));
            }
        }
    }
}
