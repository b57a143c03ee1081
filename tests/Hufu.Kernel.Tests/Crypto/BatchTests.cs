using Hufu.Crypto;
using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>The batches give what the single operations give, for every size and with bad items among good ones.</summary>
public class BatchTests
{
    [Fact]
    public void Signatures_of_every_batch_size_verify()
    {
        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        foreach (int count in new[] { 0, 1, 2, 3, 7, 8, 9, 16, 31, 32, 33, 70 })
        {
            byte[] digests = SecureRandom.GetBytes(32 * count), signatures = new byte[64 * count];
            Sm2Batch.SignDigests(key, digests, signatures);
            for (int i = 0; i < count; i++)
            {
                Assert.True(key.PublicKey.VerifyDigest(digests.AsSpan(32 * i, 32), signatures.AsSpan(64 * i, 64)));
            }

            Assert.Equal(count, Enumerable.Range(0, count).Select(i => Convert.ToHexString(signatures, 64 * i, 32)).Distinct().Count());
        }
    }

    [Fact]
    public void Verification_finds_the_bad_ones()
    {
        const int count = 37;
        Sm2PublicKey[] keys = new Sm2PublicKey[count];
        byte[] digests = SecureRandom.GetBytes(32 * count), signatures = new byte[64 * count];
        for (int i = 0; i < count; i++)
        {
            using Sm2PrivateKey key = Sm2PrivateKey.Generate();
            keys[i] = key.PublicKey;
            key.SignDigest(digests.AsSpan(32 * i, 32), signatures.AsSpan(64 * i));
        }

        bool[] valid = new bool[count];
        Assert.True(Sm2Batch.VerifyDigests(keys, digests, signatures, valid));
        Assert.DoesNotContain(false, valid);
        signatures.AsSpan(64 * 3, 32).Clear(); // r = 0
        signatures.AsSpan((64 * 9) + 32, 32).Fill(0xFF); // s > n
        digests[32 * 20] ^= 1;
        (keys[30], keys[31]) = (keys[31], keys[30]);
        Assert.False(Sm2Batch.VerifyDigests(keys, digests, signatures, valid));
        Assert.Equal([3, 9, 20, 30, 31], Enumerable.Range(0, count).Where(i => !valid[i]));
    }

    [Fact]
    public void Key_pairs_belong_together()
    {
        const int count = 41;
        byte[] d = new byte[32 * count], points = new byte[65 * count];
        Sm2Batch.GenerateKeyPairs(d, points);
        for (int i = 0; i < count; i++)
        {
            Assert.True(Sm2PrivateKey.TryImport(d.AsSpan(32 * i, 32), out Sm2PrivateKey? key));
            Assert.Equal(key.PublicKey.Encode(), points.AsSpan(65 * i, 65).ToArray());
            key.Dispose();
        }
    }

    [Fact]
    public void Decryption_opens_the_good_and_clears_the_bad()
    {
        const int count = 19, size = 96 + 32;
        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        byte[] plain = SecureRandom.GetBytes(32 * count), ciphertexts = new byte[size * count], opened = new byte[32 * count];
        for (int i = 0; i < count; i++)
        {
            key.PublicKey.Encrypt(plain.AsSpan(32 * i, 32), ciphertexts.AsSpan(size * i, size));
        }

        bool[] good = new bool[count];
        Assert.True(Sm2Batch.TryDecrypt(key, ciphertexts, size, opened, good));
        Assert.Equal(plain, opened);
        ciphertexts[(size * 4) + 1] ^= 1; // off the curve
        ciphertexts[(size * 10) + 70] ^= 1; // wrong digest
        Assert.False(Sm2Batch.TryDecrypt(key, ciphertexts, size, opened, good));
        plain.AsSpan(32 * 4, 32).Clear();
        plain.AsSpan(32 * 10, 32).Clear();
        Assert.Equal(plain, opened);
        Assert.Equal([4, 10], Enumerable.Range(0, count).Where(i => !good[i]));
    }

    [Fact]
    public void Encryption_of_every_batch_size_opens_with_each_recipients_key_alone()
    {
        foreach ((int count, int size) in new[] { (0, 1), (1, 16), (2, 16), (3, 16), (8, 32), (9, 1), (21, 16), (40, 48) })
        {
            Sm2PrivateKey[] keys = [.. Enumerable.Range(0, count).Select(_ => Sm2PrivateKey.Generate())];
            int whole = size + Sm2.CiphertextOverhead;
            byte[] plain = SecureRandom.GetBytes(size * count), ciphertexts = new byte[whole * count], opened = new byte[size];
            Sm2Batch.Encrypt([.. keys.Select(key => key.PublicKey)], plain, size, ciphertexts);
            for (int i = 0; i < count; i++)
            {
                Assert.True(keys[i].TryDecrypt(ciphertexts.AsSpan(whole * i, whole), opened));
                Assert.Equal(plain.AsSpan(size * i, size).ToArray(), opened);
                Assert.False(keys[(i + 1) % count].TryDecrypt(ciphertexts.AsSpan(whole * i, whole), opened) && count > 1);
            }

            Assert.Equal(count, Enumerable.Range(0, count).Select(i => Convert.ToHexString(ciphertexts, whole * i, 64)).Distinct().Count());
            Array.ForEach(keys, key => key.Dispose());
        }

        Assert.Throws<ArgumentException>(() => Sm2Batch.Encrypt([], new byte[1], 1, []));
    }

    [Fact]
    public void Halves_that_do_not_belong_together_are_found()
    {
        const int count = 35;
        byte[] d = new byte[32 * count], points = new byte[65 * count];
        Sm2Batch.GenerateKeyPairs(d, points);
        Assert.True(Sm2Batch.AreKeyPairs(d, points));
        d[(32 * 33) + 31] ^= 1;
        Assert.False(Sm2Batch.AreKeyPairs(d, points));
        Assert.True(Sm2Batch.AreKeyPairs(d.AsSpan(0, 32 * 33), points.AsSpan(0, 65 * 33)));
        d.AsSpan(0, 32).Clear();
        Assert.False(Sm2Batch.AreKeyPairs(d.AsSpan(0, 32), points.AsSpan(0, 65)));
        d.AsSpan(0, 32).Fill(0xFF);
        Assert.False(Sm2Batch.AreKeyPairs(d.AsSpan(0, 32), points.AsSpan(0, 65)));
    }

    [Fact]
    public void Digests_of_every_length_around_the_blocks()
    {
        foreach (int count in new[] { 1, 2, 3, 15, 16, 17, 40 })
        {
            for (int size = 1; size < 200; size += count == 17 ? 1 : 13)
            {
                byte[] messages = SecureRandom.GetBytes(count * size), digests = new byte[32 * count];
                Sm3Batch.HashData(messages, size, digests);
                for (int i = 0; i < count; i++)
                {
                    Assert.Equal(Sm3.HashData(messages.AsSpan(i * size, size)), digests.AsSpan(32 * i, 32).ToArray());
                }
            }
        }
    }

    [Fact]
    public void Many_texts_under_sm4_gcm_are_what_one_by_one_gives()
    {
        using Sm4Gcm gcm = new(SecureRandom.GetBytes(Sm4.KeySize));
        foreach ((int count, int size, int associated) in new[] { (0, 32, 0), (1, 1, 0), (2, 15, 7), (7, 16, 121), (16, 17, 64), (33, 32, 121), (130, 32, 121), (300, 48, 1), (20, 255, 200), (5, 256, 16) })
        {
            byte[] nonces = SecureRandom.GetBytes(12 * count), texts = SecureRandom.GetBytes(size * count), data = SecureRandom.GetBytes(associated * count), many = new byte[(size + 16) * count];
            gcm.EncryptMany(nonces, texts, size, many, data);
            for (int i = 0; i < count; i++)
            {
                byte[] one = new byte[size + 16];
                gcm.Encrypt(nonces.AsSpan(12 * i, 12), texts.AsSpan(size * i, size), one.AsSpan(0, size), one.AsSpan(size), data.AsSpan(associated * i, associated));
                Assert.Equal(one, many.AsSpan((size + 16) * i, size + 16).ToArray());
            }
        }

        byte[] room = new byte[200];
        Assert.Throws<ArgumentException>(() => gcm.EncryptMany(room.AsSpan(0, 12), room.AsSpan(12, 32), 0, room.AsSpan(50, 48)));
        Assert.Throws<ArgumentException>(() => gcm.EncryptMany(room.AsSpan(0, 12), new byte[257], 257, new byte[273]));
        Assert.Throws<ArgumentException>(() => gcm.EncryptMany(room.AsSpan(0, 13), room.AsSpan(13, 32), 32, new byte[48]));
        Assert.Throws<ArgumentException>(() => gcm.EncryptMany(room.AsSpan(0, 24), room.AsSpan(24, 64), 32, new byte[96], new byte[3]));
        Assert.Throws<ArgumentException>(() => gcm.EncryptMany(room.AsSpan(0, 12), room.AsSpan(12, 32), 32, room.AsSpan(40, 48)));
    }
}
