namespace Hufu.Crypto;

/// <summary>
/// Which instruction sets the kernel uses. Chosen once at start from what the processor has; AppContext switches (runtimeconfig.json) keep to less, so that tests and doubters can compare: <c>Hufu.Crypto.Portable</c> does without
/// AVX-512, <c>Hufu.Crypto.Scalar</c> without lanes for SM2 altogether, <c>Hufu.Crypto.Bare</c> without the AES and carry-less instructions too.
/// </summary>
/// <remarks>The runtime's own knobs go further: <c>DOTNET_EnableAVX512=0</c> takes the wide lanes away, <c>DOTNET_EnableAVX2=0</c> BMI2 and AVX2 too.</remarks>
internal static class KernelPath
{
    private static readonly bool Bare = AppContext.TryGetSwitch("Hufu.Crypto.Bare", out bool bare) && bare;

    private static readonly bool Scalar = Bare || (AppContext.TryGetSwitch("Hufu.Crypto.Scalar", out bool scalar) && scalar);

    private static readonly bool Portable = Scalar || (AppContext.TryGetSwitch("Hufu.Crypto.Portable", out bool portable) && portable);

    /// <summary>Eight lanes of AVX-512 for SM2.</summary>
    internal static readonly bool Lanes = !Portable && FieldElement8.IsSupported;

    /// <summary>Four lanes of AVX2 for the products within a doubling or an addition.</summary>
    internal static readonly bool Parallel = !Scalar && FieldElement4.IsSupported;

    /// <summary>Sixteen lanes of AVX-512 for SM3.</summary>
    internal static readonly bool WideHash = !Portable && System.Runtime.Intrinsics.X86.Avx512F.IsSupported;

    /// <summary>SM4's S-box by the Galois-field instructions.</summary>
    internal static readonly bool Galois = !Portable;

    /// <summary>SM4's S-box by AES rounds where those are missing, and GHASH by carry-less multiplication: older than AVX2, so the portable path has them.</summary>
    internal static readonly bool Rounds = !Bare;

    /// <summary>For people: what runs.</summary>
    internal static string Name => Lanes ? "avx512" : Bare ? "bare" : Parallel ? "avx2" : System.Runtime.Intrinsics.X86.Bmi2.X64.IsSupported ? "bmi2" : "portable";
}
