using System.Security.Cryptography;
using Hufu.Crypto;
using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>After a failure no private key is used. Alone in its collection, because while it runs no other test may sign.</summary>
[Collection("the kernel alone")]
public class FailedKernel
{
    [Fact]
    public void A_failed_kernel_refuses_private_keys()
    {
        using Sm2PrivateKey key = Sm2PrivateKey.Generate();
        byte[] e = new byte[32], signature = new byte[64];
        try
        {
            KernelHealth.Fail();
            Assert.False(KernelHealth.Check());
            Assert.Throws<CryptographicException>(() => key.SignDigest(e, signature));
            Assert.Throws<CryptographicException>(() => Sm2Batch.SignDigests(key, e, signature));
            Assert.Throws<CryptographicException>(() => Sm2PrivateKey.Generate());
            Assert.Throws<CryptographicException>(() => key.TryDecrypt(new byte[96], []));
            Assert.All(signature, octet => Assert.Equal(0, octet));
        }
        finally
        {
            KernelHealth.Forget();
        }

        Assert.True(KernelHealth.Check());
        key.SignDigest(e, signature);
    }
}
