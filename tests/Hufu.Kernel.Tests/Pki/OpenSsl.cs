using System.Diagnostics;

namespace Hufu.Kernel.Tests.Pki;

/// <summary>The system's openssl in a folder of its own (interop.md: always with distid).</summary>
internal sealed class OpenSsl : IDisposable
{
    internal const string Id = "distid:1234567812345678";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hufu-pki-");

    internal string Write(string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    internal byte[] Read(string name) => File.ReadAllBytes(Path.Combine(_folder.FullName, name));

    /// <summary>Runs openssl in the folder; standard output and error together.</summary>
    internal (int Code, string Output) Run(params string[] arguments)
    {
        ProcessStartInfo start = new("openssl", arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    /// <summary>Verifies an SM2 signature over bytes with <c>openssl dgst</c> and a public key.</summary>
    internal string VerifyTbs(ReadOnlySpan<byte> tbs, ReadOnlySpan<byte> signature, Hufu.Pki.SubjectPublicKeyInfo key)
    {
        Write("key.pem", System.Text.Encoding.ASCII.GetBytes(Hufu.Pki.Pem.Encode("PUBLIC KEY", key.RawData.Span)));
        Write("tbs", tbs);
        Write("sig", signature);
        return Run("dgst", "-sm3", "-verify", "key.pem", "-sigopt", Id, "-signature", "sig", "tbs").Output;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
