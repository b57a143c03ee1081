namespace Hufu.Crypto;

/// <summary>What the formulas of the curve need of the field GF(p): one element (<see cref="FieldElement"/>) or eight at once (<see cref="FieldElement8"/>).</summary>
/// <remarks>
/// An element has five limbs of 52 bits in Montgomery form, x·2²⁶⁰ mod p, not fully reduced. It is <em>tight</em> when it comes out of <see cref="Multiply"/>, <see cref="Square"/> or
/// <see cref="Tidy"/>: size 1. Sums and differences have the sum of the sizes of their parts, and may not grow beyond 3. A product wants the sizes of its factors to multiply to at most 2,
/// a square wants size 1. <see cref="FieldElement"/> tidies every sum by itself; <see cref="FieldElement8"/> does not, and the formulas are written for it.
/// </remarks>
/// <typeparam name="T">The implementing type.</typeparam>
internal interface IField<T>
    where T : struct, IField<T>
{
    /// <summary>r = a·b; sizes with product at most 2, result 1.</summary>
    static abstract void Multiply(in T a, in T b, out T r);

    /// <summary>r = a²; size 1, result 1.</summary>
    static abstract void Square(in T a, out T r);

    /// <summary>r = a + b.</summary>
    static abstract void Add(in T a, in T b, out T r);

    /// <summary>r = a − b.</summary>
    static abstract void Subtract(in T a, in T b, out T r);

    /// <summary>r = k·a for k of 2 and 3; a tight. The result has size k.</summary>
    static abstract void Times(in T a, int k, out T r);

    /// <summary>Brings an element of size up to 3 back to size 1. (A double holds whole numbers to 2⁵³ = 4·2⁵¹; the fourth part is room for what is folded and carried in.)</summary>
    static abstract void Tidy(ref T a);
}
