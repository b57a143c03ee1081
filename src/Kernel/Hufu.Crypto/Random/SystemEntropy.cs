using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>Random octets that neither a fork nor a restored snapshot of the virtual machine repeats.</summary>
/// <remarks>
/// .NET on Linux takes its random octets from OpenSSL's generator, whose state lies in the process: after a fork it is seeded afresh, after a snapshot of the machine not at once. So the kernel's own octets (getrandom(2), which the
/// hypervisor's generation counter seeds afresh) are added by exclusive or: the sum is as good as the better of the two. Elsewhere .NET's source is the operating system's already.
/// </remarks>
internal static partial class SystemEntropy
{
    private const int Piece = 256; // so much comes whole, whatever signals arrive

    /// <summary>Fills <paramref name="destination"/>.</summary>
    /// <exception cref="CryptographicException">The system gives no random octets.</exception>
    internal static void Fill(Span<byte> destination)
    {
        RandomNumberGenerator.Fill(destination);
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Span<byte> octets = stackalloc byte[Piece];
        for (; !destination.IsEmpty; destination = destination[Math.Min(Piece, destination.Length)..])
        {
            Span<byte> piece = octets[..Math.Min(Piece, destination.Length)];
            if (GetRandom(ref MemoryMarshal.GetReference(piece), (nuint)piece.Length, 0) != piece.Length)
            {
                throw new CryptographicException("The system gives no random octets (getrandom).");
            }

            for (int i = 0; i < piece.Length; i++)
            {
                destination[i] ^= piece[i];
            }
        }

        CryptographicOperations.ZeroMemory(octets);
    }

    [LibraryImport("libc", EntryPoint = "getrandom")]
    private static partial nint GetRandom(ref byte buffer, nuint length, uint flags);
}
