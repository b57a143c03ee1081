using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Pki;

// SignerInfo ::= SEQUENCE { version, issuerAndSerialNumber (or [0] key identifier), digestAlgorithm AlgorithmIdentifier,
//   authenticatedAttributes [0] IMPLICIT SET OF Attribute OPTIONAL, digestEncryptionAlgorithm AlgorithmIdentifier, encryptedDigest OCTET STRING,
//   unauthenticatedAttributes [1] IMPLICIT SET OF Attribute OPTIONAL }   (GM/T 0010 8, RFC 5652 5.3)

/// <summary>One signer of a message. Immutable; verifies over the bytes as they came.</summary>
public sealed class MessageSigner
{
    private readonly ReadOnlyMemory<byte> _beforeUnsigned; // the fields' bytes without unauthenticatedAttributes
    private readonly ReadOnlyMemory<byte>? _signedAttributes; // content of [0]

    private MessageSigner(ref DerReader outer)
    {
        RawData = outer.ReadEncoded();
        DerReader element = new(RawData);
        ReadOnlyMemory<byte> content = element.ReadContent(DerTag.Sequence);
        DerReader reader = new(content);
        if (reader.ReadInt32() is not (1 or 3))
        {
            throw PkiException.Unsupported("A SignerInfo of another version than 1 or 3.");
        }

        Identifier = PartyIdentifier.Read(ref reader);
        DigestAlgorithm = AlgorithmIdentifier.Read(ref reader);
        if (reader.PeekTag() == 0xA0)
        {
            _signedAttributes = reader.ReadContent(0xA0);
            DerReader list = new(_signedAttributes.Value);
            SignedAttributes = PkiAttribute.ReadList(ref list);
        }

        SignatureAlgorithm = AlgorithmIdentifier.Read(ref reader);
        Signature = reader.ReadOctetString();
        _beforeUnsigned = content[..reader.Position];
        if (reader.TryReadConstructed(0xA1, out DerReader unsigned))
        {
            UnsignedAttributes = PkiAttribute.ReadList(ref unsigned);
        }

        reader.ThrowIfNotEmpty();
    }

    /// <summary>Which certificate.</summary>
    public PartyIdentifier Identifier { get; }

    /// <summary>The digest algorithm.</summary>
    public AlgorithmIdentifier DigestAlgorithm { get; }

    /// <summary>Signed attributes, empty when the content itself is signed.</summary>
    public IReadOnlyList<PkiAttribute> SignedAttributes { get; } = [];

    /// <summary>The signature algorithm as written.</summary>
    public AlgorithmIdentifier SignatureAlgorithm { get; }

    /// <summary>The signature value.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Attributes that the signature does not cover: a time stamp, for example.</summary>
    public IReadOnlyList<PkiAttribute> UnsignedAttributes { get; } = [];

    /// <summary>The DER.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>The signingTime attribute: what the signer claims, or null.</summary>
    /// <exception cref="PkiException">The attribute is malformed or there twice.</exception>
    public DateTimeOffset? ClaimedTime
    {
        get
        {
            if (PkiAttribute.Find(SignedAttributes, Oids.AttributeSigningTime) is not { } attribute)
            {
                return null;
            }

            DerReader reader = new(attribute.Values[0]);
            return reader.ReadTime();
        }
    }

    /// <summary>DER of the signature time-stamp token (RFC 3161 appendix A), or null.</summary>
    /// <exception cref="PkiException">The attribute is there twice.</exception>
    public ReadOnlyMemory<byte>? TimeStampToken => PkiAttribute.Find(UnsignedAttributes, Oids.AttributeTimeStampToken)?.Values[0];

    internal static MessageSigner Read(ref DerReader reader) => new(ref reader);

    /// <summary>The certificate among these that the signer names, or null.</summary>
    public Certificate? FindCertificate(IEnumerable<Certificate> certificates) => certificates.FirstOrDefault(Identifier.Matches);

    /// <summary>Verifies this signer's signature.</summary>
    /// <param name="certificate">The signer's certificate; that it is the one named is checked by <see cref="FindCertificate"/>.</param>
    /// <param name="contentType">The message's inner content type.</param>
    /// <param name="content">The content octets.</param>
    public MessageSignature Verify(Certificate certificate, string contentType, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (Digests.Size(DigestAlgorithm.Oid) != 32 || !DigestAlgorithm.HasNoParameters)
        {
            return MessageSignature.Unsupported;
        }

        if (_signedAttributes is not { } attributes)
        {
            // RFC 5652 5.3: only data may be signed without attributes.
            return contentType is Oids.GmData or Oids.CmsData ? VerifySignature(certificate.PublicKey, content) : MessageSignature.WrongContentType;
        }

        try
        {
            if (ReadSingle(Oids.AttributeContentType) is not { } typeValue || new DerReader(typeValue).ReadOid() != contentType)
            {
                return MessageSignature.WrongContentType;
            }

            if (ReadSingle(Oids.AttributeMessageDigest) is not { } digestValue)
            {
                return MessageSignature.DigestMismatch;
            }

            DerReader digest = new(digestValue);
            if (!CryptographicOperations.FixedTimeEquals(digest.ReadOctetString().Span, Digests.Hash(DigestAlgorithm.Oid, content)))
            {
                return MessageSignature.DigestMismatch;
            }
        }
        catch (PkiException)
        {
            return MessageSignature.Unsupported; // an attribute twice or malformed
        }

        // The signature covers the attributes as SET OF: the same bytes under tag 31 instead of A0.
        return VerifySignature(certificate.PublicKey, DerWriting.Retag(DerTag.Set, attributes.Span));
    }

    private ReadOnlyMemory<byte>? ReadSingle(string oid) => PkiAttribute.Find(SignedAttributes, oid) is { Values: [ReadOnlyMemory<byte> value] } ? value : (ReadOnlyMemory<byte>?)null;

    private MessageSignature VerifySignature(SubjectPublicKeyInfo key, ReadOnlySpan<byte> data)
    {
        if (!key.IsSm2)
        {
            return key.Verify(SignatureAlgorithm, data, Signature.Span) ? MessageSignature.Valid : MessageSignature.BadSignature;
        }

        // interop.md: 301.1 is written in GM messages, 501 in CMS ones; 301 occurs.
        if (DigestAlgorithm.Oid != Oids.Sm3 || SignatureAlgorithm.Oid is not (Oids.Sm2Signing or Oids.Sm2 or Oids.Sm2WithSm3) || !SignatureAlgorithm.HasNoParameters)
        {
            return MessageSignature.Unsupported;
        }

        // Some write r || s instead of the DER (standards.md 2.2).
        bool valid = Signature.Length == Sm2.SignatureSize && !Sm2SignatureValue.TryDecode(Signature.Span, stackalloc byte[Sm2.SignatureSize])
            ? key.Sm2 is { } sm2 && sm2.VerifyData(Sm2.DefaultId, data, Signature.Span)
            : key.VerifySm2(data, Signature.Span);
        return valid ? MessageSignature.Valid : MessageSignature.BadSignature;
    }

    /// <summary>The same signer with one more unsigned attribute.</summary>
    internal byte[] EncodeWith(PkiAttribute attribute) => DerWriting.Encode(w =>
    {
        using (w.PushSequence())
        {
            for (ReadOnlyMemory<byte> rest = _beforeUnsigned; !rest.IsEmpty;)
            {
                DerReader field = new(rest);
                ReadOnlyMemory<byte> element = field.ReadEncoded();
                w.WriteRaw(element.Span);
                rest = rest[element.Length..];
            }

            using (w.PushSetOf(DerWriting.Context(1, constructed: true)))
            {
                foreach (PkiAttribute unsigned in UnsignedAttributes)
                {
                    unsigned.Write(w);
                }

                attribute.Write(w);
            }
        }
    });

    /// <summary>Signs and encodes a SignerInfo.</summary>
    internal static byte[] Create(ReadOnlySpan<byte> content, string contentType, ISigner signer, PartyIdentifier identifier, SigningOptions options)
    {
        bool sm2 = signer.PublicKey.IsSm2;
        AlgorithmIdentifier digestAlgorithm = sm2 ? AlgorithmIdentifier.Sm3 : AlgorithmIdentifier.Sha256;
        AlgorithmIdentifier signatureAlgorithm = sm2 && options.Syntax == MessageSyntax.Gm ? AlgorithmIdentifier.Sm2Signing : signer.Algorithm;
        byte[]? attributes = options.Attributes == SignedAttributesMode.Standard ? EncodeAttributes(Digests.Hash(digestAlgorithm.Oid, content), contentType, options) : null;
        byte[] signature = signer.Sign(attributes ?? content);
        return DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteInteger(1);
                identifier.Write(w);
                digestAlgorithm.Write(w);
                if (attributes is not null)
                {
                    byte[] tagged = [.. attributes];
                    tagged[0] = 0xA0;
                    w.WriteRaw(tagged);
                }

                signatureAlgorithm.Write(w);
                w.WriteOctetString(signature);
            }
        });
    }

    private static byte[] EncodeAttributes(byte[] digest, string contentType, SigningOptions options) => DerWriting.Encode(w =>
    {
        using (w.PushSetOf())
        {
            PkiAttribute.Create(Oids.AttributeContentType, x => x.WriteObjectIdentifier(contentType)).Write(w);
            PkiAttribute.Create(Oids.AttributeMessageDigest, x => x.WriteOctetString(digest)).Write(w);
            if (options.SigningTime is { } time)
            {
                PkiAttribute.Create(Oids.AttributeSigningTime, x => x.WriteTime(time)).Write(w);
            }

            foreach (PkiAttribute extra in options.ExtraAttributes)
            {
                extra.Write(w);
            }
        }
    });
}
