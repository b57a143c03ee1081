using System.Formats.Asn1;

namespace Hufu.Pki.Gmt0014;

// SEQUENCE { body SEQUENCE, signatureAlgorithm AlgorithmIdentifier, signatureValue OCTET STRING }: both CARequest and KMRespond.

/// <summary>The signed frame of both directions. The signature is SM2 with the default user id over the body's DER.</summary>
internal readonly record struct SignedExchange(ReadOnlyMemory<byte> Body, AlgorithmIdentifier Algorithm, ReadOnlyMemory<byte> Signature)
{
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
        AsnWriter writer = DerWriting.NewWriter();
        using (writer.PushSequence())
        {
            writer.WriteRaw(body);
            algorithm.Write(writer);
            writer.WriteOctetString(signature);
        }

        return writer.Encode();
    }

    internal bool Verify(SubjectPublicKeyInfo key) => key.Verify(Algorithm, Body.Span, Signature.Span);
}
