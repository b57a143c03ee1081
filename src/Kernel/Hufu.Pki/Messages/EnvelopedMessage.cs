using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Pki;

// ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT EnvelopedData }
// EnvelopedData ::= SEQUENCE { version, recipientInfos SET OF RecipientInfo, encryptedContentInfo }   (GM/T 0010 9, RFC 5652 6.1)

/// <summary>
/// Enveloped data of GM/T 0010 or CMS: content under a fresh SM4 key (CBC), that key under each recipient's SM2 key. The envelope does not authenticate
/// the content: sign inside. Immutable.
/// </summary>
public sealed class EnvelopedMessage
{
    private EnvelopedMessage(ReadOnlyMemory<byte> rawData, MessageSyntax syntax, IReadOnlyList<MessageRecipient> recipients, EncryptedContent content)
    {
        RawData = rawData;
        Syntax = syntax;
        Recipients = recipients;
        Content = content;
    }

    /// <summary>The DER of the ContentInfo.</summary>
    public ReadOnlyMemory<byte> RawData { get; }

    /// <summary>Whose structures.</summary>
    public MessageSyntax Syntax { get; }

    /// <summary>The recipients that are named by key transport.</summary>
    public IReadOnlyList<MessageRecipient> Recipients { get; }

    /// <summary>The encrypted content.</summary>
    public EncryptedContent Content { get; }

    /// <summary>Encrypts content for recipients.</summary>
    /// <param name="content">What is enveloped.</param>
    /// <param name="recipients">Encryption certificates; at least one. keyUsage, when present, must allow keyEncipherment.</param>
    /// <param name="syntax">Whose structures.</param>
    /// <param name="contentType">The type of the content, dotted; null for data of the syntax.</param>
    /// <exception cref="PkiException">A certificate that may not be encrypted to, or has no SM2 key.</exception>
    public static EnvelopedMessage Encrypt(ReadOnlySpan<byte> content, IReadOnlyList<Certificate> recipients, MessageSyntax syntax, string? contentType = null)
    {
        ArgumentNullException.ThrowIfNull(recipients);
        if (recipients.Count == 0)
        {
            throw PkiException.BadValue("A message needs a recipient.");
        }

        foreach (Certificate recipient in recipients)
        {
            if (!recipient.Allows(KeyUsages.KeyEncipherment))
            {
                throw PkiException.BadValue($"The certificate {recipient.SerialHex} may not encipher keys: its keyUsage is {recipient.KeyUsage}.");
            }
        }

        Span<byte> key = stackalloc byte[ContentCipher.KeySize];
        Span<byte> iv = stackalloc byte[16];
        SecureRandom.Fill(key);
        SecureRandom.Fill(iv);
        try
        {
            EncryptedContent encrypted = EncryptedContent.Create(contentType ?? MessageOids.Data(syntax), AlgorithmIdentifier.Sm4Cbc(iv), ContentCipher.EncryptCbc(key, iv, content));
            MessageRecipient[] infos = new MessageRecipient[recipients.Count];
            for (int i = 0; i < infos.Length; i++)
            {
                infos[i] = MessageRecipient.Create(PartyIdentifier.Of(recipients[i]), recipients[i].PublicKey.RequireSm2(), key);
            }

            return new EnvelopedMessage(Encode(syntax, infos, encrypted), syntax, infos, encrypted);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[] Encode(MessageSyntax syntax, MessageRecipient[] recipients, EncryptedContent content) => DerWriting.Encode(w =>
    {
        using (w.PushSequence())
        {
            w.WriteObjectIdentifier(MessageOids.EnvelopedData(syntax));
            using (w.PushContext(0))
            using (w.PushSequence())
            {
                w.WriteInteger(syntax == MessageSyntax.Gm ? 1 : 0);
                using (w.PushSetOf())
                {
                    foreach (MessageRecipient recipient in recipients)
                    {
                        recipient.Write(w, syntax);
                    }
                }

                content.Write(w);
            }
        }
    });

    /// <summary>Reads the DER of a ContentInfo; the syntax follows from its content type.</summary>
    /// <param name="der">The DER; kept, must not change.</param>
    /// <exception cref="PkiException">Not enveloped data.</exception>
    public static EnvelopedMessage Decode(ReadOnlyMemory<byte> der)
    {
        DerScan.Check(der.Span, PkiLimits.MessageSize, "an enveloped message");
        DerReader outer = new(der);
        DerReader info = outer.ReadSequence();
        MessageSyntax syntax = MessageOids.Of(info.ReadOid(), Oids.GmEnvelopedData, Oids.CmsEnvelopedData);
        DerReader wrapper = info.ReadConstructed(0xA0);
        info.ThrowIfNotEmpty();
        DerReader reader = wrapper.ReadSequence();
        wrapper.ThrowIfNotEmpty();
        if (reader.ReadInt32() is < 0 or > 4)
        {
            throw PkiException.Unsupported("An EnvelopedData of another version than 0 to 4.");
        }

        if (reader.PeekTag() == 0xA0)
        {
            reader.ReadEncoded(); // originatorInfo of CMS: only for key agreement
        }

        IReadOnlyList<MessageRecipient> recipients = MessageRecipient.ReadSet(ref reader);
        EncryptedContent content = EncryptedContent.Read(ref reader);
        if (reader.PeekTag() == 0xA1)
        {
            reader.ReadEncoded(); // unprotectedAttrs of CMS
        }

        reader.ThrowIfNotEmpty();
        return new EnvelopedMessage(der, syntax, recipients, content);
    }

    /// <summary>Opens the message; the ciphertext of the key as DER or 04 || C1 || C3 || C2.</summary>
    /// <param name="key">The recipient's key.</param>
    /// <param name="certificate">The recipient's certificate, by which the recipient is found.</param>
    /// <returns>The content; the caller zeroes it when it is a secret.</returns>
    /// <exception cref="PkiException">Not for this certificate (<see cref="PkiError.Mismatch"/>), or it does not open (<see cref="PkiError.NotOpened"/>).</exception>
    public byte[] Decrypt(IDecryptor key, Certificate certificate) => Decrypt(key, certificate, Sm2CipherForm.Any);

    /// <summary>Opens the message.</summary>
    /// <param name="key">The recipient's key.</param>
    /// <param name="certificate">The recipient's certificate, by which the recipient is found.</param>
    /// <param name="form">Which layout of the key's ciphertext to take.</param>
    /// <returns>The content; the caller zeroes it when it is a secret.</returns>
    /// <exception cref="PkiException">Not for this certificate (<see cref="PkiError.Mismatch"/>), or it does not open (<see cref="PkiError.NotOpened"/>).</exception>
    public byte[] Decrypt(IDecryptor key, Certificate certificate, Sm2CipherForm form)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(certificate);
        MessageRecipient recipient = Recipients.FirstOrDefault(r => r.Identifier.Matches(certificate))
            ?? throw new PkiException(PkiError.Mismatch, $"The message is not for the certificate {certificate.SerialHex}.");
        byte[] contentKey = key.Decrypt(recipient.ReadKey(form).Encode());
        try
        {
            return ContentCipher.DecryptCbc(contentKey, Content.Algorithm, Content.Ciphertext.Span);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
        }
    }

    /// <summary>A copy of the DER.</summary>
    public byte[] Encode() => RawData.ToArray();
}
