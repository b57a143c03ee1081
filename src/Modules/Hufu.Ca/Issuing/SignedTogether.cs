using Hufu.Ca.Authorities;
using Hufu.Ca.Rules;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Ca.Issuing;

/// <summary>Steps 8 and 9 of many: signed in one go where the device can, then compared with what was linted and verified under the CA's certificate (R10).</summary>
internal static class SignedTogether
{
    /// <summary>Signs the bytes of commit B of each.</summary>
    /// <exception cref="InvalidOperationException">A signature does not verify, or covers other bytes: the device or the memory failed; nothing leaves.</exception>
    public static void Sign(IReadOnlyList<IssuingTask> tasks, Authority authority)
    {
        if (authority.Signer is not IBatchSigner signer || authority.Certificate.PublicKey.Sm2 is not { } key)
        {
            foreach (var task in tasks)
            {
                task.Signing = One(task.Intent!.SignTbs!);
                task.Encryption = task.Intent.EncTbs is { } other ? One(other) : null;
            }

            return;
        }

        List<byte[]> tbs = [.. tasks.SelectMany(task => task.Intent!.EncTbs is { } other ? new[] { task.Intent.SignTbs!, other } : [task.Intent.SignTbs!])];
        byte[] digests = new byte[tbs.Count * Sm3.HashSizeInBytes], signatures = new byte[tbs.Count * Sm2.SignatureSize];
        for (var i = 0; i < tbs.Count; i++)
        {
            key.ComputeDigest(Sm2.DefaultId, tbs[i], digests.AsSpan(i * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes));
        }

        signer.SignDigests(digests, signatures);
        var at = 0;
        foreach (var task in tasks)
        {
            task.Signing = Assemble();
            task.Encryption = task.Intent!.EncTbs is null ? null : Assemble();
        }

        Certificate One(byte[] bytes)
        {
            var certificate = Certificate.Assemble(bytes, authority.Signer.Algorithm, authority.Signer.Sign(bytes));
            SignedEqualsLinted.Demand(bytes, certificate, authority.Certificate.PublicKey);
            return certificate;
        }

        // The comparison goes over the certificate as it leaves: its own bytes are hashed again.
        Certificate Assemble()
        {
            var certificate = Certificate.Assemble(tbs[at], authority.Signer.Algorithm, Sm2SignatureValue.Encode(signatures.AsSpan(at * Sm2.SignatureSize, Sm2.SignatureSize)));
            SignedEqualsLinted.Demand(tbs[at++], certificate, authority.Certificate.PublicKey);
            return certificate;
        }
    }
}
