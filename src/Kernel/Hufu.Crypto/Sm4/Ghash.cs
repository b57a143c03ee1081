using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hufu.Crypto;

/// <summary>GHASH (NIST SP 800-38D 6.4) under one H. Constant time.</summary>
/// <remarks>
/// By carry-less multiplication in the mirrored field of POLYVAL (RFC 8452 appendix A): with the octets of a block reversed and H times x, GHASH's product is a·b·x⁻¹²⁸ modulo x¹²⁸ + x¹²⁷ + x¹²⁶ + x¹²¹ + 1, whose reduction is two
/// multiplications by C2…: no bit is shifted. Four blocks are taken at once against H⁴, H³, H², H and reduced together. Processors without the instruction multiply bit by bit under masks.
/// </remarks>
internal struct Ghash
{
    private Vector128<ulong> _h1, _h2, _h3, _h4;
    private UInt128 _h;

    private static bool IsWide => Pclmulqdq.IsSupported && KernelPath.Rounds;

    internal void SetKey(ReadOnlySpan<byte> h)
    {
        _h = BinaryPrimitives.ReadUInt128BigEndian(h);
        if (IsWide)
        {
            // H·x: shifted by one, the bit that falls out folded back
            UInt128 carry = 0 - (_h >> 127);
            UInt128 shifted = (_h << 1) ^ (carry & new UInt128(0xC200000000000000, 1));
            _h1 = Vector128.Create((ulong)shifted, (ulong)(shifted >> 64));
            _h2 = Dot(_h1, _h1);
            _h3 = Dot(_h2, _h1);
            _h4 = Dot(_h3, _h1);
        }
    }

    /// <summary>The state after the octets of <paramref name="data"/>, padded with zeros to whole blocks.</summary>
    internal readonly UInt128 Update(UInt128 state, ReadOnlySpan<byte> data)
    {
        if (IsWide && data.Length >= 64)
        {
            Vector128<ulong> y = Vector128.Create((ulong)state, (ulong)(state >> 64));
            for (; data.Length >= 64; data = data[64..])
            {
                y ^= Load(data);
                Vector128<ulong> low = default, middle = default, high = default;
                Accumulate(y, _h4, ref low, ref middle, ref high);
                Accumulate(Load(data[16..]), _h3, ref low, ref middle, ref high);
                Accumulate(Load(data[32..]), _h2, ref low, ref middle, ref high);
                Accumulate(Load(data[48..]), _h1, ref low, ref middle, ref high);
                y = Reduce(low, middle, high);
            }

            state = new UInt128(y.GetElement(1), y.GetElement(0));
        }

        Span<byte> block = stackalloc byte[Sm4.BlockSize];
        while (!data.IsEmpty)
        {
            int take = Math.Min(Sm4.BlockSize, data.Length);
            block.Clear();
            data[..take].CopyTo(block);
            state = Multiply(state ^ BinaryPrimitives.ReadUInt128BigEndian(block));
            data = data[take..];
        }

        return state;
    }

    /// <summary>x·H.</summary>
    internal readonly UInt128 Multiply(UInt128 x)
    {
        if (!IsWide)
        {
            return BitByBit(x, _h);
        }

        Vector128<ulong> product = Dot(Vector128.Create((ulong)x, (ulong)(x >> 64)), _h1);
        return new UInt128(product.GetElement(1), product.GetElement(0));
    }

    /// <summary>SP 800-38D 6.3: the leftmost bit is the coefficient of x⁰; R = 11100001‖0¹²⁰.</summary>
    private static UInt128 BitByBit(UInt128 x, UInt128 y)
    {
        UInt128 z = 0, v = y;
        for (int i = 127; i >= 0; i--)
        {
            z ^= v & (0 - ((x >> i) & 1));
            v = (v >> 1) ^ (new UInt128(0xE100000000000000, 0) & (0 - (v & 1)));
        }

        return z;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Load(ReadOnlySpan<byte> block)
    {
        UInt128 value = BinaryPrimitives.ReadUInt128BigEndian(block);
        return Vector128.Create((ulong)value, (ulong)(value >> 64));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Dot(Vector128<ulong> a, Vector128<ulong> b)
    {
        Vector128<ulong> low = default, middle = default, high = default;
        Accumulate(a, b, ref low, ref middle, ref high);
        return Reduce(low, middle, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(Vector128<ulong> a, Vector128<ulong> b, ref Vector128<ulong> low, ref Vector128<ulong> middle, ref Vector128<ulong> high)
    {
        low ^= Pclmulqdq.CarrylessMultiply(a, b, 0x00);
        middle ^= Pclmulqdq.CarrylessMultiply(a, b, 0x01) ^ Pclmulqdq.CarrylessMultiply(a, b, 0x10);
        high ^= Pclmulqdq.CarrylessMultiply(a, b, 0x11);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Reduce(Vector128<ulong> low, Vector128<ulong> middle, Vector128<ulong> high)
    {
        Vector128<ulong> polynomial = Vector128.CreateScalar(0xC200000000000000);
        low ^= Vector128.Create(0, middle.GetElement(0));
        high ^= Vector128.Create(middle.GetElement(1), 0);
        low = Swap(low) ^ Pclmulqdq.CarrylessMultiply(low, polynomial, 0x00);
        low = Swap(low) ^ Pclmulqdq.CarrylessMultiply(low, polynomial, 0x00);
        return low ^ high;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Swap(Vector128<ulong> v) => Vector128.Shuffle(v, Vector128.Create(1UL, 0));
}
