using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>PBKDF2 (RFC 8018 clause 5.2) with HMAC-SM3.</summary>
public static class Pbkdf2Sm3
{
    /// <summary>Fills <paramref name="destination"/> with key material from a password.</summary>
    /// <param name="password">The password's octets.</param>
    /// <param name="salt">The salt.</param>
    /// <param name="iterations">How many codes are chained for each 32 octets; at least 1.</param>
    /// <param name="destination">Any length.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="iterations"/> is less than 1.</exception>
    public static void DeriveKey(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        HmacSm3State mac = default;
        mac.SetKey(password);
        Span<byte> u = stackalloc byte[Sm3.HashSizeInBytes];
        Span<byte> t = stackalloc byte[Sm3.HashSizeInBytes];
        Span<byte> index = stackalloc byte[4];
        for (uint block = 1; !destination.IsEmpty; block++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(index, block);
            mac.Append(salt);
            mac.Append(index);
            mac.Finish(u);
            u.CopyTo(t);
            for (int i = 1; i < iterations; i++)
            {
                mac.Append(u);
                mac.Finish(u);
                for (int j = 0; j < t.Length; j++)
                {
                    t[j] ^= u[j];
                }
            }

            int take = Math.Min(t.Length, destination.Length);
            t[..take].CopyTo(destination);
            destination = destination[take..];
        }

        mac.Clear();
        CryptographicOperations.ZeroMemory(u);
        CryptographicOperations.ZeroMemory(t);
    }
}
