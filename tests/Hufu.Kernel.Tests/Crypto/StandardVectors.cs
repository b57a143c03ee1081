using System.Text;
using Hufu.Crypto;
using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>The published vectors of GB/T 32918.5, 32905 and 32907 (shared/standards.md 1.3 and 1.4).</summary>
public class StandardVectors
{
    private const string D = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8";
    private const string P = "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";

    [Theory]
    [InlineData("abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")]
    [InlineData("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd", "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")]
    [InlineData("", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b")]
    public void Sm3_digests(string message, string digest) => Assert.Equal(digest, Convert.ToHexStringLower(Sm3.HashData(Encoding.ASCII.GetBytes(message))));

    [Fact]
    public void Hmac_sm3()
    {
        byte[] mac = new byte[32];
        HmacSm3.HashData("key"u8, "The quick brown fox jumps over the lazy dog"u8, mac);
        Assert.Equal("bd4a34077888162b210645b8ebf74b9af357303789357a27c7fc457244ebd398", Convert.ToHexStringLower(mac));
    }

    [Fact]
    public void Sm4_one_block_and_a_million_rounds()
    {
        byte[] key = Convert.FromHexString("0123456789abcdeffedcba9876543210");
        byte[] block = (byte[])key.Clone();
        using Sm4 sm4 = new(key);
        sm4.EncryptEcb(block, block);
        Assert.Equal("681edf34d206965e86b3e94f536e4246", Convert.ToHexStringLower(block));
        for (int i = 1; i < 1_000_000; i++)
        {
            sm4.EncryptEcb(block, block);
        }

        Assert.Equal("595298c7c6fd271f0402f804c33d3f66", Convert.ToHexStringLower(block));
        for (int i = 0; i < 1_000_000; i++)
        {
            sm4.DecryptEcb(block, block);
        }

        Assert.Equal(key, block);
    }

    [Fact]
    public void Sm4_cbc()
    {
        byte[] key = Convert.FromHexString("0123456789abcdeffedcba9876543210");
        byte[] iv = Convert.FromHexString("000102030405060708090a0b0c0d0e0f");
        byte[] text = [.. key, .. key];
        byte[] cipher = new byte[32];
        using Sm4 sm4 = new(key);
        sm4.EncryptCbc(iv, text, cipher);
        Assert.Equal("a9a268883a336315bac0c9c9ff350ab1b236a4a85616d4aabf0a83555c7d4115", Convert.ToHexStringLower(cipher));
        sm4.DecryptCbc(iv, cipher, cipher);
        Assert.Equal(text, cipher);
    }

    [Fact]
    public void Sm2_public_key_and_digest()
    {
        Assert.True(Sm2PrivateKey.TryImport(Convert.FromHexString(D), out Sm2PrivateKey? key));
        using (key)
        {
            Assert.Equal(P, Convert.ToHexString(key.PublicKey.Encode()));
            byte[] z = new byte[32], e = new byte[32];
            key.PublicKey.ComputeZ(Sm2.DefaultId, z);
            key.PublicKey.ComputeDigest(Sm2.DefaultId, "message digest"u8, e);
            Assert.Equal("B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3", Convert.ToHexString(z));
            Assert.Equal("F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640", Convert.ToHexString(e));
        }
    }

    [Fact]
    public void Sm2_verifies_the_signature_of_the_standard_and_no_changed_one()
    {
        Assert.True(Sm2PublicKey.TryDecode(Convert.FromHexString(P), out Sm2PublicKey? key));
        byte[] signature = Convert.FromHexString("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA");
        Assert.True(key.VerifyData(Sm2.DefaultId, "message digest"u8, signature));
        Assert.False(key.VerifyData(Sm2.DefaultId, "message digesT"u8, signature));
        signature[63] ^= 1;
        Assert.False(key.VerifyData(Sm2.DefaultId, "message digest"u8, signature));
    }

    [Fact]
    public void Sm2_deciphers_the_text_of_the_standard()
    {
        Assert.True(Sm2PrivateKey.TryImport(Convert.FromHexString(D), out Sm2PrivateKey? key));
        using (key)
        {
            byte[] cipher = Convert.FromHexString(
                "04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
                + "59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD876621886CA989CA9C7D58087307CA93092D651EFA");
            byte[] plain = new byte[cipher.Length - Sm2.CiphertextOverhead];
            Assert.True(key.TryDecrypt(cipher, plain));
            Assert.Equal("encryption standard", Encoding.ASCII.GetString(plain));
            cipher[^1] ^= 1;
            Assert.False(key.TryDecrypt(cipher, plain));
            Assert.All(plain, octet => Assert.Equal(0, octet));
        }
    }

    [Fact]
    public void Sm2_round_trips()
    {
        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        byte[] signature = new byte[64], cipher = new byte[96 + 32], plain = new byte[32];
        key.SignData(Sm2.DefaultId, "a message"u8, signature);
        Assert.True(key.PublicKey.VerifyData(Sm2.DefaultId, "a message"u8, signature));
        byte[] secret = SecureRandom.GetBytes(32);
        key.PublicKey.Encrypt(secret, cipher);
        Assert.True(key.TryDecrypt(cipher, plain));
        Assert.Equal(secret, plain);
    }
}
