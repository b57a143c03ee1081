using System.Text.Json;
using Hufu.Crypto;
using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>C2SP/wycheproof: SM4-GCM, SM4-CCM and HMAC-SM3, read from ../shared/data beside the repository.</summary>
public class Wycheproof
{
    [Fact]
    public void Sm4_gcm() => Aead("sm4_gcm_test.json", (key, nonce, aad, message, tag) =>
    {
        using Sm4Gcm gcm = new(key);
        byte[] cipher = new byte[message.Length];
        gcm.Encrypt(nonce, message, cipher, tag, aad);
        return cipher;
    }, (key, nonce, aad, cipher, tag, plain) =>
    {
        using Sm4Gcm gcm = new(key);
        return gcm.TryDecrypt(nonce, cipher, tag, plain, aad);
    });

    [Fact]
    public void Sm4_ccm() => Aead("sm4_ccm_test.json", (key, nonce, aad, message, tag) =>
    {
        using Sm4Ccm ccm = new(key);
        byte[] cipher = new byte[message.Length];
        ccm.Encrypt(nonce, message, cipher, tag, aad);
        return cipher;
    }, (key, nonce, aad, cipher, tag, plain) =>
    {
        using Sm4Ccm ccm = new(key);
        return ccm.TryDecrypt(nonce, cipher, tag, plain, aad);
    });

    [Fact]
    public void Hmac_sm3()
    {
        int seen = 0;
        foreach (JsonElement test in Tests("hmac_sm3_test.json"))
        {
            byte[] mac = new byte[32], wanted = Hex(test, "tag");
            HmacSm3.HashData(Hex(test, "key"), Hex(test, "msg"), mac);
            Assert.Equal(test.GetProperty("result").GetString() == "valid", mac.AsSpan(0, wanted.Length).SequenceEqual(wanted));
            seen++;
        }

        Assert.Equal(174, seen);
    }

    private static void Aead(string file, Func<byte[], byte[], byte[], byte[], byte[], byte[]> encrypt, Func<byte[], byte[], byte[], byte[], byte[], byte[], bool> decrypt)
    {
        int seen = 0;
        foreach (JsonElement test in Tests(file))
        {
            byte[] key = Hex(test, "key"), nonce = Hex(test, "iv"), aad = Hex(test, "aad"), message = Hex(test, "msg"), cipher = Hex(test, "ct"), tag = Hex(test, "tag");
            byte[] opened = new byte[cipher.Length], made = new byte[tag.Length];
            string id = $"{file} {test.GetProperty("tcId").GetInt32()}";
            if (test.GetProperty("result").GetString() == "valid")
            {
                Assert.True(decrypt(key, nonce, aad, cipher, tag, opened), id);
                Assert.Equal(message, opened);
                Assert.Equal(cipher, encrypt(key, nonce, aad, message, made));
                Assert.Equal(tag, made);
            }
            else
            {
                // A wrong tag is answered with false, a parameter that the mode does not have with ArgumentException.
                bool taken;
                try
                {
                    taken = decrypt(key, nonce, aad, cipher, tag, opened);
                }
                catch (ArgumentException)
                {
                    taken = false;
                }

                Assert.False(taken, id);
                Assert.All(opened, octet => Assert.Equal(0, octet));
            }

            seen++;
        }

        Assert.True(seen > 100);
    }

    private static byte[] Hex(JsonElement test, string name) => Convert.FromHexString(test.GetProperty(name).GetString()!);

    private static IEnumerable<JsonElement> Tests(string file)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Hufu.slnx")))
        {
            folder = folder.Parent;
        }

        string path = Path.Combine(folder?.Parent?.FullName ?? "", "shared", "data", file);
        Assert.SkipUnless(folder is not null && File.Exists(path), $"{path} is not there");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                yield return test;
            }
        }
    }
}
