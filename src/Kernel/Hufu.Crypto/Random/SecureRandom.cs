using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>Random octets of the operating system, never pooled. Every random value of the platform comes from here.</summary>
public static class SecureRandom
{
    /// <summary>Fills <paramref name="destination"/>.</summary>
    /// <exception cref="CryptographicException">The random source failed its health test; private keys are refused from now on.</exception>
    public static void Fill(Span<byte> destination)
    {
        RandomNumberGenerator.Fill(destination);
        if (!EntropyHealth.Passes(destination))
        {
            CryptographicOperations.ZeroMemory(destination);
            KernelHealth.Fail();
            KernelHealth.Demand();
        }
    }

    /// <summary><paramref name="count"/> fresh random octets.</summary>
    public static byte[] GetBytes(int count)
    {
        byte[] octets = new byte[count];
        Fill(octets);
        return octets;
    }

    /// <summary>A new identifier: 128 random bits as 32 lower-case hexadecimal digits.</summary>
    public static string NewId()
    {
        Span<byte> octets = stackalloc byte[16];
        Fill(octets);
        return Convert.ToHexStringLower(octets);
    }

    /// <summary>A random integer from 1 to n − 2 by rejection: 2⁻³² of the draws are thrown away, and which says nothing about the one kept.</summary>
    internal static U256 NextScalar()
    {
        U256 limit = U256.N;
        limit.W0--;
        Span<byte> octets = stackalloc byte[32];
        while (true)
        {
            Fill(octets);
            U256 k = U256.Read(octets);
            if ((U256.LessMask(k, limit) & ~k.IsZeroMask) != 0)
            {
                CryptographicOperations.ZeroMemory(octets);
                return k;
            }
        }
    }
}
