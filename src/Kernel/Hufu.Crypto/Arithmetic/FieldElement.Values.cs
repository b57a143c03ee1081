namespace Hufu.Crypto;

/// <content>In and out of Montgomery form; comparison; inversion.</content>
internal partial struct FieldElement
{
    /// <summary>1 in the form: R mod p = 2²⁶⁰ − 16p.</summary>
    internal static FieldElement One => new(0x10, 0xFFFFFFFF0000, 0, 0, 0x100000);

    /// <summary>R² mod p: a Montgomery product with it brings a number into the form.</summary>
    private static FieldElement RSquared => new(0x20000000300, 0xFFFFFFFF00000, 0x100000002, 0x200000001000, 0x4000000);

    /// <summary>Brings an integer below p into the form.</summary>
    internal static void FromInteger(in U256 value, out FieldElement r)
    {
        FieldElement plain = Split(value);
        Multiply(RSquared, plain, out r);
    }

    /// <summary>The integer below p.</summary>
    internal readonly U256 ToInteger()
    {
        // Times 1: the result (x + Mp)/R is at most p, and is p only for x = 0 in the guise of p.
        Multiply(this, new FieldElement(1, 0, 0, 0, 0), out FieldElement plain);
        return U256.SubtractOnce(Join(plain), U256.P);
    }

    /// <summary>All ones when the element is zero mod p: it is below 2p, so it is 0 or p.</summary>
    internal readonly ulong IsZeroMask
    {
        get
        {
            FieldElement p = Split(U256.P);
            ulong zero = U256.ZeroMask(L0 | L1 | L2 | L3 | L4);
            return zero | U256.ZeroMask((L0 ^ p.L0) | (L1 ^ p.L1) | (L2 ^ p.L2) | (L3 ^ p.L3) | (L4 ^ p.L4));
        }
    }

    /// <summary>All ones when both are the same mod p.</summary>
    internal static ulong EqualMask(in FieldElement a, in FieldElement b)
    {
        SubtractTight(a, b, out FieldElement difference);
        return difference.IsZeroMask;
    }

    /// <summary>r = mask ? a : r.</summary>
    internal static void Select(ulong mask, in FieldElement a, ref FieldElement r)
    {
        r.L0 ^= mask & (r.L0 ^ a.L0);
        r.L1 ^= mask & (r.L1 ^ a.L1);
        r.L2 ^= mask & (r.L2 ^ a.L2);
        r.L3 ^= mask & (r.L3 ^ a.L3);
        r.L4 ^= mask & (r.L4 ^ a.L4);
    }

    /// <summary>a = mask ? −a : a.</summary>
    internal static void NegateIf(ulong mask, ref FieldElement a)
    {
        SubtractTight(default, a, out FieldElement negative);
        Select(mask, negative, ref a);
    }

    /// <summary>r = 1/a; zero for zero. Constant time.</summary>
    internal static void Invert(in FieldElement a, out FieldElement r)
    {
        // The integer of (aR)/R is a itself; its inverse is brought into the form.
        U256 inverse = SafeGcd.InvertModP(a.ToInteger());
        FromInteger(inverse, out r);
    }

    /// <summary>Five limbs of 52 bits from four words.</summary>
    internal static FieldElement Split(in U256 v) => new(
        v.W0 & Mask,
        ((v.W0 >> 52) | (v.W1 << 12)) & Mask,
        ((v.W1 >> 40) | (v.W2 << 24)) & Mask,
        ((v.W2 >> 28) | (v.W3 << 36)) & Mask,
        v.W3 >> 16);

    /// <summary>Four words from five carried limbs of a value below 2²⁵⁶.</summary>
    internal static U256 Join(in FieldElement v) => new(
        (v.L3 >> 36) | (v.L4 << 16),
        (v.L2 >> 24) | (v.L3 << 28),
        (v.L1 >> 12) | (v.L2 << 40),
        v.L0 | (v.L1 << 52));
}
