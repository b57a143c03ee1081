using System.Text;
using Hufu.Crypto;
using Hufu.EndToEnd.Tests.Judges;
using Hufu.Pki;

namespace Hufu.EndToEnd.Tests;

/// <summary>An SM2 ciphertext of ours is opened by the openssl command, with a key that it made.</summary>
public sealed class Sm2CipherTests
{
    [Theory]
    [InlineData("x")]
    [InlineData("encryption standard")]
    [InlineData("一把会话密钥，长于一个分组，因此密钥派生函数要转好几轮。一把会话密钥，长于一个分组。")]
    public async Task Openssl_pkeyutl_decrypts_our_ciphertext(string text)
    {
        using OpenSsl openssl = new();
        (string keyFile, byte[] point) = await openssl.GenerateKeyAsync();
        Assert.True(Sm2PublicKey.TryDecode(point, out Sm2PublicKey? key));
        byte[] cipher = Sm2Cipher.Encrypt(key, Encoding.UTF8.GetBytes(text)).Encode();
        Assert.Equal(text, Encoding.UTF8.GetString(await openssl.DecryptAsync(keyFile, cipher)));

        cipher[^1] ^= 1;
        await Assert.ThrowsAnyAsync<Exception>(() => openssl.DecryptAsync(keyFile, cipher));
    }
}
