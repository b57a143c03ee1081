using System.Formats.Asn1;

namespace Hufu.Pki;

// ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT SignedData }
// SignedData ::= SEQUENCE { version, digestAlgorithms SET OF AlgorithmIdentifier, contentInfo SEQUENCE { type, content [0] EXPLICIT OCTET STRING OPTIONAL },
//   certificates [0] IMPLICIT SET OF OPTIONAL, crls [1] IMPLICIT SET OF OPTIONAL, signerInfos SET OF SignerInfo }   (GM/T 0010 8, RFC 5652 5.1)

/// <summary>Signed data of GM/T 0010 or CMS. Immutable; keeps the bytes it was read from.</summary>
public sealed partial class SignedMessage
{
    private readonly ReadOnlyMemory<byte> _beforeSigners; // fields of SignedData up to signerInfos

    private SignedMessage(ReadOnlyMemory<byte> rawData)
    {
        RawData = rawData;
        DerReader outer = new(rawData);
        DerReader info = outer.ReadSequence();
        Syntax = MessageOids.Of(info.ReadOid(), Oids.GmSignedData, Oids.CmsSignedData);
        DerReader wrapper = info.ReadConstructed(0xA0);
        info.ThrowIfNotEmpty();
        ReadOnlyMemory<byte> fields = wrapper.ReadContent(DerTag.Sequence);
        wrapper.ThrowIfNotEmpty();
        DerReader reader = new(fields);
        if (reader.ReadInt32() is < 1 or > 5)
        {
            throw PkiException.Unsupported("A SignedData of another version than 1 to 5.");
        }

        reader.ReadSet(); // digestAlgorithms: a hint for streaming; each signer names its own
        DerReader contentInfo = reader.ReadSequence();
        ContentType = contentInfo.ReadOid();
        if (contentInfo.TryReadConstructed(0xA0, out DerReader content))
        {
            if (content.PeekTag() != DerTag.OctetString)
            {
                throw PkiException.Unsupported("The content is not an OCTET STRING.");
            }

            Content = content.ReadOctetString();
            content.ThrowIfNotEmpty();
        }

        contentInfo.ThrowIfNotEmpty();
        Certificates = ReadCertificates(ref reader);
        RevocationLists = ReadRevocationLists(ref reader);
        _beforeSigners = fields[..reader.Position];
        DerReader signers = reader.ReadSet();
        reader.ThrowIfNotEmpty();
        Signers = ReadSigners(ref signers);
    }

    /// <summary>The DER of the ContentInfo.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>Whose structures.</summary>
    public MessageSyntax Syntax { get; }

    /// <summary>The inner content type, dotted.</summary>
    public string ContentType { get; }

    /// <summary>The content octets, or null when detached.</summary>
    public ReadOnlyMemory<byte>? Content { get; }

    /// <summary>The certificates carried, in their order.</summary>
    public IReadOnlyList<Certificate> Certificates { get; }

    /// <summary>DER of the revocation lists carried.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RevocationLists { get; }

    /// <summary>The signers; none in a file of certificates.</summary>
    public IReadOnlyList<MessageSigner> Signers { get; }

    /// <summary>Signs content by one signer.</summary>
    /// <param name="content">The content octets.</param>
    /// <param name="signer">The key.</param>
    /// <param name="certificate">The certificate of this key; named by issuer and serial. Carried only when the options list it.</param>
    /// <param name="options">Every decision about the form.</param>
    /// <exception cref="PkiException">Key and certificate do not belong together, or a content type that needs attributes without them.</exception>
    public static SignedMessage Sign(ReadOnlyMemory<byte> content, ISigner signer, Certificate certificate, SigningOptions options)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(options);
        string dataType = MessageOids.Data(options.Syntax);
        string contentType = options.ContentType ?? dataType;
        if (!certificate.PublicKey.Equals(signer.PublicKey))
        {
            throw new PkiException(PkiError.Mismatch, "The signer's key is not the certificate's.");
        }

        if (contentType != dataType && options.Attributes == SignedAttributesMode.None)
        {
            throw PkiException.BadValue($"Content of the type {contentType} is signed with attributes only (RFC 5652 5.3).");
        }

        byte[] signerInfo = MessageSigner.Create(content.Span, contentType, signer, PartyIdentifier.Of(certificate), options);
        byte[] der = DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(MessageOids.SignedData(options.Syntax));
                using (w.PushContext(0))
                using (w.PushSequence())
                {
                    // CMS: 3 when the content is not data (RFC 5652 5.1); GM/T 0010: always 1.
                    w.WriteInteger(options.Syntax == MessageSyntax.Cms && contentType != dataType ? 3 : 1);
                    using (w.PushSetOf())
                    {
                        (signer.PublicKey.IsSm2 ? AlgorithmIdentifier.Sm3 : AlgorithmIdentifier.Sha256).Write(w);
                    }

                    using (w.PushSequence())
                    {
                        w.WriteObjectIdentifier(contentType);
                        if (options.Placement == ContentPlacement.Attached)
                        {
                            using (w.PushContext(0))
                            {
                                w.WriteOctetString(content.Span);
                            }
                        }
                    }

                    CertificateBag.WriteCertificates(w, options.Certificates);
                    WriteRevocationLists(w, options.RevocationLists);
                    using (w.PushSetOf())
                    {
                        w.WriteRaw(signerInfo);
                    }
                }
            }
        });
        return new SignedMessage(der);
    }

    private static void WriteRevocationLists(AsnWriter writer, IReadOnlyList<ReadOnlyMemory<byte>> lists)
    {
        if (lists.Count > 0)
        {
            using (writer.PushContext(1))
            {
                foreach (ReadOnlyMemory<byte> list in lists)
                {
                    writer.WriteRaw(list.Span);
                }
            }
        }
    }

    /// <summary>Reads the DER of a ContentInfo; the syntax follows from its content type.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not signed data.</exception>
    public static SignedMessage Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.MessageSize, "a signed message");
        return new SignedMessage(der);
    }

    /// <summary>certificates [0] as both messages carry them; other choices than X.509 certificates are skipped.</summary>
    internal static IReadOnlyList<Certificate> ReadCertificates(ref DerReader reader)
    {
        List<Certificate> certificates = [];
        if (reader.TryReadConstructed(0xA0, out DerReader set))
        {
            while (!set.IsEmpty)
            {
                bool plain = set.PeekTag() == DerTag.Sequence;
                ReadOnlyMemory<byte> element = set.ReadEncoded();
                if (plain)
                {
                    certificates.Add(Certificate.Decode(element));
                }

                if (certificates.Count > PkiLimits.CertificatesInMessage)
                {
                    throw PkiException.TooLarge("The number of certificates", PkiLimits.CertificatesInMessage);
                }
            }
        }

        return certificates;
    }

    internal static IReadOnlyList<ReadOnlyMemory<byte>> ReadRevocationLists(ref DerReader reader)
    {
        List<ReadOnlyMemory<byte>> lists = [];
        if (reader.TryReadConstructed(0xA1, out DerReader set))
        {
            while (!set.IsEmpty && lists.Count < PkiLimits.CertificatesInMessage)
            {
                lists.Add(set.ReadEncoded());
            }

            set.ThrowIfNotEmpty();
        }

        return lists;
    }

    internal static IReadOnlyList<MessageSigner> ReadSigners(ref DerReader set)
    {
        List<MessageSigner> signers = [];
        while (!set.IsEmpty)
        {
            if (signers.Count == PkiLimits.SignersOrRecipients)
            {
                throw PkiException.TooLarge("The number of signers", PkiLimits.SignersOrRecipients);
            }

            signers.Add(MessageSigner.Read(ref set));
        }

        return signers;
    }

    /// <summary>Verifies one signer's signature over the content inside.</summary>
    /// <param name="signer">One of <see cref="Signers"/>.</param>
    /// <param name="certificate">Its certificate.</param>
    public MessageSignature Verify(MessageSigner signer, Certificate certificate) => Verify(signer, certificate, ReadOnlyMemory<byte>.Empty);

    /// <summary>Verifies one signer's signature.</summary>
    /// <param name="signer">One of <see cref="Signers"/>.</param>
    /// <param name="certificate">Its certificate.</param>
    /// <param name="detached">The content, used when there is none inside.</param>
    public MessageSignature Verify(MessageSigner signer, Certificate certificate, ReadOnlyMemory<byte> detached)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return Content is null && detached.IsEmpty ? MessageSignature.NoContent : signer.Verify(certificate, ContentType, (Content ?? detached).Span);
    }

    /// <summary>Verifies every signer with the certificates inside and further ones: the worst result, and the certificates of the signers.</summary>
    /// <param name="detached">The content, used when there is none inside.</param>
    /// <param name="further">Certificates besides those carried.</param>
    /// <returns><see cref="MessageSignature.Valid"/> only when there is a signer and all verify.</returns>
    public (MessageSignature Result, IReadOnlyList<Certificate> Signers) Verify(ReadOnlyMemory<byte> detached, IReadOnlyList<Certificate> further)
    {
        List<Certificate> found = [];
        MessageSignature worst = Signers.Count > 0 ? MessageSignature.Valid : MessageSignature.NoCertificate;
        foreach (MessageSigner signer in Signers)
        {
            Certificate? certificate = signer.FindCertificate(Certificates) ?? signer.FindCertificate(further);
            MessageSignature result = certificate is null ? MessageSignature.NoCertificate : Verify(signer, certificate, detached);
            if (certificate is not null)
            {
                found.Add(certificate);
            }

            worst = worst == MessageSignature.Valid ? result : worst;
        }

        return (worst, found);
    }

    /// <summary>The same message with an unsigned attribute added to one signer: how a time stamp is attached.</summary>
    /// <param name="index">Which signer.</param>
    /// <param name="attribute">What is added.</param>
    public SignedMessage WithUnsignedAttribute(int index, PkiAttribute attribute)
    {
        ArgumentNullException.ThrowIfNull(attribute);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Signers.Count, nameof(index));
        byte[] signers = DerWriting.Encode(w =>
        {
            using (w.PushSetOf())
            {
                for (int i = 0; i < Signers.Count; i++)
                {
                    w.WriteRaw(i == index ? Signers[i].EncodeWith(attribute) : Signers[i].RawData.Span);
                }
            }
        });
        byte[] signedData = DerWriting.Retag(DerTag.Sequence, [.. _beforeSigners.Span, .. signers]);
        return new SignedMessage(DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(MessageOids.SignedData(Syntax));
                using (w.PushContext(0))
                {
                    w.WriteRaw(signedData);
                }
            }
        }));
    }

    /// <summary>The same message with a time-stamp token over the signer's signature (RFC 3161 appendix A).</summary>
    /// <param name="index">Which signer.</param>
    /// <param name="token">DER of the token, a ContentInfo.</param>
    public SignedMessage WithTimeStamp(int index, ReadOnlyMemory<byte> token) => WithUnsignedAttribute(index, PkiAttribute.Create(Oids.AttributeTimeStampToken, token));

    /// <summary>A copy of the DER.</summary>
    public byte[] Encode() => RawData.ToArray();
}
