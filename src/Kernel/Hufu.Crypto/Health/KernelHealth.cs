using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>Whether the kernel may use private keys: only after its self-tests have passed in this process, and never again after a test of it or of the random source has failed.</summary>
public static class KernelHealth
{
    private const int Untested = 0, Usable = 1, Failed = 2;

    private static readonly Lock Testing = new();
    private static volatile int _state = Untested;

    /// <summary>Runs the self-tests unless they have run, and says whether private keys may be used.</summary>
    /// <returns>False for the rest of the process's life after any failure.</returns>
    public static bool Check()
    {
        if (_state == Untested)
        {
            lock (Testing)
            {
                if (_state == Untested && SelfTests.Pass())
                {
                    _state = Usable;
                }
                else if (_state == Untested)
                {
                    _state = Failed;
                }
            }
        }

        return _state == Usable;
    }

    /// <summary>Stands before every use of a private key.</summary>
    /// <exception cref="CryptographicException">A self-test or the health test of the random source has failed.</exception>
    internal static void Demand()
    {
        if (_state != Usable && !Check())
        {
            throw new CryptographicException("The cryptographic kernel has failed a self-test and refuses to work; restart it on a sound machine.");
        }
    }

    /// <summary>Records a failure, for good.</summary>
    internal static void Fail() => _state = Failed;

    /// <summary>For the test of the refusal alone.</summary>
    internal static void Forget() => _state = Untested;
}
