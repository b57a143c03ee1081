using System.Diagnostics;
using Hufu.Pki;
using Hufu.Testing;

namespace Hufu.Modules.Tests.Ocsp;

/// <summary>The system's openssl in a folder of its own: a client that nobody here wrote (interop.md).</summary>
internal sealed class OpenSslTool : IDisposable
{
    private readonly TempFolder _folder = new();

    public string Write(string name, ReadOnlySpan<byte> content)
    {
        File.WriteAllBytes(_folder[name], content);
        return _folder[name];
    }

    public string WritePem(string name, Certificate certificate) => Write(name, System.Text.Encoding.ASCII.GetBytes(certificate.ToPem()));

    public byte[] Read(string name) => File.ReadAllBytes(_folder[name]);

    /// <summary>Runs openssl in the folder; standard output and error together.</summary>
    public string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        return output;
    }

    /// <summary>Verifies an SM2 signature over bytes with <c>openssl dgst</c> and the certificate's key.</summary>
    public string VerifyTbs(ReadOnlySpan<byte> tbs, ReadOnlySpan<byte> signature, Certificate certificate)
    {
        Write("key.pem", System.Text.Encoding.ASCII.GetBytes(Pem.Encode("PUBLIC KEY", certificate.PublicKey.RawData.Span)));
        Write("tbs", tbs);
        Write("sig", signature);
        return Run("dgst", "-sm3", "-verify", "key.pem", "-sigopt", "distid:1234567812345678", "-signature", "sig", "tbs");
    }

    public void Dispose() => _folder.Dispose();
}
