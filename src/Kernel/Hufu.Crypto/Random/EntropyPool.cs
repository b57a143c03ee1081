using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>Entropy for hedging nonces: a page of the operating system's random octets for each thread, each octet given out once and wiped. Saves a system call a signature.</summary>
/// <remarks>
/// For <see cref="Sm2Nonce"/> only. A copy of the process (fork, snapshot of the virtual machine) copies the page; a nonce then still differs wherever message or key differ, because it is a keyed
/// function of both. What has no such second leg (keys, ephemeral scalars of encryption, identifiers) is drawn from the operating system directly.
/// </remarks>
internal static class EntropyPool
{
    private const int Size = 4096;

    [ThreadStatic]
    private static byte[]? _page;

    [ThreadStatic]
    private static int _left;

    /// <summary>Fills <paramref name="destination"/> (at most 4096 octets) and wipes what was taken.</summary>
    /// <exception cref="CryptographicException">The random source failed its health test: the kernel is done for.</exception>
    internal static void Take(Span<byte> destination)
    {
        if (_left < destination.Length)
        {
            Refill();
        }

        Span<byte> taken = _page.AsSpan(Size - _left, destination.Length);
        taken.CopyTo(destination);
        CryptographicOperations.ZeroMemory(taken);
        _left -= destination.Length;
    }

    private static void Refill()
    {
        _page ??= GC.AllocateArray<byte>(Size, pinned: true);
        SystemEntropy.Fill(_page);
        if (!EntropyHealth.Passes(_page))
        {
            KernelHealth.Fail();
            KernelHealth.Demand();
        }

        _left = Size;
    }
}
