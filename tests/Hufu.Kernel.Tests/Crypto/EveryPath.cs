using System.Diagnostics;
using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>Runs the tests of this folder again in child processes that are kept to the lower paths: without AVX-512, without lanes for SM2, without BMI2 and AVX2 too, and without the AES and carry-less instructions.</summary>
public class EveryPath
{
    private const string Child = "HUFU_CRYPTO_CHILD";

    [Theory]
    [InlineData("avx2", "portable", "1")]
    [InlineData("bmi2", "scalar", "1")]
    [InlineData("portable", "scalar", "0")]
    [InlineData("bare", "bare", "0")]
    public void The_same_tests_pass(string path, string kept, string avx2)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(Child) == "1", "this is the child");
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        string assembly = typeof(EveryPath).Assembly.Location;
        if (!Path.GetFileNameWithoutExtension(Environment.ProcessPath!).Equals("Hufu.Kernel.Tests", StringComparison.Ordinal))
        {
            start.ArgumentList.Add(assembly);
        }

        foreach (string argument in new[] { "-class", "*.StandardVectors", "-class", "*.ArithmeticTests", "-class", "*.BatchTests", "-class", "*.Wycheproof", "-class", "*.AgainstLibCrypto", "-class", "*.EdgeCases", "-class", "*.ParallelTests", "-class", "*.PathTests" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Child] = "1";
        start.Environment["HUFU_CRYPTO_ROUNDS"] = "500";
        start.Environment["HUFU_CRYPTO_PATH"] = kept;
        start.Environment[PathTests.Expected] = path;
        start.Environment["DOTNET_EnableAVX512"] = "0"; // else the compiler would use its registers on the lower paths too
        start.Environment["DOTNET_EnableAVX2"] = avx2;
        start.Environment["DOTNET_EnableBMI2"] = avx2;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && output.Contains("Failed: 0", StringComparison.Ordinal) && !output.Contains("Total: 0", StringComparison.Ordinal), $"{path}: {output}");
    }
}
