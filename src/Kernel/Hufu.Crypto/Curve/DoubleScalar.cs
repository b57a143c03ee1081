using System.Runtime.CompilerServices;

namespace Hufu.Crypto;

/// <summary>s·G + t·P for verification: everything is public, so time may vary; every exceptional case is met by a test and answered.</summary>
internal static class DoubleScalar
{
    private const int PointWidth = 5;
    private const int PointEntries = 1 << (PointWidth - 2);

    /// <summary>Digits of G reach ±127: the first row of its comb.</summary>
    private const int GeneratorWidth = 8;

    [InlineArray(PointEntries)]
    private struct Table
    {
        private Cached<FieldElement> _first;
    }

    /// <summary>Interleaved (Straus): one chain of doublings for both, s in non-adjacent form of width 8 over the first comb row of G, t of width 5 over P, 3P, …, 15P.</summary>
    internal static void Interleaved(in U256 s, in U256 t, in Affine<FieldElement> point, out Jacobian<FieldElement> acc)
    {
        Span<sbyte> sDigits = stackalloc sbyte[257];
        Span<sbyte> tDigits = stackalloc sbyte[257];
        int sCount = NonAdjacentForm(s, GeneratorWidth, sDigits), tCount = NonAdjacentForm(t, PointWidth, tDigits);
        ReadOnlySpan<Affine<FieldElement>> generator = CombTable.Generator.FirstRow;
        Unsafe.SkipInit(out Table points);
        Fill(point, points);
        acc = new() { X = FieldElement.One, Y = FieldElement.One };
        for (int i = Math.Max(sCount, tCount) - 1; i >= 0; i--)
        {
            CurveFormulas<FieldElement>.Double(ref acc);
            int digit = i < tCount ? tDigits[i] : 0;
            if (digit != 0)
            {
                Cached<FieldElement> q = points[Math.Abs(digit) >> 1];
                FieldElement.NegateIf((ulong)(digit >> 31), ref q.Y);
                Add(ref acc, q);
            }

            digit = i < sCount ? sDigits[i] : 0;
            if (digit != 0)
            {
                Affine<FieldElement> q = generator[Math.Abs(digit) >> 1];
                FieldElement.NegateIf((ulong)(digit >> 31), ref q.Y);
                Add(ref acc, q);
            }
        }
    }

    /// <summary>The same with a table of P: two combs and one addition.</summary>
    internal static void Combs(in U256 s, in U256 t, CombTable point, out Jacobian<FieldElement> acc)
    {
        FixedBase.MultiplyPublic(CombTable.Generator, s, out Extended<FieldElement> sg);
        FixedBase.MultiplyPublic(point, t, out Extended<FieldElement> tp);
        CurveFormulas<FieldElement>.Convert(sg, out acc);
        CurveFormulas<FieldElement>.Convert(tp, out Jacobian<FieldElement> other);
        CurveFormulas<FieldElement>.Cache(other, out Cached<FieldElement> cached);
        Add(ref acc, cached);
    }

    /// <summary>Whether x of the point, mod n, equals <paramref name="wanted"/> &lt; n. No inversion: X = x·Z² is compared for x = wanted and, where that is below p, x = wanted + n.</summary>
    internal static bool HasX(in Jacobian<FieldElement> p, in U256 wanted)
    {
        if (p.Z.IsZeroMask != 0)
        {
            return false;
        }

        FieldElement.Square(p.Z, out FieldElement zz);
        FieldElement.FromInteger(wanted, out FieldElement x);
        FieldElement.Multiply(x, zz, out FieldElement scaled);
        if (FieldElement.EqualMask(scaled, p.X) != 0)
        {
            return true;
        }

        ulong carry = U256.Add(wanted, U256.N, out U256 second);
        if (carry != 0 || U256.LessMask(second, U256.P) == 0)
        {
            return false;
        }

        FieldElement.FromInteger(second, out x);
        FieldElement.Multiply(x, zz, out scaled);
        return FieldElement.EqualMask(scaled, p.X) != 0;
    }

    /// <summary>p = p + q for every p and every q that is not infinity.</summary>
    internal static void Add(ref Jacobian<FieldElement> p, in Cached<FieldElement> q)
    {
        if (p.Z.IsZeroMask != 0)
        {
            p = new() { X = q.X, Y = q.Y, Z = q.Z };
            return;
        }

        Jacobian<FieldElement> before = p;
        CurveFormulas<FieldElement>.Add(ref p, q, out FieldElement h, out FieldElement r);
        if ((h.IsZeroMask & r.IsZeroMask) != 0)
        {
            CurveFormulas<FieldElement>.Double(ref before);
            p = before;
        }
    }

    /// <summary>p = p + q for every p.</summary>
    internal static void Add(ref Jacobian<FieldElement> p, in Affine<FieldElement> q)
    {
        if (p.Z.IsZeroMask != 0)
        {
            p = new() { X = q.X, Y = q.Y, Z = FieldElement.One };
            return;
        }

        Jacobian<FieldElement> before = p;
        CurveFormulas<FieldElement>.Add(ref p, q, out FieldElement h, out FieldElement r);
        if ((h.IsZeroMask & r.IsZeroMask) != 0)
        {
            CurveFormulas<FieldElement>.Double(ref before);
            p = before;
        }
    }

    private static void Fill(in Affine<FieldElement> point, Span<Cached<FieldElement>> table)
    {
        Jacobian<FieldElement> multiple = new() { X = point.X, Y = point.Y, Z = FieldElement.One };
        Jacobian<FieldElement> twice = multiple;
        CurveFormulas<FieldElement>.Double(ref twice);
        CurveFormulas<FieldElement>.Cache(twice, out Cached<FieldElement> step);
        CurveFormulas<FieldElement>.Cache(multiple, out table[0]);
        for (int i = 1; i < PointEntries; i++)
        {
            CurveFormulas<FieldElement>.Add(ref multiple, step, out _, out _);
            CurveFormulas<FieldElement>.Cache(multiple, out table[i]);
        }
    }

    /// <summary>Digits that are zero or odd with |digit| &lt; 2^(width−1), any two nonzero ones at least <paramref name="width"/> apart.</summary>
    private static int NonAdjacentForm(in U256 k, int width, Span<sbyte> digits)
    {
        digits.Clear();
        Span<ulong> words = [k.W0, k.W1, k.W2, k.W3, 0, 0];
        int count = 0, carry = 0;
        for (int bit = 0; bit < 257;)
        {
            if ((int)((words[bit >> 6] >> (bit & 63)) & 1) == carry)
            {
                bit++;
                continue;
            }

            int take = Math.Min(width, 257 - bit);
            ulong window = words[bit >> 6] >> (bit & 63);
            if ((bit & 63) + take > 64)
            {
                window |= words[(bit >> 6) + 1] << (64 - (bit & 63));
            }

            int digit = (int)(window & ((1UL << take) - 1)) + carry;
            carry = (digit >> (width - 1)) & 1;
            digits[bit] = (sbyte)(digit - (carry << width));
            count = bit + 1;
            bit += take;
        }

        return count;
    }
}
