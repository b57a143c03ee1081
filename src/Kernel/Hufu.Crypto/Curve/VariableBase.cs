using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>k·P for any point, constant time in k: signed odd windows of five bits, sixteen odd multiples, five doublings between.</summary>
/// <remarks>
/// As in <see cref="FixedBase"/> no addition but the last can meet an exceptional case. The last can: for k = n − 6 the accumulated n − 3 ≡ −3 meets the digit −3. So it is complete:
/// the double of the accumulated point is made too and taken by mask where both differences vanish.
/// </remarks>
internal static class VariableBase
{
    internal const int Width = 5;
    internal const int Digits = 52;
    internal const int Entries = 1 << (Width - 1);
    private const int WordsPerPoint = 25;

    [InlineArray(Entries)]
    private struct Table
    {
        private Cached<FieldElement> _first;
    }

    /// <summary>Writes x and y of k·P, big endian, to 64 octets; 1 ≤ k ≤ n − 1.</summary>
    internal static void Multiply(in Affine<FieldElement> point, in U256 k, Span<byte> coordinates)
    {
        Multiply(point, k, out Jacobian<FieldElement> product);
        GeneratorMultiples.Normalize(product, out U256 x, out U256 y);
        x.Write(coordinates);
        y.Write(coordinates[32..]);
        Scalar.Clear(ref x);
        Scalar.Clear(ref y);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<Jacobian<FieldElement>>(ref product)));
    }

    /// <summary>product = k·P by the path of this machine, 1 ≤ k ≤ n − 1.</summary>
    internal static void Multiply(in Affine<FieldElement> point, in U256 k, out Jacobian<FieldElement> product)
    {
        if (KernelPath.Parallel)
        {
            ParallelWindows.Multiply(point, k, out product);
        }
        else
        {
            MultiplyScalar(point, k, out product);
        }
    }

    /// <summary>acc = k·P by the scalar path, 1 ≤ k ≤ n − 1.</summary>
    internal static void MultiplyScalar(in Affine<FieldElement> point, in U256 k, out Jacobian<FieldElement> acc)
    {
        ulong even = (k.W0 & 1) - 1;
        U256 odd = U256.Select(even, Scalar.Negate(k), k);
        SignedDigits digits = new(odd, Width, Digits);
        Unsafe.SkipInit(out Table table);
        Fill(point, table);
        Select(table, digits.Get(Digits - 1, out ulong negative), negative, out Cached<FieldElement> entry);
        acc = new() { X = entry.X, Y = entry.Y, Z = entry.Z };
        for (int i = Digits - 2; i >= 0; i--)
        {
            for (int j = 0; j < Width; j++)
            {
                CurveFormulas<FieldElement>.Double(ref acc);
            }

            Select(table, digits.Get(i, out negative), negative, out entry);
            if (i > 0)
            {
                CurveFormulas<FieldElement>.Add(ref acc, entry, out _, out _);
            }
            else
            {
                AddComplete(ref acc, entry);
            }
        }

        FieldElement.NegateIf(even, ref acc.Y);
        digits.Clear();
        Scalar.Clear(ref odd);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<Cached<FieldElement>>(ref entry)));
    }

    /// <summary>p = p + q, right for p = q as well; neither is infinity and p ≠ −q.</summary>
    internal static void AddComplete(ref Jacobian<FieldElement> p, in Cached<FieldElement> q)
    {
        Jacobian<FieldElement> twice = p;
        CurveFormulas<FieldElement>.Double(ref twice);
        CurveFormulas<FieldElement>.Add(ref p, q, out FieldElement h, out FieldElement r);
        ulong same = h.IsZeroMask & r.IsZeroMask;
        FieldElement.Select(same, twice.X, ref p.X);
        FieldElement.Select(same, twice.Y, ref p.Y);
        FieldElement.Select(same, twice.Z, ref p.Z);
    }

    // P, 3P, …, 31P: distinct multiples far below n.
    private static void Fill(in Affine<FieldElement> point, Span<Cached<FieldElement>> table)
    {
        Jacobian<FieldElement> multiple = new() { X = point.X, Y = point.Y, Z = FieldElement.One };
        Jacobian<FieldElement> twice = multiple;
        CurveFormulas<FieldElement>.Double(ref twice);
        CurveFormulas<FieldElement>.Cache(twice, out Cached<FieldElement> step);
        CurveFormulas<FieldElement>.Cache(multiple, out table[0]);
        for (int i = 1; i < Entries; i++)
        {
            CurveFormulas<FieldElement>.Add(ref multiple, step, out _, out _);
            CurveFormulas<FieldElement>.Cache(multiple, out table[i]);
        }
    }

    private static void Select(ReadOnlySpan<Cached<FieldElement>> table, uint index, ulong negative, out Cached<FieldElement> entry)
    {
        entry = default;
        MaskedSelection.Read(MemoryMarshal.Cast<Cached<FieldElement>, ulong>(table), WordsPerPoint, index, MemoryMarshal.CreateSpan(ref Unsafe.As<Cached<FieldElement>, ulong>(ref entry), WordsPerPoint));
        FieldElement.NegateIf(negative, ref entry.Y);
    }
}
