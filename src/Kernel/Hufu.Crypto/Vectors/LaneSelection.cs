using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hufu.Crypto;

/// <summary>Picks an entry a lane from a table of points in lanes: every entry is read, masks keep one.</summary>
internal static class LaneSelection
{
    private const int VectorsPerPoint = 25;

    /// <summary>entry = the one that the raw digit of <see cref="SignedDigits"/> names, lane by lane, negated where the digit is negative.</summary>
    internal static void Read(ReadOnlySpan<Cached<FieldElement8>> table, int width, Vector512<long> raw, out Cached<FieldElement8> entry)
    {
        Vector512<long> negative = (raw >> (width - 1)) - Vector512<long>.One;
        Vector512<long> index = (raw ^ negative) & Vector512.Create((1L << (width - 1)) - 1);
        entry = table[0];
        ref Vector512<double> target = ref Unsafe.As<Cached<FieldElement8>, Vector512<double>>(ref entry);
        for (int limb = 0; limb < VectorsPerPoint; limb += 5)
        {
            Keep(table, index, limb, ref target);
        }

        FieldElement8.NegateIf(negative.AsUInt64(), ref entry.Y);
    }

    private static void Keep(ReadOnlySpan<Cached<FieldElement8>> table, Vector512<long> index, int first, ref Vector512<double> target)
    {
        Vector512<double> v0 = default, v1 = default, v2 = default, v3 = default, v4 = default;
        for (int i = 0; i < table.Length; i++)
        {
            Vector512<double> mask = Vector512.Equals(index, Vector512.Create((long)i)).AsDouble();
            ref Vector512<double> entry = ref Unsafe.Add(ref Unsafe.As<Cached<FieldElement8>, Vector512<double>>(ref Unsafe.AsRef(in table[i])), first);
            v0 = Vector512.ConditionalSelect(mask, entry, v0);
            v1 = Vector512.ConditionalSelect(mask, Unsafe.Add(ref entry, 1), v1);
            v2 = Vector512.ConditionalSelect(mask, Unsafe.Add(ref entry, 2), v2);
            v3 = Vector512.ConditionalSelect(mask, Unsafe.Add(ref entry, 3), v3);
            v4 = Vector512.ConditionalSelect(mask, Unsafe.Add(ref entry, 4), v4);
        }

        Unsafe.Add(ref target, first) = v0;
        Unsafe.Add(ref target, first + 1) = v1;
        Unsafe.Add(ref target, first + 2) = v2;
        Unsafe.Add(ref target, first + 3) = v3;
        Unsafe.Add(ref target, first + 4) = v4;
    }
}
