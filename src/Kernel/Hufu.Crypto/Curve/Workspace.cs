namespace Hufu.Crypto;

/// <summary>Where a formula keeps what it needs on the way: given by the caller, who may have it begin at a cache line.</summary>
internal struct Workspace<T>
    where T : struct, IField<T>
{
    internal T A, B, C, D, E, F;

    /// <summary>After an addition that tells: U₂ − U₁, zero mod p when the x coordinates agree.</summary>
    internal T H;

    /// <summary>After an addition that tells: S₂ − S₁, zero too when the points agree.</summary>
    internal T R;
}
