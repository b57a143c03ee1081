namespace Hufu.Crypto;

/// <summary>Which instruction sets the kernel uses. Chosen once at start from what the processor has; the environment variable <c>HUFU_CRYPTO_PATH=portable</c> keeps to the scalar path, so that tests and doubters can compare.</summary>
/// <remarks>BMI2 is switched by the runtime itself (<c>DOTNET_EnableAVX2=0</c> takes BMI2 and AVX2 away); the child processes of the tests use both switches.</remarks>
internal static class KernelPath
{
    private static readonly bool Portable = Environment.GetEnvironmentVariable("HUFU_CRYPTO_PATH") == "portable";

    /// <summary>Eight lanes of AVX-512 for SM2.</summary>
    internal static readonly bool Lanes = !Portable && FieldElement8.IsSupported;

    /// <summary>Sixteen lanes of AVX-512 for SM3.</summary>
    internal static readonly bool WideHash = !Portable && System.Runtime.Intrinsics.X86.Avx512F.IsSupported;

    /// <summary>SM4's S-box by the Galois-field instructions, and GHASH by carry-less multiplication.</summary>
    internal static readonly bool Galois = !Portable;

    /// <summary>For people: what runs.</summary>
    internal static string Name => Lanes ? "avx512" : System.Runtime.Intrinsics.X86.Bmi2.X64.IsSupported ? "bmi2" : "portable";
}
