using System.Formats.Asn1;
using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Pki.Gmt0014;

// RetKeyRespond ::= SEQUENCE { userCertNo INTEGER, retPubKey SubjectPublicKeyInfo, retPriKey SignedAndEnvelopedData }   (GM/T 0014 5.2.3)

/// <summary>
/// A returned key pair: the private key as signed and enveloped data of GM/T 0010 (no ContentInfo), 32 raw bytes under SM4-ECB, that key under the user's
/// signing key. So it can be turned into an <see cref="Sm2EnvelopedKey"/> and back without opening it.
/// </summary>
/// <param name="UserCertificateNumber">userCertNo, copied from the request.</param>
/// <param name="PublicKey">retPubKey, the new encryption key.</param>
/// <param name="PrivateKey">retPriKey.</param>
public sealed record RetKeyRespond(SerialNumber UserCertificateNumber, SubjectPublicKeyInfo PublicKey, SignedAndEnvelopedMessage PrivateKey)
{
    /// <summary>From a pair that a device has enveloped: nothing is seen in the clear here.</summary>
    /// <param name="userCertificateNumber">userCertNo of the request.</param>
    /// <param name="envelopedKey">The pair under the user's signing key.</param>
    /// <param name="km">The KM's certificate: named as signer, and in place of the recipient's certificate, which does not exist yet.</param>
    /// <param name="signer">The KM's key.</param>
    /// <param name="options">The open points; the signature must be over the encrypted content.</param>
    /// <exception cref="PkiException"><see cref="PkiError.Unsupported"/>: a signature over the plaintext is asked for; use the overload that takes it.</exception>
    public static RetKeyRespond Create(SerialNumber userCertificateNumber, Sm2EnvelopedKey envelopedKey, Certificate km, ISigner signer, Gmt0014Options options)
    {
        ArgumentNullException.ThrowIfNull(envelopedKey);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(options);
        return options.PrivateKeySignature == PrivateKeySignatureInput.EncryptedContentInfo
            ? Create(userCertificateNumber, envelopedKey, km, signer.Sign(ContentOf(envelopedKey).RawData.Span))
            : throw PkiException.Unsupported("A signature over the plaintext private key cannot be made from the enveloped key.");
    }

    /// <summary>As the other overload, with a signature that was made where the private key lies (over the 32 raw bytes, SM2 with the default user id).</summary>
    /// <param name="userCertificateNumber">userCertNo of the request.</param>
    /// <param name="envelopedKey">The pair under the user's signing key.</param>
    /// <param name="km">The KM's certificate.</param>
    /// <param name="signature">DER SM2Signature by the KM's key.</param>
    public static RetKeyRespond Create(SerialNumber userCertificateNumber, Sm2EnvelopedKey envelopedKey, Certificate km, ReadOnlyMemory<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(envelopedKey);
        ArgumentNullException.ThrowIfNull(km);
        MessageRecipient recipient = MessageRecipient.Create(PartyIdentifier.Of(km), envelopedKey.EncryptedKey);
        byte[] signerInfo = DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                w.WriteInteger(1);
                PartyIdentifier.Of(km).Write(w);
                AlgorithmIdentifier.Sm3.Write(w);
                AlgorithmIdentifier.Sm2Signing.Write(w);
                w.WriteOctetString(signature.Span);
            }
        });
        return new RetKeyRespond(
            userCertificateNumber, envelopedKey.PublicKey, SignedAndEnvelopedMessage.Assemble(MessageSyntax.Gm, recipient, ContentOf(envelopedKey), [], signerInfo));
    }

    /// <summary>From a key in memory: the form for partners who want the signature over the plaintext or padding.</summary>
    /// <param name="userCertificateNumber">userCertNo of the request.</param>
    /// <param name="pair">The private key to return.</param>
    /// <param name="userSigningKey">The user's signing key.</param>
    /// <param name="km">The KM's certificate.</param>
    /// <param name="signer">The KM's key.</param>
    /// <param name="options">The open points.</param>
    public static RetKeyRespond Create(
        SerialNumber userCertificateNumber, Sm2PrivateKey pair, Sm2PublicKey userSigningKey, Certificate km, ISigner signer, Gmt0014Options options)
    {
        ArgumentNullException.ThrowIfNull(pair);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(options);
        Span<byte> key = stackalloc byte[16];
        byte[] plain = new byte[options.Padding == PrivateKeyPadding.Pkcs7 ? 48 : 32];
        plain.AsSpan(32).Fill(16);
        byte[] encrypted = new byte[plain.Length];
        try
        {
            SecureRandom.Fill(key);
            pair.Export(plain.AsSpan(0, 32));
            using (Sm4 sm4 = new(key))
            {
                sm4.EncryptEcb(plain, encrypted);
            }

            Sm2EnvelopedKey enveloped = Sm2EnvelopedKey.Assemble(Sm2Cipher.Encrypt(userSigningKey, key), pair.PublicKey.Encode(), encrypted);
            byte[] signature = signer.Sign(options.PrivateKeySignature == PrivateKeySignatureInput.Plaintext ? plain.AsSpan(0, 32) : ContentOf(enveloped).RawData.Span);
            return Create(userCertificateNumber, enveloped, km, signature);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>What the KM signs when its signature covers the encrypted content: the DER of EncryptedContentInfo.</summary>
    /// <param name="envelopedKey">The pair under the user's signing key.</param>
    public static ReadOnlyMemory<byte> SignedContent(Sm2EnvelopedKey envelopedKey)
    {
        ArgumentNullException.ThrowIfNull(envelopedKey);
        return ContentOf(envelopedKey).RawData;
    }

    private static EncryptedContent ContentOf(Sm2EnvelopedKey key) => EncryptedContent.Create(Oids.GmData, AlgorithmIdentifier.Sm4Ecb, key.EncryptedPrivateKey);

    /// <summary>
    /// Turns it into the SM2EnvelopedKey of GM/T 0009 for the holder (and so for a <see cref="CsrResponse"/>), without seeing the private key.
    /// </summary>
    /// <exception cref="PkiException">Not SM4-ECB of 32 or 48 bytes, or not one recipient: such a partner's answer needs the holder to open it as it is.</exception>
    public Sm2EnvelopedKey ToEnvelopedKey()
    {
        EncryptedContent content = PrivateKey.Content;
        if (content.Algorithm.Oid is not (Oids.Sm4Ecb or Oids.Sm4) || !content.Algorithm.HasNoParameters || PrivateKey.Recipients.Count != 1)
        {
            throw PkiException.Unsupported("retPriKey is not SM4-ECB for one recipient, so it cannot be passed on unopened.");
        }

        return Sm2EnvelopedKey.Assemble(PrivateKey.Recipients[0].ReadKey(Sm2CipherForm.Any), PublicKey.RequireSm2().Encode(), content.Ciphertext.Span);
    }

    /// <summary>Verifies the KM's signature on retPriKey when it is over the encrypted content.</summary>
    /// <param name="km">The KM's certificate.</param>
    /// <param name="options">The open points.</param>
    /// <returns>Null when the signature is over the plaintext, which only the holder can check.</returns>
    public bool? VerifySignature(Certificate km, Gmt0014Options options)
    {
        ArgumentNullException.ThrowIfNull(km);
        ArgumentNullException.ThrowIfNull(options);
        return options.PrivateKeySignature == PrivateKeySignatureInput.Plaintext
            ? null
            : PrivateKey.Signers is [MessageSigner signer] && signer.Identifier.Matches(km)
                && signer.Verify(km, Oids.GmData, PrivateKey.Content.RawData.Span) == MessageSignature.Valid;
    }

    /// <summary>Verifies the KM's signature on retPriKey when it is over the plaintext: for the holder, who has opened the key.</summary>
    /// <param name="km">The KM's certificate.</param>
    /// <param name="opened">The opened private key.</param>
    public bool VerifySignature(Certificate km, Sm2PrivateKey opened)
    {
        ArgumentNullException.ThrowIfNull(km);
        ArgumentNullException.ThrowIfNull(opened);
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        opened.Export(d);
        bool valid = PrivateKey.Signers is [MessageSigner signer] && signer.Verify(km, Oids.GmData, d) == MessageSignature.Valid;
        CryptographicOperations.ZeroMemory(d);
        return valid;
    }

    internal static RetKeyRespond ReadFields(ref DerReader fields) =>
        new(SerialNumber.Read(ref fields), SubjectPublicKeyInfo.Read(ref fields), SignedAndEnvelopedMessage.Decode(fields.ReadEncoded()));

    internal void WriteFields(AsnWriter writer)
    {
        UserCertificateNumber.Write(writer);
        PublicKey.Write(writer);
        PrivateKey.Write(writer);
    }
}
