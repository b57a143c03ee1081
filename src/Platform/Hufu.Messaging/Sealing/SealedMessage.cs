using System.Formats.Asn1;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Messaging;

/// <summary>
/// The bytes that travel between rooms: GM/T 0010 signedData (one signer, its certificate inside), for orders and answers within envelopedData to the receiver's
/// encryption certificate. Facts say nothing private and go to rooms that hold no decryption key: they are signed only. The signed content is
/// <code>
/// Content ::= SEQUENCE { version INTEGER (1), id UTF8String, type UTF8String, from UTF8String, to UTF8String, time GeneralizedTime, body OCTET STRING }
/// </code>
/// </summary>
public static class SealedMessage
{
    /// <summary>The largest body: 16 MiB, as much as an outbox takes.</summary>
    public const int MaxBody = 16 << 20;

    /// <summary>The largest sealed message.</summary>
    public const int MaxSize = MaxBody + (64 << 10);

    /// <summary>The media type under which sealed bytes travel over HTTP.</summary>
    public const string MediaType = "application/octet-stream";

    /// <summary>Signs and envelops.</summary>
    /// <param name="header">Its time is cut to the second.</param>
    /// <param name="body">At most <see cref="MaxBody"/> bytes.</param>
    /// <param name="signer">The sender's role key.</param>
    /// <param name="signerCertificate">Its certificate.</param>
    /// <param name="recipient">The receiver's encryption certificate.</param>
    /// <exception cref="RefusedException">TooLarge.</exception>
    /// <exception cref="PkiException">Certificate and key do not belong together, or the recipient's certificate may not encipher keys.</exception>
    public static byte[] Seal(MessageHeader header, ReadOnlySpan<byte> body, ISigner signer, Certificate signerCertificate, Certificate recipient) =>
        EnvelopedMessage.Encrypt(Sign(header, body, signer, signerCertificate), [recipient], MessageSyntax.Gm, Oids.GmSignedData).Encode();

    /// <summary>Signs only: for facts.</summary>
    /// <param name="header">Its time is cut to the second.</param>
    /// <param name="body">At most <see cref="MaxBody"/> bytes.</param>
    /// <param name="signer">The sender's role key.</param>
    /// <param name="signerCertificate">Its certificate.</param>
    /// <exception cref="RefusedException">TooLarge.</exception>
    /// <exception cref="PkiException">Certificate and key do not belong together.</exception>
    public static byte[] Sign(MessageHeader header, ReadOnlySpan<byte> body, ISigner signer, Certificate signerCertificate)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(signerCertificate);
        if (body.Length > MaxBody)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"A message's body has at most {MaxBody} bytes.");
        }

        SigningOptions options = new()
        {
            Syntax = MessageSyntax.Gm,
            Placement = ContentPlacement.Attached,
            Attributes = SignedAttributesMode.None,
            Certificates = [signerCertificate],
        };
        return SignedMessage.Sign(Encode(header, body), signer, signerCertificate, options).Encode();
    }

    /// <summary>Opens and authenticates. Until the sender is proven, everything that is wrong gives the same refusal, so that it tells an attacker nothing.</summary>
    /// <param name="sealedMessage">The bytes received.</param>
    /// <param name="me">The name of the receiving room.</param>
    /// <param name="key">The receiver's decryption key.</param>
    /// <param name="certificate">The certificate of that key; null for a room that takes facts only, then nothing enveloped opens.</param>
    /// <param name="signerOf">The registered signing certificate of a room; null for one that is not registered.</param>
    /// <param name="now">The time at which the sender's certificate must be valid.</param>
    /// <exception cref="RefusedException">MessageNotAuthentic, without evidence: malformed, not for this key, changed, signed by another than the registered room of that name, or addressed to another room.</exception>
    [Clause("6.2.3.1-a")]
    public static async Task<OpenedMessage> OpenAsync(
        ReadOnlyMemory<byte> sealedMessage, string me, IDecryptor key, Certificate? certificate, Func<string, ValueTask<Certificate?>> signerOf, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(signerOf);
        try
        {
            // 1 the envelope, if there is one, opens with my key; 2 one signer with the certificate inside; 3 the content is well formed; 4 the signer is the registered
            // room that the content names, its certificate valid now; 5 the signature verifies; 6 the message is for me.
            if (sealedMessage.Length > MaxSize)
            {
                throw NotAuthentic();
            }

            (ReadOnlyMemory<byte> inner, Sealing sealing) = OpenEnvelope(sealedMessage, key, certificate);
            SignedMessage signed = SignedMessage.Decode(inner);
            if (signed.Syntax != MessageSyntax.Gm || signed.Signers.Count != 1 || signed.Certificates.Count != 1 || signed.Content is not { } content)
            {
                throw NotAuthentic();
            }

            (MessageHeader header, ReadOnlyMemory<byte> body) = Decode(content);
            Certificate? registered = await signerOf(header.From).ConfigureAwait(false);
            if (registered is null || !registered.Equals(signed.Certificates[0]) || !registered.IsValidAt(now)
                || signed.Verify(signed.Signers[0], registered) != MessageSignature.Valid || header.To != me)
            {
                throw NotAuthentic();
            }

            return new OpenedMessage(header, body, inner, sealing);
        }
        catch (Exception e) when (e is PkiException or AsnContentException)
        {
            throw NotAuthentic();
        }
    }

    private static (ReadOnlyMemory<byte> Signed, Sealing Sealing) OpenEnvelope(ReadOnlyMemory<byte> message, IDecryptor key, Certificate? certificate)
    {
        AsnReader info = new AsnReader(message, AsnEncodingRules.DER).ReadSequence();
        if (info.ReadObjectIdentifier() == Oids.GmSignedData)
        {
            return (message, Sealing.Signed);
        }

        EnvelopedMessage envelope = EnvelopedMessage.Decode(message);
        return certificate is not null && envelope.Syntax == MessageSyntax.Gm && envelope.Recipients.Count == 1 && envelope.Content.ContentType == Oids.GmSignedData
            ? (envelope.Decrypt(key, certificate), Sealing.Enveloped)
            : throw NotAuthentic();
    }

    private static RefusedException NotAuthentic() => new(RefusalCode.MessageNotAuthentic);

    private static byte[] Encode(MessageHeader header, ReadOnlySpan<byte> body)
    {
        AsnWriter writer = new(AsnEncodingRules.DER, body.Length + 512);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, header.Id);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, header.Type);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, header.From);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, header.To);
            writer.WriteGeneralizedTime(header.Time, omitFractionalSeconds: true);
            writer.WriteOctetString(body);
        }

        return writer.Encode();
    }

    private static (MessageHeader Header, ReadOnlyMemory<byte> Body) Decode(ReadOnlyMemory<byte> content)
    {
        AsnReader outer = new(content, AsnEncodingRules.DER);
        AsnReader reader = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        if (!reader.TryReadInt32(out int version) || version != 1)
        {
            throw NotAuthentic();
        }

        string id = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
        string type = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
        string from = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
        string to = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
        DateTimeOffset time = reader.ReadGeneralizedTime();
        if (!reader.TryReadPrimitiveOctetString(out ReadOnlyMemory<byte> body))
        {
            throw NotAuthentic();
        }

        reader.ThrowIfNotEmpty();
        return MessageHeader.IsId(id) && type.Length is > 0 and <= 128 && from.Length is > 0 and <= 64 && to.Length is > 0 and <= 64 && body.Length <= MaxBody
            ? (new MessageHeader(id, type, from, to, time), body)
            : throw NotAuthentic();
    }
}
