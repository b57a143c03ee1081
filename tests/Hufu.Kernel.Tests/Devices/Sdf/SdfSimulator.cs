using System.Diagnostics;
using Hufu.Devices;
using Xunit;

namespace Hufu.Kernel.Tests.Devices.Sdf;

/// <summary>The simulator of tests/native/sdf-simulator, compiled by gcc into a folder of its own.</summary>
internal sealed class SdfSimulator : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SdfSimulator(int maxBits = 512)
    {
        Options = new SdfOptions { Library = _folder["libsdf_simulator.so"], Directory = _folder["keys"], EccMaxBits = maxBits };
        string source = Path.Combine(Root(), "tests", "native", "sdf-simulator", "sdf_simulator.c");
        Assert.SkipUnless(File.Exists("/usr/bin/gcc") && File.Exists("/usr/include/openssl/evp.h"), "gcc and libssl-dev are wanted to compile the SDF simulator");
        using Process gcc = Process.Start(new ProcessStartInfo(
            "/usr/bin/gcc",
            ["-shared", "-fPIC", "-O1", $"-DFOLDER=\"{_folder.Path}\"", $"-DECC_MAX_LEN={maxBits / 8}", "-o", Options.Library, source, "-lcrypto"]) { RedirectStandardError = true })!;
        string said = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        Assert.True(gcc.ExitCode == 0, said);
    }

    public SdfOptions Options { get; }

    public TemporaryFolder Folder => _folder;

    /// <summary>From now on this call answers SDR_HARDFAIL; none with null.</summary>
    public void Fail(string? call)
    {
        if (call is null)
        {
            File.Delete(_folder["fail"]);
        }
        else
        {
            File.WriteAllText(_folder["fail"], call);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Hufu.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from their source tree.");
    }
}
