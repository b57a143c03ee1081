using System.Runtime.CompilerServices;
using Hufu.Crypto;
using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>The children of <see cref="EveryPath"/> really run on the path that they are meant for.</summary>
public class PathTests
{
    /// <summary>Names the path that a child must be on.</summary>
    internal const string Expected = "HUFU_CRYPTO_EXPECTED";

    /// <summary>The kernel reads no environment; the process that runs it throws the switch, before anything of the kernel is touched.</summary>
    [ModuleInitializer]
    internal static void ThrowSwitch()
    {
        AppContext.SetSwitch("Hufu.Crypto.Portable", Environment.GetEnvironmentVariable("HUFU_CRYPTO_PATH") == "portable");
        AppContext.SetSwitch("Hufu.Crypto.Scalar", Environment.GetEnvironmentVariable("HUFU_CRYPTO_PATH") == "scalar");
        AppContext.SetSwitch("Hufu.Crypto.Bare", Environment.GetEnvironmentVariable("HUFU_CRYPTO_PATH") == "bare");
    }

    [Fact]
    public void The_kernel_is_on_the_path_that_was_asked_for()
    {
        string? expected = Environment.GetEnvironmentVariable(Expected);
        Assert.Contains(KernelPath.Name, expected is null ? ["avx512", "avx2", "bmi2", "portable", "bare"] : new[] { expected });
    }
}
