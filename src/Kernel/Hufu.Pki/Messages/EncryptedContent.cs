using System.Formats.Asn1;

namespace Hufu.Pki;

// EncryptedContentInfo ::= SEQUENCE { contentType, contentEncryptionAlgorithm AlgorithmIdentifier, encryptedContent [0] IMPLICIT OCTET STRING OPTIONAL,
//   sharedInfo1 [1] IMPLICIT OCTET STRING OPTIONAL, sharedInfo2 [2] IMPLICIT OCTET STRING OPTIONAL }   (GM/T 0010 9; CMS without the sharedInfos)

/// <summary>The encrypted content of a message. Immutable.</summary>
public sealed class EncryptedContent
{
    private EncryptedContent(string contentType, AlgorithmIdentifier algorithm, ReadOnlyMemory<byte> ciphertext, ReadOnlyMemory<byte> rawData)
    {
        ContentType = contentType;
        Algorithm = algorithm;
        Ciphertext = ciphertext;
        RawData = rawData;
    }

    /// <summary>The type of what is encrypted, dotted.</summary>
    public string ContentType { get; }

    /// <summary>The content-encryption algorithm.</summary>
    public AlgorithmIdentifier Algorithm { get; }

    /// <summary>The encrypted octets.</summary>
    public ReadOnlyMemory<byte> Ciphertext { get; }

    /// <summary>The DER of EncryptedContentInfo.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    internal static EncryptedContent Create(string contentType, AlgorithmIdentifier algorithm, ReadOnlyMemory<byte> ciphertext) =>
        new(contentType, algorithm, ciphertext, DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(contentType);
                algorithm.Write(w);
                w.WriteOctetString(ciphertext.Span, DerWriting.Context(0, constructed: false));
            }
        }));

    internal static EncryptedContent Read(ref DerReader outer)
    {
        ReadOnlyMemory<byte> raw = outer.ReadEncoded();
        DerReader element = new(raw);
        DerReader reader = element.ReadSequence();
        string type = reader.ReadOid();
        AlgorithmIdentifier algorithm = AlgorithmIdentifier.Read(ref reader);
        ReadOnlyMemory<byte> ciphertext = reader.ReadContent(0x80);
        for (byte shared = 0x81; shared <= 0x82; shared++)
        {
            if (reader.PeekTag() == shared)
            {
                reader.ReadContent(shared);
            }
        }

        reader.ThrowIfNotEmpty();
        return new EncryptedContent(type, algorithm, ciphertext, raw);
    }

    internal void Write(AsnWriter writer) => writer.WriteRaw(RawData.Span);
}
