using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <summary>The signed odd digits of eight scalars, an octet a digit: digit i of lane l at 8i + l.</summary>
internal static class LaneDigits
{
    /// <summary>Fills the digits of the odd ones of k and n − k.</summary>
    /// <returns>All ones in the lanes where n − k was taken.</returns>
    internal static Vector512<ulong> Fill(ReadOnlySpan<U256> k, int width, int count, Span<byte> digits)
    {
        Span<ulong> even = stackalloc ulong[FieldElement8.Lanes];
        for (int lane = 0; lane < FieldElement8.Lanes; lane++)
        {
            even[lane] = (k[lane].W0 & 1) - 1;
            U256 odd = U256.Select(even[lane], Scalar.Negate(k[lane]), k[lane]);
            SignedDigits signed = new(odd, width, count);
            for (int i = 0; i < count; i++)
            {
                digits[(FieldElement8.Lanes * i) + lane] = signed.Raw(i);
            }

            signed.Clear();
            Scalar.Clear(ref odd);
        }

        return Vector512.Create<ulong>(even);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<long> Read(ReadOnlySpan<byte> digits, int i) =>
        Avx512F.ConvertToVector512Int64(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(in digits[FieldElement8.Lanes * i])).AsByte());
}
