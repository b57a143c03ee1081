using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <summary>SM4 over independent blocks: sixteen at a time where the processor has the instructions, else four. Constant time.</summary>
internal static partial class Sm4Blocks
{
    private const int FourBlocks = 4 * Sm4.BlockSize, SixteenBlocks = 16 * Sm4.BlockSize;

    /// <summary>τ: the S-box on each octet of a word.</summary>
    internal static uint Substitute(uint x) => Sm4SBox.Substitute(Vector128.CreateScalar(x).AsByte()).AsUInt32().ToScalar();

    /// <summary>Enciphers or deciphers whole blocks; source and destination are the same memory or do not overlap.</summary>
    internal static void Transform(ReadOnlySpan<uint> roundKeys, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        ref uint keys = ref MemoryMarshal.GetReference(roundKeys);
        int at = 0;
#if NET10_0_OR_GREATER
        if (Sm4SBox.IsWide)
        {
            for (; source.Length - at >= SixteenBlocks; at += SixteenBlocks)
            {
                Sixteen(ref keys, ref Unsafe.Add(ref from, at), ref Unsafe.Add(ref to, at));
            }
        }
#endif
        if (Sm4SBox.HasRounds && Avx2.IsSupported)
        {
            for (; source.Length - at >= SixteenBlocks; at += SixteenBlocks)
            {
                SixteenByRounds(ref keys, ref Unsafe.Add(ref from, at), ref Unsafe.Add(ref to, at));
            }
        }

        for (; source.Length - at >= FourBlocks; at += FourBlocks)
        {
            Four(ref keys, ref Unsafe.Add(ref from, at), ref Unsafe.Add(ref to, at));
        }

        if (at < source.Length)
        {
            Span<byte> few = stackalloc byte[FourBlocks];
            few.Clear();
            source[at..].CopyTo(few);
            Four(ref keys, ref few[0], ref few[0]);
            few[..(source.Length - at)].CopyTo(destination[at..]);
            few.Clear();
        }
    }

    // Word i of the four blocks in one register; GB/T 32907 clause 7.1.
    private static void Four(ref uint keys, ref byte from, ref byte to)
    {
        Vector128<byte> order = Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
        Vector128<uint> x0 = Vector128.Shuffle(Vector128.LoadUnsafe(ref from), order).AsUInt32();
        Vector128<uint> x1 = Vector128.Shuffle(Vector128.LoadUnsafe(ref from, 16), order).AsUInt32();
        Vector128<uint> x2 = Vector128.Shuffle(Vector128.LoadUnsafe(ref from, 32), order).AsUInt32();
        Vector128<uint> x3 = Vector128.Shuffle(Vector128.LoadUnsafe(ref from, 48), order).AsUInt32();
        Transpose(ref x0, ref x1, ref x2, ref x3);
        for (int i = 0; i < Sm4KeySchedule.Rounds; i += 4)
        {
            x0 ^= Round(x1 ^ x2 ^ x3 ^ Vector128.Create(Unsafe.Add(ref keys, i)));
            x1 ^= Round(x2 ^ x3 ^ x0 ^ Vector128.Create(Unsafe.Add(ref keys, i + 1)));
            x2 ^= Round(x3 ^ x0 ^ x1 ^ Vector128.Create(Unsafe.Add(ref keys, i + 2)));
            x3 ^= Round(x0 ^ x1 ^ x2 ^ Vector128.Create(Unsafe.Add(ref keys, i + 3)));
        }

        Transpose(ref x3, ref x2, ref x1, ref x0);
        Vector128.Shuffle(x3.AsByte(), order).StoreUnsafe(ref to);
        Vector128.Shuffle(x2.AsByte(), order).StoreUnsafe(ref to, 16);
        Vector128.Shuffle(x1.AsByte(), order).StoreUnsafe(ref to, 32);
        Vector128.Shuffle(x0.AsByte(), order).StoreUnsafe(ref to, 48);
    }

    /// <summary>T: S-box, then L(t) = t + t⋘2 + t⋘10 + t⋘18 + t⋘24.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Round(Vector128<uint> x)
    {
        Vector128<uint> t = Sm4SBox.Substitute(x.AsByte()).AsUInt32();
        return t ^ Rotate(t, 2) ^ Rotate(t, 10) ^ Rotate(t, 18) ^ Rotate(t, 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate(Vector128<uint> t, int by) => (t << by) | (t >>> (32 - by));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d)
    {
        Vector128<uint> ab0 = Low(a, b), ab1 = High(a, b), cd0 = Low(c, d), cd1 = High(c, d);
        a = Vector128.Create(ab0.GetLower(), cd0.GetLower());
        b = Vector128.Create(ab0.GetUpper(), cd0.GetUpper());
        c = Vector128.Create(ab1.GetLower(), cd1.GetLower());
        d = Vector128.Create(ab1.GetUpper(), cd1.GetUpper());
    }

    // a0 b0 a1 b1, and a2 b2 a3 b3
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Low(Vector128<uint> a, Vector128<uint> b) =>
        Vector128.WidenLower(a).AsUInt32() | (Vector128.WidenLower(b) << 32).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> High(Vector128<uint> a, Vector128<uint> b) =>
        Vector128.WidenUpper(a).AsUInt32() | (Vector128.WidenUpper(b) << 32).AsUInt32();
}
