using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Hufu.Crypto;

/// <summary>Reads one entry of a table by reading all of them: neither the addresses touched nor the time depend on which.</summary>
internal static class MaskedSelection
{
    /// <summary>result = entries[index].</summary>
    /// <param name="table">Entries of <paramref name="words"/> words each.</param>
    /// <param name="words">Words of an entry.</param>
    /// <param name="index">Which, below the number of entries; secret.</param>
    /// <param name="result">Receives <paramref name="words"/> words.</param>
    internal static void Read(ReadOnlySpan<ulong> table, int words, uint index, Span<ulong> result)
    {
        ref ulong source = ref MemoryMarshal.GetReference(table);
        ref ulong target = ref MemoryMarshal.GetReference(result);
        int count = table.Length / words;
        nuint offset = 0;
        nuint length = (nuint)words;
        while (length - offset >= 8)
        {
            Vector256<ulong> low = default, high = default;
            for (int i = 0; i < count; i++)
            {
                Vector256<ulong> mask = Vector256.Create(U256.ZeroMask((uint)i ^ index));
                ref ulong entry = ref Unsafe.Add(ref source, ((nuint)i * length) + offset);
                low |= mask & Vector256.LoadUnsafe(ref entry);
                high |= mask & Vector256.LoadUnsafe(ref entry, 4);
            }

            low.StoreUnsafe(ref target, offset);
            high.StoreUnsafe(ref target, offset + 4);
            offset += 8;
        }

        for (; length - offset >= 2; offset += 2)
        {
            Vector128<ulong> two = default;
            for (int i = 0; i < count; i++)
            {
                Vector128<ulong> mask = Vector128.Create(U256.ZeroMask((uint)i ^ index));
                two |= mask & Vector128.LoadUnsafe(ref source, ((nuint)i * length) + offset);
            }

            two.StoreUnsafe(ref target, offset);
        }

        for (; offset < length; offset++)
        {
            ulong one = 0;
            for (int i = 0; i < count; i++)
            {
                one |= U256.ZeroMask((uint)i ^ index) & Unsafe.Add(ref source, ((nuint)i * length) + offset);
            }

            Unsafe.Add(ref target, offset) = one;
        }
    }
}
