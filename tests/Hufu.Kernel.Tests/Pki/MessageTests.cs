using System.Text;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

public class MessageTests
{
    private static readonly TestPki s_pki = TestPki.Instance;
    private static readonly byte[] s_content = Encoding.UTF8.GetBytes("一份文件");

    private static SigningOptions Options(MessageSyntax syntax, SignedAttributesMode attributes, ContentPlacement placement = ContentPlacement.Attached) => new()
    {
        Syntax = syntax,
        Attributes = attributes,
        Placement = placement,
        SigningTime = attributes == SignedAttributesMode.Standard ? TestPki.Now : null,
        Certificates = [s_pki.Signing, s_pki.Ca],
    };

    [Theory]
    [InlineData(MessageSyntax.Gm, SignedAttributesMode.None)]
    [InlineData(MessageSyntax.Gm, SignedAttributesMode.Standard)]
    [InlineData(MessageSyntax.Cms, SignedAttributesMode.None)]
    [InlineData(MessageSyntax.Cms, SignedAttributesMode.Standard)]
    public void Signed_messages_of_both_syntaxes_verify_and_OpenSSL_agrees_on_what_is_signed(MessageSyntax syntax, SignedAttributesMode attributes)
    {
        SignedMessage message = SignedMessage.Decode(SignedMessage.Sign(s_content, s_pki.SigningKey, s_pki.Signing, Options(syntax, attributes)).Encode());
        Assert.Equal(syntax, message.Syntax);
        Assert.Equal(syntax == MessageSyntax.Gm ? Oids.GmData : Oids.CmsData, message.ContentType);
        Assert.Equal(s_content, message.Content!.Value.ToArray());
        Assert.Equal([s_pki.Signing, s_pki.Ca], message.Certificates);
        MessageSigner signer = Assert.Single(message.Signers);
        Assert.Equal(syntax == MessageSyntax.Gm ? Oids.Sm2Signing : Oids.Sm2WithSm3, signer.SignatureAlgorithm.Oid);
        (MessageSignature result, IReadOnlyList<Certificate> signers) = message.Verify(ReadOnlyMemory<byte>.Empty, []);
        Assert.Equal(MessageSignature.Valid, result);
        Assert.Equal([s_pki.Signing], signers);
        Assert.Equal(MessageSignature.BadSignature, message.Verify(signer, s_pki.Encryption));

        using OpenSsl openssl = new();
        byte[] signed = s_content;
        if (attributes == SignedAttributesMode.Standard)
        {
            Assert.Equal(TestPki.Now, signer.ClaimedTime);
            // Cut the attributes out as a reader of the standard would: [0] re-tagged as SET OF.
            byte[] raw = signer.RawData.ToArray();
            int start = raw.AsSpan().IndexOf(AlgorithmIdentifier.Sm3.RawData.Span) + AlgorithmIdentifier.Sm3.RawData.Length;
            Assert.Equal(0xA0, raw[start]);
            signed = raw[start..(start + 2 + raw[start + 1])];
            signed[0] = 0x31;
        }

        Assert.Contains("Verified OK", openssl.VerifyTbs(signed, signer.Signature.Span, s_pki.SigningKey.PublicKey));
        openssl.Write("m.der", message.RawData.Span);
        Assert.Equal(0, openssl.Run("asn1parse", "-inform", "DER", "-in", "m.der").Code);
    }

    [Fact]
    public void A_changed_content_is_found()
    {
        SignedMessage bare = SignedMessage.Sign(s_content, s_pki.SigningKey, s_pki.Signing, Options(MessageSyntax.Gm, SignedAttributesMode.None, ContentPlacement.Detached));
        SignedMessage attributes = SignedMessage.Sign(s_content, s_pki.SigningKey, s_pki.Signing, Options(MessageSyntax.Gm, SignedAttributesMode.Standard, ContentPlacement.Detached));
        Assert.Null(bare.Content);
        Assert.Equal(MessageSignature.Valid, bare.Verify(s_content, []).Result);
        Assert.Equal(MessageSignature.Valid, attributes.Verify(s_content, []).Result);
        Assert.Equal(MessageSignature.NoContent, bare.Verify(ReadOnlyMemory<byte>.Empty, []).Result);
        Assert.Equal(MessageSignature.BadSignature, bare.Verify("other"u8.ToArray(), []).Result);
        Assert.Equal(MessageSignature.DigestMismatch, attributes.Verify("other"u8.ToArray(), []).Result);
        SignedMessage alone = SignedMessage.Sign(s_content, s_pki.SigningKey, s_pki.Signing, Options(MessageSyntax.Gm, SignedAttributesMode.None) with { Certificates = [] });
        Assert.Equal(MessageSignature.NoCertificate, alone.Verify(default, []).Result);
        Assert.Equal(MessageSignature.Valid, alone.Verify(default, [s_pki.Signing]).Result);
    }

    [Fact]
    public void Signing_with_a_key_that_is_not_the_certificates_is_refused() => Assert.Equal(
        PkiError.Mismatch,
        Assert.Throws<PkiException>(() => SignedMessage.Sign(s_content, s_pki.CaKey, s_pki.Signing, Options(MessageSyntax.Gm, SignedAttributesMode.None))).Error);

    [Fact]
    public void An_unsigned_attribute_can_be_added_without_hurting_the_signature()
    {
        SignedMessage message = SignedMessage.Sign(s_content, s_pki.SigningKey, s_pki.Signing, Options(MessageSyntax.Gm, SignedAttributesMode.Standard));
        SignedMessage more = message.WithTimeStamp(0, new byte[] { 0x30, 0 });
        Assert.Equal(MessageSignature.Valid, more.Verify(default, []).Result);
        Assert.Equal([0x30, 0], more.Signers[0].TimeStampToken!.Value.ToArray());
        Assert.Null(message.Signers[0].TimeStampToken);
        Assert.Equal(message.Certificates, more.Certificates);
    }

    [Theory]
    [InlineData(Oids.Sm2Signing, true)]
    [InlineData(Oids.Sm2, true)]
    [InlineData(Oids.Sm2WithSm3, true)]
    [InlineData(Oids.Sm2Encryption, false)]
    public void A_signers_algorithm_is_accepted_in_the_forms_of_the_table_and_in_no_other(string oid, bool accepted)
    {
        byte[] content = s_content;
        byte[] signature = s_pki.SigningKey.Sign(content);
        foreach (byte[] value in new[] { signature, Sm2SignatureValue.Decode(signature) })
        {
            byte[] der = DerWriting.Encode(w =>
            {
                using (w.PushSequence())
                {
                    w.WriteObjectIdentifier(Oids.GmSignedData);
                    using (w.PushContext(0))
                    using (w.PushSequence())
                    {
                        w.WriteInteger(1);
                        using (w.PushSetOf())
                        {
                        }

                        using (w.PushSequence())
                        {
                            w.WriteObjectIdentifier(Oids.GmData);
                        }

                        using (w.PushSetOf())
                        using (w.PushSequence())
                        {
                            w.WriteInteger(1);
                            PartyIdentifier.Of(s_pki.Signing).Write(w);
                            AlgorithmIdentifier.Create(Oids.Sm3, new byte[] { 5, 0 }).Write(w);
                            AlgorithmIdentifier.Create(oid, new byte[] { 5, 0 }).Write(w);
                            w.WriteOctetString(value);
                        }
                    }
                }
            });
            Assert.Equal(accepted ? MessageSignature.Valid : MessageSignature.Unsupported, SignedMessage.Decode(der).Verify(content, [s_pki.Signing]).Result);
        }
    }

    [Theory]
    [InlineData(MessageSyntax.Gm, 0)]
    [InlineData(MessageSyntax.Gm, 15)]
    [InlineData(MessageSyntax.Gm, 16)]
    [InlineData(MessageSyntax.Cms, 1000)]
    public void Enveloped_messages_open_for_each_recipient_and_nobody_else(MessageSyntax syntax, int length)
    {
        byte[] content = new byte[length];
        content.AsSpan().Fill(7);
        using Sm2KeyPair second = Sm2KeyPair.Generate();
        Certificate secondCertificate = TestPki.Issue("C=CN, CN=second", second, s_pki.Ca, s_pki.CaKey, TestPki.EndEntity(KeyUsages.Encryption));
        EnvelopedMessage message = EnvelopedMessage.Decode(EnvelopedMessage.Encrypt(content, [s_pki.Encryption, secondCertificate], syntax).Encode());
        Assert.Equal(2, message.Recipients.Count);
        Assert.All(message.Recipients, r => Assert.Equal(Oids.Sm2Encryption, r.Algorithm.Oid));
        Assert.Equal(Oids.Sm4Cbc, message.Content.Algorithm.Oid);
        Assert.Equal(content, message.Decrypt(s_pki.EncryptionKey, s_pki.Encryption));
        Assert.Equal(content, message.Decrypt(second, secondCertificate));
        Assert.Equal(PkiError.Mismatch, Assert.Throws<PkiException>(() => message.Decrypt(s_pki.SigningKey, s_pki.Signing)).Error);
        Assert.Equal(PkiError.NotOpened, Assert.Throws<PkiException>(() => message.Decrypt(second, s_pki.Encryption)).Error);
    }

    [Fact]
    public void A_signing_certificate_cannot_be_encrypted_to() => Assert.Equal(
        PkiError.BadValue, Assert.Throws<PkiException>(() => EnvelopedMessage.Encrypt(s_content, [s_pki.Signing], MessageSyntax.Gm)).Error);

    [Fact]
    public void OpenSSL_decrypts_the_key_and_the_content_of_an_envelope()
    {
        using OpenSsl openssl = new();
        Assert.Equal(0, openssl.Run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", "k.pem").Code);
        Assert.Equal(0, openssl.Run("pkey", "-in", "k.pem", "-pubout", "-outform", "DER", "-out", "p.der").Code);
        TbsCertificate tbs = TestPki.Tbs("C=CN, CN=o", SubjectPublicKeyInfo.Decode(openssl.Read("p.der")), s_pki.Ca, TestPki.EndEntity(KeyUsages.Encryption));
        EnvelopedMessage message = EnvelopedMessage.Encrypt(s_content, [Certificate.Sign(tbs, s_pki.CaKey)], MessageSyntax.Gm);
        openssl.Write("key.der", message.Recipients[0].EncryptedKey.Span);
        openssl.Write("content", message.Content.Ciphertext.Span);
        Assert.Equal(0, openssl.Run("pkeyutl", "-decrypt", "-inkey", "k.pem", "-pkeyopt", "digest:sm3", "-in", "key.der", "-out", "key").Code);
        string iv = Convert.ToHexString(message.Content.Algorithm.Parameters!.Value.Span[2..]);
        Assert.Equal(0, openssl.Run("enc", "-d", "-sm4-cbc", "-K", Convert.ToHexString(openssl.Read("key")), "-iv", iv, "-in", "content", "-out", "plain").Code);
        Assert.Equal(s_content, openssl.Read("plain"));
    }

    [Fact]
    public void A_bag_keeps_its_chain_and_OpenSSL_lists_it()
    {
        byte[] bag = CertificateBag.Encode([s_pki.Signing, s_pki.Ca, s_pki.Root], MessageSyntax.Cms);
        Assert.Equal([s_pki.Signing, s_pki.Ca, s_pki.Root], CertificateBag.Decode(bag));
        Assert.Equal([s_pki.Signing, s_pki.Ca, s_pki.Root], CertificateBag.DecodeAny(Encoding.ASCII.GetBytes(Pem.Encode(Pem.Pkcs7Label, bag))));
        Assert.Equal([s_pki.Ca, s_pki.Root], CertificateBag.DecodeAny(Encoding.ASCII.GetBytes(s_pki.Ca.ToPem() + s_pki.Root.ToPem())));
        Assert.Equal([s_pki.Ca], CertificateBag.DecodeAny(s_pki.Ca.RawData));
        using OpenSsl openssl = new();
        openssl.Write("chain.p7b", bag);
        string listed = openssl.Run("pkcs7", "-inform", "DER", "-in", "chain.p7b", "-print_certs", "-noout").Output;
        Assert.Equal(3, listed.Split("subject=").Length - 1);
    }

    [Fact]
    public void A_response_to_a_request_carries_both_certificates_and_the_enveloped_pair()
    {
        Sm2EnvelopedKey key = Sm2EnvelopedKey.Create(s_pki.SigningKey.PrivateKey.PublicKey, s_pki.EncryptionKey.PrivateKey);
        CsrResponse response = CsrResponse.Decode(CsrResponse.Create([s_pki.Signing, s_pki.Ca], key, [s_pki.Encryption, s_pki.Ca]).Encode());
        Assert.Equal([s_pki.Signing, s_pki.Ca], response.SigningCertificates);
        Assert.Equal([s_pki.Encryption, s_pki.Ca], response.EncryptionCertificates);
        Assert.Equal(key.Encode(), response.EncryptedPrivateKey!.Encode());
        Assert.Equal(PkiError.Mismatch, Assert.Throws<PkiException>(() => CsrResponse.Create([s_pki.Signing], key, [s_pki.Signing])).Error);

        // IMPLICIT [0]: the same without the inner SEQUENCE's header.
        byte[] keyDer = key.Encode();
        byte[] fields = DerWriting.Retag(0xA0, keyDer.AsSpan(keyDer[1] == 0x81 ? 3 : 2));
        byte[] set = DerWriting.Retag(0x31, s_pki.Signing.RawData.Span);
        byte[] set2 = DerWriting.Retag(0xA1, s_pki.Encryption.RawData.Span);
        Assert.Equal(keyDer, CsrResponse.Decode(DerWriting.Retag(0x30, [.. set, .. fields, .. set2])).EncryptedPrivateKey!.Encode());
    }
}
