using System.Buffers;

namespace Hufu.Pki.Gmt0014;

// SEQUENCE { body SEQUENCE, signatureAlgorithm AlgorithmIdentifier, signatureValue OCTET STRING }: both CARequest and KMRespond.

/// <summary>The signed frame of both directions. The signature is SM2 with the default user id over the body's DER.</summary>
internal readonly record struct SignedExchange(ReadOnlyMemory<byte> Body, AlgorithmIdentifier Algorithm, ReadOnlyMemory<byte> Signature)
{
    private const int HeaderBytes = 16;

    internal static SignedExchange Read(ReadOnlyMemory<byte> der, string what)
    {
        DerScan.Check(der.Span, PkiLimits.Gmt0014Size, what);
        DerReader outer = new(der);
        DerReader reader = outer.ReadSequence();
        SignedExchange exchange = new(reader.ReadEncoded(), AlgorithmIdentifier.Read(ref reader), reader.ReadOctetString());
        reader.ThrowIfNotEmpty();
        return exchange;
    }

    internal static byte[] Sign(ReadOnlySpan<byte> body, ISigner signer) => Assemble(body, signer.Algorithm, signer.Sign(body));

    internal static byte[] Assemble(ReadOnlySpan<byte> body, AlgorithmIdentifier algorithm, ReadOnlySpan<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        byte[] whole = ArrayPool<byte>.Shared.Rent(body.Length + algorithm.RawData.Length + signature.Length + HeaderBytes);
        DerTail tail = new(whole);
        tail.Raw(signature);
        tail.Wrap(DerTag.OctetString, 0);
        tail.Raw(algorithm.RawData.Span);
        tail.Raw(body);
        tail.Wrap(DerTag.Sequence, 0);
        byte[] encoded = tail.Written.ToArray();
        ArrayPool<byte>.Shared.Return(whole);
        return encoded;
    }

    internal bool Verify(SubjectPublicKeyInfo key) => key.Verify(Algorithm, Body.Span, Signature.Span);
}
