using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>k·P for any point with AVX2: <see cref="VariableBase"/> with the products of each doubling and addition side by side (<see cref="ParallelPoint"/>); its argument and its complete last addition hold here too. Constant time in k.</summary>
internal static class ParallelWindows
{
    private const int VectorsPerEntry = 10;

    [InlineArray(VariableBase.Entries)]
    private struct Table
    {
        private ParallelPoint.Entry _first;
    }

    /// <summary>r = k·P, 1 ≤ k ≤ n − 1.</summary>
    [SkipLocalsInit]
    internal static void Multiply(in Affine<FieldElement> point, in U256 k, out Jacobian<FieldElement> r)
    {
        ulong even = (k.W0 & 1) - 1;
        U256 odd = U256.Select(even, Scalar.Negate(k), k);
        SignedDigits digits = new(odd, VariableBase.Width, VariableBase.Digits);
        Unsafe.SkipInit(out Table table);
        Fill(point, table);
        Select(table, digits.Get(VariableBase.Digits - 1, out ulong negative), negative, out ParallelPoint.Entry entry);
        ParallelPoint.From(entry, out ParallelPoint acc);
        for (int i = VariableBase.Digits - 2; i > 0; i--)
        {
            FiveDoublings(ref acc);
            Select(table, digits.Get(i, out negative), negative, out entry);
            ParallelPoint.Add(ref acc, entry);
        }

        FiveDoublings(ref acc);
        Select(table, digits.Get(0, out negative), negative, out entry);
        ParallelPoint.Get(ref acc, out r);
        ParallelPoint.Get(ref entry, out Jacobian<FieldElement> last);
        CurveFormulas<FieldElement>.Cache(last, out Cached<FieldElement> cached);
        VariableBase.AddComplete(ref r, cached);
        FieldElement.NegateIf(even, ref r.Y);
        digits.Clear();
        Scalar.Clear(ref odd);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<ParallelPoint>(ref acc)));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<ParallelPoint.Entry>(ref entry)));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<Jacobian<FieldElement>>(ref last)));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<Cached<FieldElement>>(ref cached)));
    }

    private static void FiveDoublings(ref ParallelPoint acc)
    {
        for (int j = 0; j < VariableBase.Width; j++)
        {
            ParallelPoint.Double(ref acc);
        }
    }

    // P, 3P, …, 31P: distinct multiples far below n.
    private static void Fill(in Affine<FieldElement> point, Span<ParallelPoint.Entry> table)
    {
        ParallelPoint.From(point, out ParallelPoint multiple);
        ParallelPoint.Cache(multiple, out table[0]);
        ParallelPoint twice = multiple;
        ParallelPoint.Double(ref twice);
        ParallelPoint.Cache(twice, out ParallelPoint.Entry step);
        for (int i = 1; i < table.Length; i++)
        {
            ParallelPoint.Add(ref multiple, step);
            ParallelPoint.Cache(multiple, out table[i]);
        }
    }

    // All of the table is read; masks keep one entry.
    private static void Select(ReadOnlySpan<ParallelPoint.Entry> table, uint index, ulong negative, out ParallelPoint.Entry entry)
    {
        Unsafe.SkipInit(out entry);
        ref Vector256<ulong> source = ref Unsafe.As<ParallelPoint.Entry, Vector256<ulong>>(ref MemoryMarshal.GetReference(table));
        ref Vector256<ulong> target = ref Unsafe.As<ParallelPoint.Entry, Vector256<ulong>>(ref entry);
        Keep(ref source, table.Length, index, 0, ref target);
        Keep(ref source, table.Length, index, 5, ref target);

        // T stands in lane 2 of the second half; a sign bit a limb.
        Vector256<ulong> sign = Vector256.Create(0, 0, negative & (1UL << 63), 0);
        for (int i = 5; i < VectorsPerEntry; i++)
        {
            Unsafe.Add(ref target, i) ^= sign;
        }
    }

    private static void Keep(ref Vector256<ulong> source, int entries, uint index, int first, ref Vector256<ulong> target)
    {
        Vector256<ulong> v0 = default, v1 = default, v2 = default, v3 = default, v4 = default, wanted = Vector256.Create((ulong)index);
        for (int i = 0; i < entries; i++)
        {
            Vector256<ulong> mask = Vector256.Equals(wanted, Vector256.Create((ulong)i));
            ref Vector256<ulong> entry = ref Unsafe.Add(ref source, (i * VectorsPerEntry) + first);
            v0 |= mask & entry;
            v1 |= mask & Unsafe.Add(ref entry, 1);
            v2 |= mask & Unsafe.Add(ref entry, 2);
            v3 |= mask & Unsafe.Add(ref entry, 3);
            v4 |= mask & Unsafe.Add(ref entry, 4);
        }

        Unsafe.Add(ref target, first) = v0;
        Unsafe.Add(ref target, first + 1) = v1;
        Unsafe.Add(ref target, first + 2) = v2;
        Unsafe.Add(ref target, first + 3) = v3;
        Unsafe.Add(ref target, first + 4) = v4;
    }
}
