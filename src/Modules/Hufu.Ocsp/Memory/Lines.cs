using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Ocsp.Memory;

/// <summary>Asks the processor for cache lines that are needed soon; only a hint, nothing depends on it.</summary>
internal static unsafe class Lines
{
    /// <summary>Bytes of a line, nearly everywhere.</summary>
    public const int Size = 64;

    /// <summary>The beginning of an object: its first fields, or an array's length and first elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(object? needed)
    {
        if (Sse.IsSupported)
        {
            // The collector may move it meanwhile: then the hint was in vain. An address that is nobody's does no harm.
            Sse.Prefetch0((void*)*(nint*)Unsafe.AsPointer(ref needed));
        }
    }

    /// <summary>The line of a byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(ref byte needed)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref needed));
        }
    }

    /// <summary>Where an object lies now; the collector may move it any time.</summary>
    public static nint Address(object one) => *(nint*)Unsafe.AsPointer(ref one);
}
