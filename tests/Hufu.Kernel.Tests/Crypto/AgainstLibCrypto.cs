using System.Formats.Asn1;
using System.Numerics;
using Hufu.Crypto;
using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>Random cross-checks with OpenSSL in both directions: 5,000 of each kind, 100,000 with HUFU_LONG=1.</summary>
public class AgainstLibCrypto
{
    private const int KeysEvery = 50;

    private static int Rounds => Environment.GetEnvironmentVariable("HUFU_LONG") == "1" ? 100_000 : int.TryParse(Environment.GetEnvironmentVariable("HUFU_CRYPTO_ROUNDS"), out int rounds) ? rounds : 5_000;

    [Fact]
    public void Sm2_signatures_are_accepted_by_each_other()
    {
        for (int i = 0; i < Rounds / KeysEvery; i++)
        {
            using Sm2PrivateKey key = NextKey(i);
            if (i % 2 == 1)
            {
                key.PublicKey.Precompute();
            }

            using LibCrypto.Key peer = Peer(key);
            for (int j = 0; j < KeysEvery; j++)
            {
                byte[] message = SecureRandom.GetBytes(j * 5), id = SecureRandom.GetBytes(1 + (j % 40));
                byte[] ours = new byte[64];
                key.SignData(id, message, ours);
                Assert.True(LibCrypto.Verify(peer, id, message, ToDer(ours)));
                byte[] theirs = FromDer(LibCrypto.Sign(peer, id, message));
                Assert.True(key.PublicKey.VerifyData(id, message, theirs));
                theirs[j] ^= 0x10;
                Assert.False(key.PublicKey.VerifyData(id, message, theirs));
            }
        }
    }

    [Fact]
    public void Sm2_ciphertexts_are_opened_by_each_other()
    {
        for (int i = 0; i < Rounds / KeysEvery; i++)
        {
            using Sm2PrivateKey key = NextKey(i);
            using LibCrypto.Key peer = Peer(key);
            for (int j = 0; j < KeysEvery; j++)
            {
                byte[] plain = SecureRandom.GetBytes(1 + (3 * j));
                byte[] cipher = new byte[plain.Length + Sm2.CiphertextOverhead];
                key.PublicKey.Encrypt(plain, cipher);
                Assert.Equal(plain, LibCrypto.Decrypt(peer, CipherToDer(cipher)));
                byte[] theirs = CipherFromDer(LibCrypto.Encrypt(peer, plain));
                byte[] opened = new byte[plain.Length];
                Assert.True(key.TryDecrypt(theirs, opened));
                Assert.Equal(plain, opened);
            }
        }
    }

    [Fact]
    public void Sm3_digests_of_every_length_to_300_and_random_ones()
    {
        byte[] data = SecureRandom.GetBytes(5000);
        for (int length = 0; length <= 300; length++)
        {
            Assert.Equal(LibCrypto.Sm3(data.AsSpan(0, length)), Sm3.HashData(data.AsSpan(0, length)));
        }

        using Sm3Hash pieces = new();
        byte[] digest = new byte[32];
        for (int i = 0; i < Rounds; i++)
        {
            int length = (int)((uint)BitConverter.ToInt32(SecureRandom.GetBytes(4)) % 5000);
            int cut = length == 0 ? 0 : i % length;
            pieces.AppendData(data.AsSpan(0, cut));
            pieces.AppendData(data.AsSpan(cut, length - cut));
            pieces.GetHashAndReset(digest);
            Assert.Equal(LibCrypto.Sm3(data.AsSpan(0, length)), digest);
        }
    }

    [Fact]
    public void Sm4_in_every_mode_and_length()
    {
        for (int i = 0; i < Rounds; i++)
        {
            byte[] key = SecureRandom.GetBytes(16), iv = SecureRandom.GetBytes(16);
            if (i % 3 == 0)
            {
                iv.AsSpan(1 + (i % 15)).Fill(0xFF); // counters that carry
            }

            byte[] text = SecureRandom.GetBytes(i % 1200), blocks = SecureRandom.GetBytes(16 * (i % 75));
            byte[] output = new byte[text.Length], whole = new byte[blocks.Length];
            using Sm4 sm4 = new(key);
            sm4.TransformCtr(iv, text, output);
            Assert.Equal(LibCrypto.Sm4("ctr", key, iv, text, true), output);
            sm4.EncryptEcb(blocks, whole);
            Assert.Equal(LibCrypto.Sm4("ecb", key, [], blocks, true), whole);
            sm4.DecryptEcb(whole, whole);
            Assert.Equal(blocks, whole);
            sm4.EncryptCbc(iv, blocks, whole);
            Assert.Equal(LibCrypto.Sm4("cbc", key, iv, blocks, true), whole);
            sm4.DecryptCbc(iv, whole, whole);
            Assert.Equal(blocks, whole);
        }
    }

    // d of every bit length, then random ones
    private static Sm2PrivateKey NextKey(int i)
    {
        if (i >= 256)
        {
            return Sm2PrivateKey.Generate();
        }

        byte[] d = SecureRandom.GetBytes(32);
        BigInteger value = (ReferenceCurve.Read(d) >> (255 - i)) | (BigInteger.One << i);
        ReferenceCurve.Write(BigInteger.Min(value & ((BigInteger.One << (i + 1)) - 1), ReferenceCurve.N - 2), d);
        Assert.True(Sm2PrivateKey.TryImport(d, out Sm2PrivateKey? key));
        return key;
    }

    private static LibCrypto.Key Peer(Sm2PrivateKey key)
    {
        byte[] d = new byte[32];
        key.Export(d);
        LibCrypto.Key peer = new(key.PublicKey.Encode(), d);
        Assert.True(peer.IsValid);
        return peer;
    }

    internal static byte[] ToDer(ReadOnlySpan<byte> signature)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(ReferenceCurve.Read(signature[..32]));
            writer.WriteInteger(ReferenceCurve.Read(signature[32..]));
        }

        return writer.Encode();
    }

    internal static byte[] FromDer(byte[] der)
    {
        AsnReader reader = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        byte[] signature = new byte[64];
        ReferenceCurve.Write(reader.ReadInteger(), signature);
        ReferenceCurve.Write(reader.ReadInteger(), signature.AsSpan(32));
        return signature;
    }

    private static byte[] CipherToDer(ReadOnlySpan<byte> cipher)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(ReferenceCurve.Read(cipher[..32]));
            writer.WriteInteger(ReferenceCurve.Read(cipher.Slice(32, 32)));
            writer.WriteOctetString(cipher.Slice(64, 32));
            writer.WriteOctetString(cipher[96..]);
        }

        return writer.Encode();
    }

    private static byte[] CipherFromDer(byte[] der)
    {
        AsnReader reader = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        byte[] point = new byte[64];
        ReferenceCurve.Write(reader.ReadInteger(), point);
        ReferenceCurve.Write(reader.ReadInteger(), point.AsSpan(32));
        return [.. point, .. reader.ReadOctetString(), .. reader.ReadOctetString()];
    }
}
