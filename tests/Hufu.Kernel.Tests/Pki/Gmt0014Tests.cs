using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

public class Gmt0014Tests
{
    private static readonly TestPki s_pki = TestPki.Instance;

    public static TheoryData<string> Variants => new("hufu", "plaintext", "explicit", "bits", "octets");

    private static Gmt0014Options Variant(string name) => name switch
    {
        "plaintext" => Gmt0014Options.Pkcs7Signature with { Padding = PrivateKeyPadding.Pkcs7 },
        "explicit" => Gmt0014Options.Hufu with { Tagging = ChoiceTagging.Explicit },
        "bits" => Gmt0014Options.Hufu with { KeyHash = KeyHashInput.PublicKeyBits },
        "octets" => Gmt0014Options.Hufu with { UserText = UserTextType.OctetString, ErrorDescription = ErrorDescriptionForm.OctetString },
        _ => Gmt0014Options.Hufu,
    };

    internal static CaRequest Request(Gmt0014Options options) => CaRequest.Sign(
        s_pki.Ca,
        s_pki.CaKey,
        [
            ApplyKeyRequest.ForSm2(new AppUserInfo(SerialNumber.FromInt64(0x80), s_pki.SigningKey.PublicKey, TestPki.Now, TestPki.Now.AddYears(1), "某单位", "110000", "x")),
            new RestoreKeyRequest(ReturnAlgorithms.Sm, SerialNumber.FromInt64(5), s_pki.SigningKey.PublicKey),
            new RevokeKeyRequest(SerialNumber.FromInt64(6)),
            new RevokeKeyRequest(SerialNumber.FromInt64(7)),
        ],
        TestPki.Now,
        SerialNumber.FromInt64(42),
        options);

    internal static KmRespond Respond(CaRequest request, Gmt0014Options options)
    {
        RetKeyRespond key = RetKeyRespond.Create(
            SerialNumber.FromInt64(0x80), s_pki.EncryptionKey.PrivateKey, s_pki.SigningKey.PrivateKey.PublicKey, s_pki.Km, s_pki.KmKey, options);
        KmResult[] results = [new ApplyKeyResult(key), new RestoreKeyResult(key with { UserCertificateNumber = SerialNumber.FromInt64(5) }), new RevokeKeyResult(SerialNumber.FromInt64(6)), new ErrorResult(3, "没有这个密钥")];
        return KmRespond.Sign(s_pki.Km, s_pki.KmKey, results, TestPki.Now, request.TaskNumber, options);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Request_and_respond_survive_the_wire_in_every_variant(string name)
    {
        Gmt0014Options options = Variant(name);
        CaRequest request = CaRequest.Decode(Request(options).Encode());
        request.Check(s_pki.Ca, options);
        ApplyKeyRequest apply = Assert.IsType<ApplyKeyRequest>(request.Requests[0]);
        Assert.Equal(("某单位", "110000", "x"), (apply.User.UserName, apply.User.DistrictCode, apply.User.ExtendInfo));
        Assert.True(apply.ReturnAlgorithms.AreSupported);
        Assert.Equal("80", apply.UserCertificateNumber.ToString());
        Assert.Equal(s_pki.SigningKey.PublicKey, apply.User.UserPublicKey);
        Assert.Equal(SerialNumber.FromInt64(5), Assert.IsType<RestoreKeyRequest>(request.Requests[1]).CertificateNumber);
        Assert.Equal(SerialNumber.FromInt64(6), Assert.IsType<RevokeKeyRequest>(request.Requests[2]).CertificateNumber);

        KmRespond respond = KmRespond.Decode(Respond(request, options).Encode());
        respond.Check(s_pki.Km, request, options);
        Assert.Equal(new ErrorResult(3, "没有这个密钥"), respond.Results[3]);
        RetKeyRespond key = Assert.IsType<ApplyKeyResult>(respond.Results[0]).Key;

        // What the CA passes on, unopened, is what the holder opens.
        Sm2EnvelopedKey enveloped = Sm2EnvelopedKey.Decode(key.ToEnvelopedKey().Encode());
        using Sm2PrivateKey opened = enveloped.Open(s_pki.SigningKey);
        Assert.Equal(s_pki.EncryptionKey.PrivateKey.PublicKey, opened.PublicKey);
        if (options.PrivateKeySignature == PrivateKeySignatureInput.Plaintext)
        {
            Assert.Null(key.VerifySignature(s_pki.Km, options));
            Assert.True(key.VerifySignature(s_pki.Km, opened));
            Assert.False(key.VerifySignature(s_pki.Km, s_pki.SigningKey.PrivateKey));
        }
        else
        {
            Assert.True(key.VerifySignature(s_pki.Km, options));
            Assert.False(key.VerifySignature(s_pki.Ca, options));
        }
    }

    [Fact]
    public void A_device_made_envelope_becomes_a_respond_and_comes_out_the_same()
    {
        Sm2EnvelopedKey enveloped = Sm2EnvelopedKey.Create(s_pki.SigningKey.PrivateKey.PublicKey, s_pki.EncryptionKey.PrivateKey);
        RetKeyRespond key = RetKeyRespond.Create(SerialNumber.FromInt64(1), enveloped, s_pki.Km, s_pki.KmKey, Gmt0014Options.Hufu);
        Assert.Equal(enveloped.Encode(), key.ToEnvelopedKey().Encode());
        Assert.Equal(32, key.PrivateKey.Content.Ciphertext.Length);
        Assert.Equal(Oids.Sm4Ecb, key.PrivateKey.Content.Algorithm.Oid);
        Assert.Equal(PkiError.Unsupported, Assert.Throws<PkiException>(() => RetKeyRespond.Create(SerialNumber.FromInt64(1), enveloped, s_pki.Km, s_pki.KmKey, Gmt0014Options.Pkcs7Signature)).Error);
    }

    [Fact]
    public void A_message_of_somebody_else_or_for_another_task_is_refused()
    {
        Gmt0014Options options = Gmt0014Options.Hufu;
        CaRequest request = Request(options);
        Assert.Equal(PkiError.Mismatch, Assert.Throws<PkiException>(() => request.Check(s_pki.Km, options)).Error);
        Assert.Equal(PkiError.Mismatch, Assert.Throws<PkiException>(() => request.Check(s_pki.Ca, options with { KeyHash = KeyHashInput.PublicKeyBits })).Error);
        byte[] changed = request.Encode();
        changed[changed.AsSpan().IndexOf("110000"u8)] = (byte)'2';
        Assert.Equal(PkiError.BadSignature, Assert.Throws<PkiException>(() => CaRequest.Decode(changed).Check(s_pki.Ca, options)).Error);
        KmRespond other = KmRespond.Sign(s_pki.Km, s_pki.KmKey, [new RevokeKeyResult(SerialNumber.FromInt64(6))], TestPki.Now, SerialNumber.FromInt64(43), options);
        Assert.Equal(PkiError.Mismatch, Assert.Throws<PkiException>(() => other.Check(s_pki.Km, request, options)).Error);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void The_frame_writes_what_the_writer_writes(string name)
    {
        Gmt0014Options options = Variant(name);
        KmAnswerFrame frame = new(s_pki.Km, options);
        byte[] cipher = new byte[112], key = SecureRandom.GetBytes(32), point = s_pki.EncryptionKey.PublicKey.PublicKey.ToArray();

        // Coordinates with leading zeros and with their first bit set; a number of one byte and of the most; entries over every size of a length.
        foreach ((byte first, int entries, SerialNumber number) in new[] { ((byte)0, 1, SerialNumber.FromInt64(0x80)), ((byte)0xFF, 3, SerialNumber.Create()), ((byte)1, 200, SerialNumber.FromInt64(5)) })
        {
            SecureRandom.Fill(cipher);
            (cipher[0], cipher[32]) = (first, first);
            Sm2EnvelopedKey enveloped = Sm2EnvelopedKey.Assemble(Sm2Cipher.FromRaw(cipher), point, key);
            byte[] content = KmAnswerFrame.SignedContent(key), signature = s_pki.KmKey.Sign(content);
            Assert.Equal(RetKeyRespond.SignedContent(enveloped).ToArray(), content);

            RetKeyRespond given = RetKeyRespond.Create(number, enveloped, s_pki.Km, signature);
            KmResult[] results = [.. Enumerable.Range(0, entries).Select(i => i % 3 == 0 ? (KmResult)new ApplyKeyResult(given) : i % 3 == 1 ? new RestoreKeyResult(given) : new ErrorResult(3, "没有这个密钥"))];
            byte[] expected = KmRespond.EncodeBody(EntName.Of(s_pki.Km, options), results, TestPki.Now, number, options);
            byte[] written = frame.Body(
                [.. results.Select((result, i) => i % 3 == 2 ? frame.Other(result) : frame.GivenKey(i % 3 == 1, number, point, Sm2Cipher.FromRaw(cipher), key, signature))], TestPki.Now, number);
            Assert.Equal(expected, written);
        }
    }

    [Fact]
    public void A_known_name_is_taken_by_its_bytes_and_another_is_read_and_compared()
    {
        Gmt0014Options options = Gmt0014Options.Hufu;
        byte[] der = Request(options).Encode();
        KnownEntName known = KnownEntName.Of(s_pki.Ca, options), other = KnownEntName.Of(s_pki.Km, options);
        CaRequest.Decode(der, known).Check(s_pki.Ca, options);
        CaRequest.Decode(der, other).Check(s_pki.Ca, options);
        Assert.Equal((known.Name.Name, known.Name.SerialNumber), (CaRequest.Decode(der, other).CaName.Name, CaRequest.Decode(der, other).CaName.SerialNumber));
        Assert.Equal(PkiError.Mismatch, Assert.Throws<PkiException>(() => CaRequest.Decode(der, known).Check(s_pki.Km, options)).Error);
        Assert.Equal(PkiError.Mismatch, Assert.Throws<PkiException>(() => CaRequest.Decode(der, other).Check(s_pki.Km, options)).Error);
    }
}
