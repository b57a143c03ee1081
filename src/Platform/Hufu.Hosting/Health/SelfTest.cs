using Hufu.Crypto;
using Hufu.Messaging;
using Hufu.Pki;

namespace Hufu.Hosting;

/// <summary>The outcome of one self-test.</summary>
/// <param name="Name">What was tested.</param>
/// <param name="Passed">Whether it passed.</param>
/// <param name="What">Plain words, no secrets.</param>
public sealed record SelfTestResult(string Name, bool Passed, string What);

/// <summary>
/// Self-tests, at every start and on demand: the kernel's known answers, its random source, and each room's keys in use (a signature by the device verifies under the certified key, what is enveloped to it opens).
/// One that fails puts the process into its secure state: nothing that changes anything is taken until it is started anew.
/// </summary>
public static class SelfTest
{
    private static volatile bool _failed;

    /// <summary>Whether the process is in its secure state.</summary>
    public static bool HasFailed => _failed;

    /// <summary>The kernel's known answers (GB/T 32905, 32907, 32918.5), and two draws of the random source that differ.</summary>
    public static SelfTestResult Kernel()
    {
        var healthy = KernelHealth.Check();
        var alive = healthy && !SecureRandom.GetBytes(32).AsSpan().SequenceEqual(SecureRandom.GetBytes(32));
        return Noted(new SelfTestResult("kernel", alive, healthy ? alive ? "SM2, SM3, SM4 give the standards' answers; the random source lives" : "the random source repeats itself" : "a known answer is wrong"));
    }

    /// <summary>A room's keys, as its device holds them, against each other and its certificates.</summary>
    public static IReadOnlyList<SelfTestResult> Of(RoomIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return
        [
            Noted(Signs($"{identity.Room} signing key", identity.Signer, identity.SigningCertificate)), Noted(Signs($"{identity.Room} audit key", identity.AuditSigner, identity.AuditCertificate)),
            Noted(Opens($"{identity.Room} encryption key", identity.Decryptor, identity.EncryptionCertificate)),
        ];
    }

    /// <summary>All of them for the rooms of a process.</summary>
    public static IReadOnlyList<SelfTestResult> Run(IReadOnlyList<RoomContext> contexts)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        return [Kernel(), .. contexts.SelectMany(context => Of(context.Identity))];
    }

    /// <summary>For the test of the refusal alone.</summary>
    internal static void Set(bool failed) => _failed = failed;

    private static SelfTestResult Noted(SelfTestResult result)
    {
        if (!result.Passed)
        {
            _failed = true;
        }

        return result;
    }

    private static SelfTestResult Signs(string name, ISigner signer, Certificate? certificate)
    {
        try
        {
            var data = SecureRandom.GetBytes(32);
            var key = certificate?.PublicKey ?? signer.PublicKey;
            return key.Verify(signer.Algorithm, data, signer.Sign(data)) ? new SelfTestResult(name, true, "signs, and the signature verifies") : new SelfTestResult(name, false, "its signature does not verify");
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return new SelfTestResult(name, false, fault.GetType().Name);
        }
    }

    private static SelfTestResult Opens(string name, IDecryptor decryptor, Certificate? certificate)
    {
        try
        {
            var data = SecureRandom.GetBytes(32);
            var key = certificate?.PublicKey ?? decryptor.PublicKey;
            return decryptor.Decrypt(Sm2Cipher.Encrypt(key.Sm2!, data).Encode()).AsSpan().SequenceEqual(data)
                ? new SelfTestResult(name, true, "opens what is enveloped to it") : new SelfTestResult(name, false, "opens something else");
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return new SelfTestResult(name, false, fault.GetType().Name);
        }
    }
}
