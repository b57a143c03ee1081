namespace Hufu.Pki;

// SEQUENCE { tbs ANY, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }: certificates, requests, lists and OCSP answers alike.

/// <summary>The three parts that every signed X.509 structure has, as slices of the original.</summary>
internal readonly record struct SignedStructure(ReadOnlyMemory<byte> Tbs, AlgorithmIdentifier Algorithm, ReadOnlyMemory<byte> Signature)
{
    internal static SignedStructure Read(ReadOnlyMemory<byte> der)
    {
        DerReader outer = new(der);
        DerReader reader = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        ReadOnlyMemory<byte> tbs = reader.ReadEncoded();
        AlgorithmIdentifier algorithm = AlgorithmIdentifier.Read(ref reader);
        ReadOnlyMemory<byte> signature = reader.ReadBitString();
        reader.ThrowIfNotEmpty();
        return new SignedStructure(tbs, algorithm, signature);
    }

    internal static byte[] Assemble(ReadOnlySpan<byte> tbs, AlgorithmIdentifier algorithm, ReadOnlySpan<byte> signature)
    {
        System.Formats.Asn1.AsnWriter writer = DerWriting.NewWriter();
        using (writer.PushSequence())
        {
            writer.WriteRaw(tbs);
            algorithm.Write(writer);
            writer.WriteBitString(signature);
        }

        return writer.Encode();
    }
}
