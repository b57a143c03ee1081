using System.Diagnostics;
using System.Runtime.InteropServices;
using Hufu.Ca;
using Hufu.Ocsp;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>SoftHSM 2 with two tokens in a folder of its own, the CA's and the status service's. The library has one configuration a process: classes that use it stand in <see cref="Collection"/>.</summary>
internal sealed partial class SoftHsm : IDisposable
{
    public const string Collection = "softhsm";
    public const string Library = "/usr/lib/softhsm/libsofthsm2.so", AuthorityToken = "hufu-ca", StatusToken = "hufu-ocsp";
    private const string Pin = "246810";

    private readonly TempFolder folder = new();

    public SoftHsm()
    {
        Assert.True(File.Exists(Library), "softhsm2 is installed by ./test");
        Directory.CreateDirectory(folder["tokens"]);
        File.WriteAllText(folder["softhsm2.conf"], $"directories.tokendir = {folder["tokens"]}\nobjectstore.backend = file\nlog.level = ERROR\n");
        File.WriteAllText(PinFile, Pin + "\n");

        // The library reads its own environment, which is not the runtime's copy.
        Assert.Equal(0, SetEnvironment("SOFTHSM2_CONF", folder["softhsm2.conf"], 1));
        Make(AuthorityToken);
        Make(StatusToken);
    }

    public string PinFile => folder["pin"];

    public CaOptions Options => new()
    {
        TokenLibrary = Library, TokenLabel = AuthorityToken, TokenPinFile = PinFile, ProfileAuthorities = new Dictionary<string, string> { ["code-signing"] = "transport" },
        KeyCentreTimeout = TimeSpan.FromSeconds(1),
    };

    public OcspOptions StatusOptions => new() { TokenLibrary = Library, TokenLabel = StatusToken, TokenPinFile = PinFile };

    public void Dispose() => folder.Dispose();

    private void Make(string label)
    {
        var start = new ProcessStartInfo("softhsm2-util", ["--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", Pin]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SOFTHSM2_CONF"] = folder["softhsm2.conf"];
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
