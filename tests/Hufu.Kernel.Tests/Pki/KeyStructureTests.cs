using Hufu.Crypto;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

// Vectors: standards.md 1.3.
public class KeyStructureTests
{
    private const string D = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8";
    private const string CipherDer = "307C022004EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73022100E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0042059983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766041321886CA989CA9C7D58087307CA93092D651EFA";
    private const string SignatureDer = "3046022100F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3022100B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";

    private const string Enveloped = "3081EE300A06082A811CCF550168013079022004EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73022100E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
        + "04209717A4325B47A2EB32AAB613E0D4E9D16495D713CDA11C8661363638FA6D3077041044E70DD8F4BFEE133F6F597FB2FF694603420004191BFF8148006EEA72D857CB974DB9F4903B3CA3655D8D597AD4663F5044DCB1"
        + "E2F7888AF1FCD8C653A8059CD2F379855389F71A7709E2C1EE1E914C855EF119032100F4E4AC045F588D9413C9E565DCCA220ACF456C2C74064204B6D36924769A4491";

    private const string D2 = "1649AB77A00637BD5E2EFE283FBF353534AA7F7CB89463F208DDBC2920BB0DA0";

    [Fact]
    public void The_signature_vector_verifies_and_is_written_the_same()
    {
        using Sm2KeyPair key = TestPki.Key(D);
        byte[] der = Convert.FromHexString(SignatureDer);
        Assert.True(key.PublicKey.Verify(AlgorithmIdentifier.Sm2WithSm3, "message digest"u8, der));
        Assert.False(key.PublicKey.Verify(AlgorithmIdentifier.Sm2WithSm3, "message digesT"u8, der));
        Assert.False(key.PublicKey.Verify(AlgorithmIdentifier.Sm2Signing, "message digest"u8, der));
        Assert.Equal(der, Sm2SignatureValue.Encode(Sm2SignatureValue.Decode(der)));
    }

    [Theory]
    [InlineData("30060201010201")] // cut off
    [InlineData("3007020101020101" + "00")] // after the sequence
    [InlineData("300702020001020101")] // r not minimal
    [InlineData("300602018002010100")] // length wrong
    [InlineData("3006020180020101")] // r negative
    [InlineData("30800201010201010000")] // indefinite
    [InlineData("308106020101020101")] // length not minimal
    [InlineData("3009020101020101020101")] // third number
    [InlineData("3027022101000000000000000000000000000000000000000000000000000000000000000002020101")] // 257 bits
    [InlineData("")]
    public void A_signature_that_is_not_DER_is_refused(string hex)
    {
        Assert.False(Sm2SignatureValue.TryDecode(Convert.FromHexString(hex), new byte[64]));
        Assert.Equal(PkiError.Malformed, Assert.Throws<PkiException>(() => Sm2SignatureValue.Decode(Convert.FromHexString(hex))).Error);
    }

    [Fact]
    public void The_cipher_vector_opens_in_every_accepted_form()
    {
        using Sm2KeyPair key = TestPki.Key(D);
        byte[] der = Convert.FromHexString(CipherDer);
        Sm2Cipher cipher = Sm2Cipher.Decode(der);
        Assert.Equal(der, cipher.Encode());
        Assert.Equal("encryption standard"u8.ToArray(), key.Decrypt(der));
        byte[] raw = cipher.Raw.ToArray();
        byte[] prefixed = [4, .. raw];
        byte[] old = [.. raw[..64], .. raw[96..], .. raw[64..96]];
        Assert.Equal(der, Sm2Cipher.Decode(prefixed, Sm2CipherForm.Any).Encode());
        Assert.Equal(der, Sm2Cipher.Decode(prefixed, Sm2CipherForm.PrefixedC1C3C2).Encode());
        Assert.Equal(der, Sm2Cipher.Decode(der, Sm2CipherForm.Any).Encode());
        Assert.Equal(der, Sm2Cipher.Decode(old, Sm2CipherForm.BareC1C2C3).Encode());
        Assert.Throws<PkiException>(() => Sm2Cipher.Decode(prefixed, Sm2CipherForm.Der));
        raw[^1] ^= 1;
        Assert.Equal(PkiError.NotOpened, Assert.Throws<PkiException>(() => key.Decrypt(Sm2Cipher.FromRaw(raw).Encode())).Error);
    }

    [Fact]
    public void OpenSSL_decrypts_what_we_encrypt()
    {
        using OpenSsl openssl = new();
        Assert.Equal(0, openssl.Run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", "k.pem").Code);
        Assert.Equal(0, openssl.Run("pkey", "-in", "k.pem", "-pubout", "-outform", "DER", "-out", "p.der").Code);
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.Decode(openssl.Read("p.der"));
        openssl.Write("c.der", Sm2Cipher.Encrypt(key.RequireSm2(), "Hufu to OpenSSL"u8).Encode());
        Assert.Contains("Hufu to OpenSSL", openssl.Run("pkeyutl", "-decrypt", "-inkey", "k.pem", "-pkeyopt", "digest:sm3", "-in", "c.der").Output);
    }

    [Fact]
    public void The_enveloped_key_vector_opens_to_its_private_key()
    {
        using Sm2KeyPair user = TestPki.Key(D);
        Sm2EnvelopedKey enveloped = Sm2EnvelopedKey.Decode(Convert.FromHexString(Enveloped));
        Assert.Equal(Enveloped, Convert.ToHexString(enveloped.Encode()));
        using Sm2PrivateKey pair = enveloped.Open(user);
        byte[] d = new byte[32];
        pair.Export(d);
        Assert.Equal(D2, Convert.ToHexString(d));
    }

    [Fact]
    public void An_enveloped_key_of_ours_opens_for_its_holder_only_and_only_with_its_public_key()
    {
        using Sm2KeyPair user = Sm2KeyPair.Generate();
        using Sm2KeyPair other = Sm2KeyPair.Generate();
        using Sm2KeyPair pair = Sm2KeyPair.Generate();
        Sm2EnvelopedKey enveloped = Sm2EnvelopedKey.Create(user.PrivateKey.PublicKey, pair.PrivateKey);
        Assert.Equal(32, enveloped.EncryptedPrivateKey.Length);
        Assert.Null(enveloped.Algorithm.Parameters);
        using (Sm2PrivateKey opened = Sm2EnvelopedKey.Decode(enveloped.Encode()).Open(user))
        {
            Assert.Equal(pair.PrivateKey.PublicKey, opened.PublicKey);
        }

        Assert.Equal(PkiError.NotOpened, Assert.Throws<PkiException>(() => enveloped.Open(other)).Error);
        Sm2EnvelopedKey swapped = Sm2EnvelopedKey.Assemble(enveloped.EncryptedKey, other.PublicKey.PublicKey.Span, enveloped.EncryptedPrivateKey.Span);
        Assert.Equal(PkiError.Mismatch, Assert.Throws<PkiException>(() => swapped.Open(user)).Error);
    }

    [Theory]
    [InlineData(Oids.Sm4Ecb, true, false)]
    [InlineData(Oids.Sm4Ecb, true, true)]
    [InlineData(Oids.Sm4, false, true)]
    [InlineData(Oids.Sm4, true, false)]
    public void Enveloped_keys_of_others_open(string oid, bool withNull, bool padded)
    {
        using Sm2KeyPair user = Sm2KeyPair.Generate();
        using Sm2KeyPair pair = Sm2KeyPair.Generate();
        byte[] key = SecureRandom.GetBytes(16);
        byte[] plain = new byte[padded ? 48 : 32];
        plain.AsSpan(32).Fill(16);
        pair.PrivateKey.Export(plain.AsSpan(0, 32));
        byte[] encrypted = new byte[plain.Length];
        using Sm4 sm4 = new(key);
        sm4.EncryptEcb(plain, encrypted);
        byte[] der = DerWriting.Encode(w =>
        {
            using (w.PushSequence())
            {
                AlgorithmIdentifier.Create(oid, withNull ? new byte[] { 5, 0 } : (ReadOnlyMemory<byte>?)null).Write(w);
                Sm2Cipher.Encrypt(user.PrivateKey.PublicKey, key).Write(w);
                w.WriteBitString(pair.PublicKey.PublicKey.Span);
                w.WriteBitString(encrypted);
            }
        });
        using Sm2PrivateKey opened = Sm2EnvelopedKey.Decode(der).Open(user);
        Assert.Equal(pair.PrivateKey.PublicKey, opened.PublicKey);
    }
}
