using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <summary>The high half of a 64 × 64 bit product.</summary>
/// <remarks>
/// .NET has no add-with-carry and keeps the low half of its wide products in memory, so the arithmetic here asks for the two halves apart: this one by MULX, the low one by an ordinary
/// multiplication. The processor's manual gives both a latency that does not depend on the operands.
/// </remarks>
internal static class WideProduct
{
    /// <summary>⌊a·b / 2⁶⁴⌋.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong High(ulong a, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);
}
