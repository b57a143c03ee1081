using System.Diagnostics;
using Hufu.Devices;
using Xunit;

namespace Hufu.Kernel.Tests.Devices.Skf;

/// <summary>The simulator of tests/native/skf-simulator, compiled by gcc into a folder of its own: one token with one application, PIN 123456, six tries.</summary>
internal sealed class SkfSimulator : IDisposable
{
    public const string Pin = "123456";

    private readonly TemporaryFolder _folder = new();

    public SkfSimulator(SkfKeyPlace place = SkfKeyPlace.Last)
    {
        Options = new SkfOptions { Library = _folder["libskf_simulator.so"], EnvelopedKeyAt = place };
        Assert.SkipUnless(File.Exists("/usr/bin/gcc") && File.Exists("/usr/include/openssl/evp.h"), "gcc and libssl-dev are wanted to compile the SKF simulator");
        using Process gcc = Process.Start(new ProcessStartInfo(
            "/usr/bin/gcc", ["-shared", "-fPIC", "-O1", $"-DFOLDER=\"{_folder.Path}\"", "-o", Options.Library, Path.Combine(Root(), "tests", "native", "skf-simulator", "skf_simulator.c"), "-lcrypto"])
        {
            RedirectStandardError = true,
        })!;
        string said = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        Assert.True(gcc.ExitCode == 0, said);
        Mark("first", place == SkfKeyPlace.First);
    }

    public SkfOptions Options { get; }

    /// <summary>Pulls the token out, or plugs it in again. Some makers answer another code then than the standard's.</summary>
    public void Pull(bool pulled = true, bool weird = false)
    {
        Mark("absent", pulled);
        Mark("weird", weird);
    }

    /// <summary>From now on this call answers SAR_FAIL; none with null.</summary>
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

    private void Mark(string name, bool set)
    {
        if (set)
        {
            File.WriteAllText(_folder[name], "");
        }
        else
        {
            File.Delete(_folder[name]);
        }
    }

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
