using System.Runtime.CompilerServices;

namespace Hufu.Crypto;

/// <summary>
/// Places on the stack that begin at a multiple of 64 octets. The compiler puts a local at any multiple of 8: then each vector of eight doubles lies across two cache lines, is stored twice and is read again
/// only when both have reached the cache; eight-lane products wait for it a sixth of their time.
/// </summary>
internal static unsafe class LineAligned
{
    private const int Line = 64;

    /// <summary>Octets to take from the stack for a place of this type.</summary>
    internal static int Octets<T>()
        where T : unmanaged => sizeof(T) + Line - 1;

    /// <summary>The place, its content undefined.</summary>
    /// <param name="stack">What the caller took with <c>stackalloc</c>: the collector does not move it.</param>
    internal static ref T In<T>(Span<byte> stack)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stack.Length, Octets<T>());
        byte* first = (byte*)Unsafe.AsPointer(ref stack[0]);
        return ref *(T*)(((nuint)first + Line - 1) & ~(nuint)(Line - 1));
    }
}
