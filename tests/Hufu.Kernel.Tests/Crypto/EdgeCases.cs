using System.Numerics;
using Hufu.Crypto;
using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>What is malformed is refused; what is at the edge is right; nothing is allocated; a source that fails is seen.</summary>
public class EdgeCases
{
    private static readonly BigInteger P = ReferenceCurve.P, N = ReferenceCurve.N;

    [Fact]
    public void Private_keys_are_1_to_n_minus_2()
    {
        foreach ((BigInteger d, bool good) in new (BigInteger, bool)[] { (0, false), (1, true), (N - 2, true), (N - 1, false), (N, false), ((BigInteger.One << 256) - 1, false) })
        {
            Assert.Equal(good, Sm2PrivateKey.TryImport(Octets(d), out Sm2PrivateKey? key));
            if (key is not null)
            {
                byte[] signature = new byte[64], e = SecureRandom.GetBytes(32);
                key.SignDigest(e, signature);
                Assert.True(key.PublicKey.VerifyDigest(e, signature));
                key.Dispose();
                Assert.Throws<ObjectDisposedException>(() => key.SignDigest(e, signature));
            }
        }

        Assert.False(Sm2PrivateKey.TryImport(new byte[31], out _));
    }

    [Fact]
    public void Points_off_the_curve_or_out_of_range_are_refused()
    {
        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        byte[] point = key.PublicKey.Encode();
        Assert.True(Sm2PublicKey.TryDecode(point, out _));
        Assert.False(Sm2PublicKey.TryDecode(point.AsSpan(0, 64), out _));
        Assert.False(Sm2PublicKey.TryDecode(new byte[65], out _));
        byte[] zero = new byte[65];
        zero[0] = 4;
        Assert.False(Sm2PublicKey.TryDecode(zero, out _));
        for (int i = 0; i < 65; i++)
        {
            point[i] ^= 1;
            Assert.False(Sm2PublicKey.TryDecode(point, out _));
            point[i] ^= 1;
        }

        // Points with small x, and the same with x + p where that fits into 32 octets: refused.
        int found = 0;
        for (BigInteger x = 0; x < 60; x++)
        {
            BigInteger square = ReferenceCurve.Mod((((x * x) - 3) * x) + ReferenceCurve.B, P);
            BigInteger y = BigInteger.ModPow(square, (P + 1) / 4, P);
            if (y * y % P == square)
            {
                Assert.True(Sm2PublicKey.TryDecode([4, .. Octets(x), .. Octets(y)], out Sm2PublicKey? small));
                Assert.False(Sm2PublicKey.TryDecode([4, .. Octets(x + P), .. Octets(y)], out _));
                Assert.Equal([4, .. Octets(x), .. Octets(y)], small.Encode());
                found++;
            }
        }

        Assert.True(found > 10);
    }

    [Fact]
    public void Signatures_out_of_range_are_refused()
    {
        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        byte[] e = SecureRandom.GetBytes(32), good = new byte[64];
        key.SignDigest(e, good);
        BigInteger r = ReferenceCurve.Read(good.AsSpan(0, 32)), s = ReferenceCurve.Read(good.AsSpan(32));
        BigInteger top = (BigInteger.One << 256) - 1;
        foreach ((BigInteger a, BigInteger b) in new[] { (0, s), (r, 0), (N, s), (r, N), (N + 1, s), (r, N + 1), (top, top), (r, N - r), (1, N - 1), (N - 1, 1), (1, 1), (N - 1, N - 1) })
        {
            byte[] signature = [.. Octets(a), .. Octets(b)];
            Assert.False(key.PublicKey.VerifyDigest(e, signature));
            bool[] valid = new bool[4];
            Assert.False(Sm2Batch.VerifyDigests([key.PublicKey, key.PublicKey, key.PublicKey, key.PublicKey], [.. e, .. e, .. e, .. e], [.. good, .. signature, .. good, .. good], valid));
            Assert.Equal([true, false, true, true], valid);
        }

        key.PublicKey.Precompute();
        Assert.True(key.PublicKey.VerifyDigest(e, good));
        Assert.False(key.PublicKey.VerifyDigest(e, good.AsSpan(0, 63)));
    }

    [Fact]
    public void Verification_of_made_up_signatures_agrees_with_plain_integers()
    {
        // t·P and s·G chosen so that their sum doubles, cancels or is ordinary: d = 1 makes P = G.
        foreach (BigInteger d in new BigInteger[] { 1, 2, N - 2, 12345 })
        {
            Assert.True(Sm2PrivateKey.TryImport(Octets(d), out Sm2PrivateKey? key));
            for (int i = 0; i < 12; i++)
            {
                BigInteger s = 1 + i, t = i % 3 == 0 ? s : i % 3 == 1 ? ReferenceCurve.Mod(-s * ReferenceCurve.Invert(d, N), N) : 77;
                BigInteger r = ReferenceCurve.Mod(t - s, N), k = (s + (t * d)) % N;
                byte[] e = new byte[32];
                bool wanted = false;
                if (!k.IsZero)
                {
                    BigInteger x = ReferenceCurve.Point.From(ReferenceCurve.G).Multiply(k).ToAffine().X;
                    ReferenceCurve.Write(ReferenceCurve.Mod(r - x, N), e);
                    wanted = !r.IsZero;
                }

                byte[] signature = [.. Octets(r), .. Octets(s)];
                Assert.Equal(wanted, key.PublicKey.VerifyDigest(e, signature));
                Assert.True(Sm2PublicKey.TryDecode(key.PublicKey.Encode(), out Sm2PublicKey? table));
                table.Precompute();
                Assert.Equal(wanted, table.VerifyDigest(e, signature));
            }

            key.Dispose();
        }
    }

    [Fact]
    public void Ciphertexts_changed_anywhere_are_refused()
    {
        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        byte[] plain = SecureRandom.GetBytes(20), cipher = new byte[116], opened = new byte[20];
        key.PublicKey.Encrypt(plain, cipher);
        for (int i = 0; i < cipher.Length; i++)
        {
            cipher[i] ^= 4;
            Assert.False(key.TryDecrypt(cipher, opened));
            cipher[i] ^= 4;
        }

        Assert.True(key.TryDecrypt(cipher, opened));
        Assert.False(key.TryDecrypt(cipher.AsSpan(0, 95), []));
        Assert.Throws<ArgumentException>(() => key.TryDecrypt(cipher, opened.AsSpan(1)));
        byte[] empty = new byte[96];
        key.PublicKey.Encrypt([], empty);
        Assert.True(key.TryDecrypt(empty, []));
    }

    [Fact]
    public void Memory_that_overlaps_is_refused_unless_it_is_in_place()
    {
        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        byte[] memory = new byte[400], nonce = new byte[12], tag = new byte[16], plain = SecureRandom.GetBytes(32);
        Assert.Throws<ArgumentException>(() => key.PublicKey.Encrypt(memory.AsSpan(96, 32), memory.AsSpan(0, 128)));
        key.PublicKey.Encrypt(plain, memory.AsSpan(0, 128));
        Assert.Throws<ArgumentException>(() => key.TryDecrypt(memory.AsSpan(0, 128), memory.AsSpan(64, 32)));
        Assert.True(key.TryDecrypt(memory.AsSpan(0, 128), memory.AsSpan(96, 32)));
        Assert.Equal(plain, memory[96..128]);
        Assert.Throws<ArgumentException>(() => Sm2Batch.SignDigests(key, memory.AsSpan(0, 32), memory.AsSpan(16, 64)));
        Assert.Throws<ArgumentException>(() => Sm2Batch.Encrypt([key.PublicKey], memory.AsSpan(0, 32), 32, memory.AsSpan(31, 128)));

        using Sm4 sm4 = new(nonce.Concat(nonce).Take(16).ToArray());
        using Sm4Gcm gcm = new(tag);
        using Sm4Ccm ccm = new(tag);
        Assert.Throws<ArgumentException>(() => sm4.EncryptEcb(memory.AsSpan(0, 64), memory.AsSpan(16, 64)));
        Assert.Throws<ArgumentException>(() => sm4.DecryptCbc(tag, memory.AsSpan(16, 64), memory.AsSpan(0, 64)));
        Assert.Throws<ArgumentException>(() => sm4.TransformCtr(tag, memory.AsSpan(1, 64), memory.AsSpan(0, 64)));
        Assert.Throws<ArgumentException>(() => gcm.Encrypt(nonce, memory.AsSpan(1, 64), memory.AsSpan(0, 64), tag));
        Assert.Throws<ArgumentException>(() => gcm.Encrypt(nonce, memory.AsSpan(0, 64), memory.AsSpan(0, 64), memory.AsSpan(60, 16)));
        Assert.Throws<ArgumentException>(() => ccm.Encrypt(nonce, memory.AsSpan(1, 64), memory.AsSpan(0, 64), tag));
        plain.CopyTo(memory, 0);
        gcm.Encrypt(nonce, memory.AsSpan(0, 32), memory.AsSpan(0, 32), memory.AsSpan(32, 16));
        Assert.True(gcm.TryDecrypt(nonce, memory.AsSpan(0, 32), memory.AsSpan(32, 16), memory.AsSpan(0, 32)));
        Assert.Equal(plain, memory[..32]);
    }

    [Fact]
    public void Of_the_frameworks_cryptography_only_random_octets_and_comparison_are_used()
    {
        // No ECDSA, no P-256, no RSA, no SHA, no AES of others in this zone: the assembly names every type of others that it uses.
        string[] allowed = ["CryptographicException", "CryptographicOperations", "RandomNumberGenerator"];
        using FileStream file = File.OpenRead(typeof(Sm2).Assembly.Location);
        using System.Reflection.PortableExecutable.PEReader image = new(file);
        System.Reflection.Metadata.MetadataReader reader = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(image);
        string[] used = [.. reader.TypeReferences.Select(reader.GetTypeReference)
            .Where(type => reader.GetString(type.Namespace).StartsWith("System.Security.Cryptography", StringComparison.Ordinal))
            .Select(type => reader.GetString(type.Name)).Order(StringComparer.Ordinal)];
        Assert.Equal(allowed, used);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        byte[] e = new byte[32], signature = new byte[64], cipher = new byte[128], plain = new byte[32], block = new byte[64], tag = new byte[16];
        using Sm4Gcm gcm = new(e.AsSpan(0, 16));
        using Sm4Ccm ccm = new(e.AsSpan(0, 16));
        void All()
        {
            key.SignDigest(e, signature);
            key.PublicKey.VerifyDigest(e, signature);
            key.PublicKey.Encrypt(plain, cipher);
            key.TryDecrypt(cipher, plain);
            Sm3.HashData(cipher, e);
            HmacSm3.HashData(e, cipher, e);
            Pbkdf2Sm3.DeriveKey(e, e, 2, plain);
            gcm.Encrypt(e.AsSpan(0, 12), cipher.AsSpan(0, 64), block, tag);
            ccm.Encrypt(e.AsSpan(0, 12), cipher.AsSpan(0, 64), block, tag);
        }

        All();
        long before = GC.GetAllocatedBytesForCurrentThread();
        All();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Nonces_differ_by_entropy_and_by_digest()
    {
        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        byte[] e = new byte[32], signature = new byte[64];
        HashSet<string> seen = [];
        for (int i = 0; i < 500; i++)
        {
            e[0] = (byte)(i & 1);
            key.SignDigest(e, signature);
            Assert.True(seen.Add(Convert.ToHexString(signature, 0, 32)));
        }
    }

    [Fact]
    public void The_random_source_is_watched()
    {
        Assert.True(EntropyHealth.Passes(SecureRandom.GetBytes(1 << 20)));
        Assert.False(EntropyHealth.Passes(new byte[4096]));
        byte[] few = SecureRandom.GetBytes(4096);
        for (int i = 0; i < few.Length; i++)
        {
            few[i] &= 7;
        }

        Assert.False(EntropyHealth.Passes(few));
        byte[] run = SecureRandom.GetBytes(4096);
        run.AsSpan(1000, 12).Fill(0x5A);
        Assert.False(EntropyHealth.Passes(run));
    }

    private static byte[] Octets(BigInteger value)
    {
        byte[] octets = new byte[32];
        ReferenceCurve.Write(value, octets);
        return octets;
    }
}
