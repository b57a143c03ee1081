using System.Formats.Asn1;

namespace Hufu.Pki;

// SignedAndEnvelopedData ::= SEQUENCE { version INTEGER (1), recipientInfos SET OF RecipientInfo, digestAlgorithms SET OF AlgorithmIdentifier, encryptedContentInfo,
//   certificates [0] IMPLICIT OPTIONAL, crls [1] IMPLICIT OPTIONAL, signerInfos SET OF SignerInfo }   (GM/T 0010 10)

/// <summary>
/// Signed and enveloped data of GM/T 0010, with or without the ContentInfo around it. What the signature covers (plaintext or the encrypted content) is an
/// open point between implementations (standards.md 2.2), so the caller says which. Immutable.
/// </summary>
public sealed class SignedAndEnvelopedMessage
{
    private SignedAndEnvelopedMessage(ReadOnlyMemory<byte> rawData, MessageSyntax syntax)
    {
        RawData = rawData;
        Syntax = syntax;
        DerReader outer = new(rawData);
        DerReader reader = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        if (reader.ReadInt32() != 1)
        {
            throw PkiException.Unsupported("A SignedAndEnvelopedData of another version than 1.");
        }

        Recipients = MessageRecipient.ReadSet(ref reader);
        reader.ReadSet();
        Content = EncryptedContent.Read(ref reader);
        Certificates = SignedMessage.ReadCertificates(ref reader);
        SignedMessage.ReadRevocationLists(ref reader);
        DerReader signers = reader.ReadSet();
        reader.ThrowIfNotEmpty();
        Signers = SignedMessage.ReadSigners(ref signers);
    }

    /// <summary>The DER of SignedAndEnvelopedData, without a ContentInfo.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>Whose content types.</summary>
    public MessageSyntax Syntax { get; }

    /// <summary>The recipients.</summary>
    public IReadOnlyList<MessageRecipient> Recipients { get; }

    /// <summary>The encrypted content.</summary>
    public EncryptedContent Content { get; }

    /// <summary>The certificates carried.</summary>
    public IReadOnlyList<Certificate> Certificates { get; }

    /// <summary>The signers.</summary>
    public IReadOnlyList<MessageSigner> Signers { get; }

    /// <summary>Puts finished parts together; nothing is decrypted or signed here.</summary>
    /// <param name="syntax">Whose content types.</param>
    /// <param name="recipient">For whom.</param>
    /// <param name="content">The encrypted content.</param>
    /// <param name="certificates">To carry; empty for none.</param>
    /// <param name="signerInfo">A finished SignerInfo.</param>
    internal static SignedAndEnvelopedMessage Assemble(
        MessageSyntax syntax, MessageRecipient recipient, EncryptedContent content, IReadOnlyList<Certificate> certificates, byte[] signerInfo) =>
        new(DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteInteger(1);
                using (w.PushSetOf())
                {
                    recipient.Write(w, syntax);
                }

                using (w.PushSetOf())
                {
                    AlgorithmIdentifier.Sm3.Write(w);
                }

                content.Write(w);
                CertificateBag.WriteCertificates(w, certificates);
                using (w.PushSetOf())
                {
                    w.WriteRaw(signerInfo);
                }
            }
        }), syntax);

    /// <summary>Reads a ContentInfo, or SignedAndEnvelopedData standing alone as in GM/T 0014.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Neither.</exception>
    public static SignedAndEnvelopedMessage Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.MessageSize, "a signed and enveloped message");
        DerReader outer = new(der);
        DerReader info = outer.ReadSequence();
        if (info.PeekTag() != DerTag.ObjectIdentifier)
        {
            return new SignedAndEnvelopedMessage(der, MessageSyntax.Gm);
        }

        MessageSyntax syntax = MessageOids.Of(info.ReadOid(), Oids.GmSignedAndEnvelopedData, Oids.CmsSignedAndEnvelopedData);
        DerReader wrapper = info.ReadConstructed(0xA0);
        info.ThrowIfNotEmpty();
        return new SignedAndEnvelopedMessage(wrapper.Rest, syntax);
    }

    /// <summary>The DER of a ContentInfo around it.</summary>
    public byte[] EncodeContentInfo() => DerWriting.Encode(w =>
    {
        using (w.PushSequence())
        {
            w.WriteObjectIdentifier(Syntax == MessageSyntax.Gm ? Oids.GmSignedAndEnvelopedData : Oids.CmsSignedAndEnvelopedData);
            using (w.PushContext(0))
            {
                w.WriteRaw(RawData.Span);
            }
        }
    });

    internal void Write(AsnWriter writer) => writer.WriteRaw(RawData.Span);
}
