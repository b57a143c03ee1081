using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hufu.Crypto;

/// <summary>k·G in affine coordinates, by the path of this machine. Constant time in k.</summary>
internal static class GeneratorMultiples
{
    /// <summary>So many share an inversion.</summary>
    internal const int MaxBatch = 32;

    /// <summary>x and y of k·G, 1 ≤ k ≤ n − 1.</summary>
    internal static void Compute(in U256 k, out U256 x, out U256 y)
    {
        Multiply(k, out Jacobian<FieldElement> product);
        Normalize(product, out x, out y);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<Jacobian<FieldElement>>(ref product)));
    }

    /// <summary>product = k·G, 1 ≤ k ≤ n − 1.</summary>
    internal static void Multiply(in U256 k, out Jacobian<FieldElement> product)
    {
        if (KernelPath.Lanes)
        {
            LaneComb.Generator.Multiply(k, out product);
        }
        else
        {
            FixedBase.Multiply(CombTable.Generator, k, out Extended<FieldElement> extended);
            CurveFormulas<FieldElement>.Convert(extended, out product);
        }
    }

    /// <summary>x and y of every k·G; at most <see cref="MaxBatch"/>, with one inversion for all.</summary>
    internal static void Compute(ReadOnlySpan<U256> k, Span<U256> x, Span<U256> y)
    {
        if (!KernelPath.Lanes || k.Length < 3)
        {
            for (int i = 0; i < k.Length; i++)
            {
                Compute(k[i], out x[i], out y[i]);
            }

            return;
        }

        Span<Jacobian<FieldElement>> points = stackalloc Jacobian<FieldElement>[MaxBatch];
        Span<U256> eight = stackalloc U256[FieldElement8.Lanes];
        for (int at = 0; at < k.Length; at += FieldElement8.Lanes)
        {
            int count = Math.Min(FieldElement8.Lanes, k.Length - at);
            k.Slice(at, count).CopyTo(eight);
            eight[count..].Fill(new U256(0, 0, 0, 1)); // lanes without work
            BatchComb.Multiply(eight, out Extended<FieldElement8> products);
            CurveFormulas<FieldElement8>.Convert(products, out Jacobian<FieldElement8> converted);
            for (int lane = 0; lane < count; lane++)
            {
                LanePoints.Get(converted, lane, out points[at + lane]);
            }
        }

        NormalizeAll(points[..k.Length], x, y);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(points));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(eight));
    }

    internal static void Normalize(in Jacobian<FieldElement> p, out U256 x, out U256 y)
    {
        FieldElement.Invert(p.Z, out FieldElement zi);
        Scale(p, zi, out x, out y);
    }

    /// <summary>Montgomery's trick: the inverse of the product of all Z, unfolded from the end. No Z is zero.</summary>
    internal static void NormalizeAll(ReadOnlySpan<Jacobian<FieldElement>> points, Span<U256> x, Span<U256> y)
    {
        Span<FieldElement> before = stackalloc FieldElement[MaxBatch]; // Z₀⋯Zᵢ₋₁
        FieldElement product = FieldElement.One;
        for (int i = 0; i < points.Length; i++)
        {
            before[i] = product;
            FieldElement.Multiply(product, points[i].Z, out product);
        }

        FieldElement.Invert(product, out FieldElement inverse);
        for (int i = points.Length - 1; i >= 0; i--)
        {
            FieldElement.Multiply(inverse, before[i], out FieldElement zi);
            FieldElement.Multiply(inverse, points[i].Z, out inverse);
            Scale(points[i], zi, out x[i], out y[i]);
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(before));
    }

    private static void Scale(in Jacobian<FieldElement> p, in FieldElement zi, out U256 x, out U256 y)
    {
        FieldElement.Square(zi, out FieldElement zi2);
        FieldElement.Multiply(p.X, zi2, out FieldElement fx);
        FieldElement.Multiply(zi, zi2, out FieldElement zi3);
        FieldElement.Multiply(p.Y, zi3, out FieldElement fy);
        x = fx.ToInteger();
        y = fy.ToInteger();
    }
}
