using Hufu.Crypto;

/// <summary>Every operation of the kernel beside OpenSSL 3.0's (issue 3), on one thread, by process CPU time.</summary>
internal sealed class KernelBench : IBench
{
    private const int Batch = 32, Large = 16 * 1024, Leaf = 900;

    public string Name => "kernel";

    public string Title => $"the kernel ({KernelPath.Name} path) beside OpenSSL 3.0";

    public IEnumerable<BenchRow> Run() => [.. Signatures(), .. Keys(), .. Ciphers()];

    private static IEnumerable<BenchRow> Signatures()
    {
        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        byte[] digests = SecureRandom.GetBytes(32 * Batch), signatures = new byte[64 * Batch], der = new byte[80];
        nint peer = OpenSsl.GenerateKey(), sign = OpenSsl.Context(peer, "sign"), verify = OpenSsl.Context(peer, "verify");
        byte[] digest = digests[..32];
        int length = OpenSsl.Sign(sign, digest, der);
        byte[] theirs = der[..length];
        void PeerSign() => OpenSsl.Sign(sign, digest, der);
        void PeerVerify() => OpenSsl.Verify(verify, digest, theirs);
        yield return Measure.Pair("sign", () => key.SignDigest(digest, signatures), 1, PeerSign, 1);
        yield return Measure.Pair("sign-batch", () => Sm2Batch.SignDigests(key, digests, signatures), Batch, PeerSign, 1);

        Sm2PublicKey[] keys = new Sm2PublicKey[Batch];
        bool[] valid = new bool[Batch];
        for (int i = 0; i < Batch; i++)
        {
            using Sm2PrivateKey other = Sm2PrivateKey.Generate();
            keys[i] = other.PublicKey;
            other.SignDigest(digests.AsSpan(32 * i, 32), signatures.AsSpan(64 * i));
        }

        yield return Measure.Pair("verify", () => Demand(keys[0].VerifyDigest(digest, signatures.AsSpan(0, 64))), 1, PeerVerify, 1);
        yield return Measure.Pair("verify-batch", () => Demand(Sm2Batch.VerifyDigests(keys, digests, signatures, valid)), Batch, PeerVerify, 1);
        keys[1].Precompute();
        yield return Measure.Pair("verify-table", () => Demand(keys[1].VerifyDigest(digests.AsSpan(32, 32), signatures.AsSpan(64, 64))), 1, PeerVerify, 1);
    }

    private static IEnumerable<BenchRow> Keys()
    {
        byte[] privateKeys = new byte[32 * Batch], publicKeys = new byte[65 * Batch];
        yield return Measure.Pair("keypair", () => Sm2Batch.GenerateKeyPairs(privateKeys, publicKeys), Batch, () => OpenSsl.FreeKey(OpenSsl.GenerateKey()), 1);

        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        byte[] plain = SecureRandom.GetBytes(32), ciphertexts = new byte[128 * Batch], opened = new byte[32 * Batch], output = new byte[256];
        bool[] good = new bool[Batch];
        for (int i = 0; i < Batch; i++)
        {
            key.PublicKey.Encrypt(plain, ciphertexts.AsSpan(128 * i, 128));
        }

        nint peer = OpenSsl.GenerateKey(), encrypt = OpenSsl.Context(peer, "encrypt"), decrypt = OpenSsl.Context(peer, "decrypt");
        int length = OpenSsl.Encrypt(encrypt, plain, output);
        byte[] theirs = output[..length];
        void PeerDecrypt() => OpenSsl.Decrypt(decrypt, theirs, output);
        yield return Measure.Pair("decrypt", () => Demand(key.TryDecrypt(ciphertexts.AsSpan(0, 128), opened.AsSpan(0, 32))), 1, PeerDecrypt, 1);
        yield return Measure.Pair("decrypt-batch", () => Demand(Sm2Batch.TryDecrypt(key, ciphertexts, 128, opened, good)), Batch, PeerDecrypt, 1);
        yield return Measure.Pair("encrypt", () => key.PublicKey.Encrypt(plain, ciphertexts.AsSpan(0, 128)), 1, () => OpenSsl.Encrypt(encrypt, plain, output), 1);
    }

    private static IEnumerable<BenchRow> Ciphers()
    {
        byte[] text = SecureRandom.GetBytes(Large), output = new byte[Large], digest = new byte[32], tag = new byte[16], leaves = SecureRandom.GetBytes(64 * Leaf), digests = new byte[32 * 64];
        yield return Measure.Pair("sm3", () => Sm3.HashData(text, digest), 1, () => OpenSsl.Sm3(text, digest), 1);
        yield return Measure.Pair("sm3-many", () => Sm3Batch.HashData(leaves, Leaf, digests), 64, () => OpenSsl.Sm3(leaves.AsSpan(0, Leaf), digest), 1);

        byte[] key = SecureRandom.GetBytes(16), iv = SecureRandom.GetBytes(16);
        using Sm4 sm4 = new(key);
        using Sm4Gcm gcm = new(key);
        nint ctr = OpenSsl.CipherContext("ctr", key, iv, true), cbc = OpenSsl.CipherContext("cbc", key, iv, false);
        BenchRow first = Measure.Pair("sm4", () => sm4.TransformCtr(iv, text, output), 1, () => OpenSsl.Update(ctr, text, output), 1);
        BenchRow second = Measure.Pair("sm4", () => sm4.DecryptCbc(iv, text, output), 1, () => OpenSsl.Update(cbc, text, output), 1);
        yield return first.Ratio < second.Ratio ? first : second;
        yield return Measure.Pair("sm4-gcm", () => gcm.Encrypt(iv.AsSpan(0, 12), text, output, tag), 1, () => OpenSsl.Update(ctr, text, output), 1);
    }

    private static void Demand(bool right)
    {
        if (!right)
        {
            throw new InvalidOperationException("A result is wrong.");
        }
    }
}
