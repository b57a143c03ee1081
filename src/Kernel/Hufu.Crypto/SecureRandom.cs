using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>Random octets of the operating system. Every random value of the platform comes from here.</summary>
public static class SecureRandom
{
    /// <summary>Fills <paramref name="destination"/>.</summary>
    public static void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);

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
}
