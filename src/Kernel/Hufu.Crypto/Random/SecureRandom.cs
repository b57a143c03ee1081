using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>Random octets of the operating system (<see cref="SystemEntropy"/>), never pooled: safe over fork and snapshot. Every random value of the platform comes from here.</summary>
public static class SecureRandom
{
    /// <summary>Fills <paramref name="destination"/>.</summary>
    /// <exception cref="CryptographicException">The random source failed its health test; private keys are refused from now on.</exception>
    public static void Fill(Span<byte> destination)
    {
        SystemEntropy.Fill(destination);
        if (!EntropyHealth.Passes(destination))
        {
            CryptographicOperations.ZeroMemory(destination);
            KernelHealth.Fail();
            KernelHealth.Demand();
        }
    }

    /// <summary><paramref name="count"/> fresh random octets.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="CryptographicException">The random source failed its health test; private keys are refused from now on.</exception>
    public static byte[] GetBytes(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        byte[] octets = new byte[count];
        Fill(octets);
        return octets;
    }

    /// <summary>A new identifier: 128 random bits as 32 lower-case hexadecimal digits.</summary>
    /// <exception cref="CryptographicException">The random source failed its health test; private keys are refused from now on.</exception>
    public static string NewId()
    {
        Span<byte> octets = stackalloc byte[16];
        Fill(octets);
        return Convert.ToHexStringLower(octets);
    }

    /// <summary>A random integer from 1 to n − 2.</summary>
    internal static U256 NextScalar()
    {
        U256 k = default;
        FillScalars(new Span<U256>(ref k));
        return k;
    }

    /// <summary>Random integers from 1 to n − 2 by rejection, with one call of the operating system where none is rejected: 2⁻³² of the draws are, and which says nothing about the ones kept.</summary>
    internal static void FillScalars(Span<U256> scalars)
    {
        U256 limit = U256.N;
        limit.W0--;
        Fill(MemoryMarshal.AsBytes(scalars));
        for (int i = 0; i < scalars.Length; i++)
        {
            while ((U256.LessMask(scalars[i], limit) & ~scalars[i].IsZeroMask) == 0)
            {
                Fill(MemoryMarshal.AsBytes(scalars.Slice(i, 1)));
            }
        }
    }
}
