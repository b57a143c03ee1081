namespace Hufu.Crypto;

/// <summary>What the formulas of the curve need of the field GF(p): one element (<see cref="FieldElement"/>) or eight at once (<see cref="FieldElement8"/>).</summary>
/// <remarks>
/// An element has five limbs of 52 bits in Montgomery form, x·2²⁶⁰ mod p, not fully reduced. It has a size: 1 for what comes out of <see cref="Multiply"/>, <see cref="Square"/> and the methods named Tight; a plain sum or difference
/// has the sum of the sizes of its parts. The factors of a product have sizes that multiply to at most 2; a square wants size 1; what goes into a Tight method adds up to at most 3 (a double holds whole numbers to
/// 2⁵³ = 4·2⁵¹; the fourth part is room for what is folded and carried in).
/// For <see cref="FieldElement"/> it is enough that what is not tight is the first factor of a product and nothing else; the formulas keep both rules.
/// </remarks>
/// <typeparam name="T">The implementing type.</typeparam>
internal interface IField<T>
    where T : struct, IField<T>
{
    /// <summary>r = a·b; sizes with product at most 2, the larger first; result 1.</summary>
    static abstract void Multiply(in T a, in T b, out T r);

    /// <summary>r = a²; size 1, result 1.</summary>
    static abstract void Square(in T a, out T r);

    /// <summary>r = a − b, size the sum of both.</summary>
    static abstract void Subtract(in T a, in T b, out T r);

    /// <summary>r = 2a, size 2 for a of size 1.</summary>
    static abstract void Twice(in T a, out T r);

    /// <summary>r = a + b, size 1.</summary>
    static abstract void AddTight(in T a, in T b, out T r);

    /// <summary>r = a − b, size 1.</summary>
    static abstract void SubtractTight(in T a, in T b, out T r);

    /// <summary>r = a − 2b, size 1.</summary>
    static abstract void SubtractTwiceTight(in T a, in T b, out T r);

    /// <summary>r = a − b − c, size 1.</summary>
    static abstract void SubtractBothTight(in T a, in T b, in T c, out T r);

    /// <summary>r = k·a for k of 2 and 3, size 1.</summary>
    static abstract void TimesTight(in T a, int k, out T r);
}
