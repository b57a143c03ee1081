namespace Hufu.EndToEnd.Tests.Judges;

/// <summary>A signedData with content and one signer, cut into what a judge verifies.</summary>
/// <param name="Type">OID of the outer content type.</param>
/// <param name="ContentType">OID of the inner content type.</param>
/// <param name="Content">Content octets.</param>
/// <param name="Certificates">The certificates inside, whole.</param>
/// <param name="DigestAlgorithm">The signer's digest algorithm.</param>
/// <param name="SignatureAlgorithm">The signer's signature algorithm.</param>
/// <param name="Attributes">OID → the one value, whole; empty without signed attributes.</param>
/// <param name="Signed">The bytes that the signature is over: the attributes as a SET OF, or the content.</param>
/// <param name="Signature">DER SM2Signature.</param>
internal sealed record SignedFile(
    string Type, string ContentType, ReadOnlyMemory<byte> Content, IReadOnlyList<byte[]> Certificates, string DigestAlgorithm, string SignatureAlgorithm,
    IReadOnlyDictionary<string, DerElement> Attributes, ReadOnlyMemory<byte> Signed, ReadOnlyMemory<byte> Signature)
{
    public const string MessageDigest = "1.2.840.113549.1.9.4", ContentTypeAttribute = "1.2.840.113549.1.9.3", SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";

    // ContentInfo { contentType, [0] SignedData { version, digestAlgorithms, { eContentType, [0] OCTET STRING }, [0] certificates, [1] crls, signerInfos } }
    public static SignedFile Read(DerElement info)
    {
        IReadOnlyList<DerElement> data = info[1][0].Children;
        DerElement inner = data[2];
        DerElement certificates = data.Single(element => element.Tag == 0xA0);
        IReadOnlyList<DerElement> signers = data[^1].Children;
        DerElement signer = Assert.Single(signers);

        // SignerInfo { version, sid, digestAlgorithm, [0] signedAttrs OPTIONAL, signatureAlgorithm, signature, [1] unsignedAttrs OPTIONAL }
        IReadOnlyList<DerElement> parts = signer.Children;
        DerElement? attributes = parts[3].Tag == 0xA0 ? parts[3] : null;
        int next = attributes is null ? 3 : 4;
        ReadOnlyMemory<byte> content = inner[1][0].Content;
        return new SignedFile(
            info[0].Oid, inner[0].Oid, content, [.. certificates.Children.Select(element => element.Whole.ToArray())], parts[2][0].Oid, parts[next][0].Oid,
            attributes?.Children.ToDictionary(attribute => attribute[0].Oid, attribute => Assert.Single(attribute[1].Children)) ?? [],
            attributes?.Retagged(0x31) ?? content, parts[next + 1].Content);
    }
}
