using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests.Judges;

/// <summary>The system's OpenSSL 3.0 as a judge, as shared/interop.md says: one hop at a time, and signatures over what we cut out.</summary>
internal sealed class OpenSsl : IDisposable
{
    /// <summary>Without it OpenSSL hashes with an empty user id.</summary>
    private const string DefaultId = "distid:1234567812345678";

    private readonly Workplace _work = new();
    private int _files;

    public void Dispose() => _work.Dispose();

    /// <summary>The issuer's key signed the certificate, names match, both are valid now, and the issuer may issue.</summary>
    public async Task VerifyHopAsync(byte[] certificate, byte[] issuer)
    {
        Outcome outcome = await RunAsync("verify", "-partial_chain", "-vfyopt", DefaultId, "-trusted", await PemAsync(issuer), await PemAsync(certificate));
        Assert.True(outcome.ExitCode == 0 && outcome.Output.TrimEnd().EndsWith(": OK", StringComparison.Ordinal), outcome.ToString());
    }

    /// <summary>A signature (DER SM2Signature, SM3, default user id) over the bytes verifies with the certificate's key.</summary>
    public async Task VerifySignatureAsync(byte[] certificate, ReadOnlyMemory<byte> signed, ReadOnlyMemory<byte> signature)
    {
        Outcome key = (await RunAsync("x509", "-in", await PemAsync(certificate), "-noout", "-pubkey")).Succeeded();
        Outcome outcome = await RunAsync(
            "dgst", "-sm3", "-verify", Write(System.Text.Encoding.ASCII.GetBytes(key.Output)), "-sigopt", DefaultId, "-signature", Write(signature.ToArray()), Write(signed.ToArray()));
        Assert.True(outcome.ExitCode == 0 && outcome.Output.Contains("Verified OK", StringComparison.Ordinal), outcome.ToString());
    }

    /// <summary>The SM3 digest, by OpenSSL.</summary>
    public async Task<byte[]> Sm3Async(ReadOnlyMemory<byte> data)
    {
        Outcome outcome = (await RunAsync("dgst", "-sm3", "-r", Write(data.ToArray()))).Succeeded();
        return Convert.FromHexString(outcome.Output.AsSpan(0, 64));
    }

    /// <summary>The request's own signature; the command exits 0 even when it fails, so the words count.</summary>
    public async Task VerifyRequestAsync(byte[] pem)
    {
        Outcome outcome = await RunAsync("req", "-in", Write(pem), "-noout", "-verify", "-vfyopt", DefaultId);
        Assert.True(outcome.ExitCode == 0 && (outcome.Output + outcome.Error).Contains("verify OK", StringComparison.Ordinal), outcome.ToString());
    }

    /// <summary>Makes an SM2 key; returns its PEM and its public point (04, X, Y).</summary>
    public async Task<(string KeyFile, byte[] Point)> GenerateKeyAsync()
    {
        string file = _work.At($"{_files++}.key");
        (await RunAsync("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", file)).Succeeded();
        string spki = _work.At($"{_files++}.der");
        (await RunAsync("pkey", "-in", file, "-pubout", "-outform", "DER", "-out", spki)).Succeeded();
        return (file, DerElement.Read(await File.ReadAllBytesAsync(spki))[1].Bits);
    }

    /// <summary>Decrypts a DER SM2Cipher with such a key.</summary>
    public async Task<byte[]> DecryptAsync(string keyFile, byte[] cipher)
    {
        string output = _work.At($"{_files++}.out");
        (await RunAsync("pkeyutl", "-decrypt", "-inkey", keyFile, "-pkeyopt", "digest:sm3", "-in", Write(cipher), "-out", output)).Succeeded();
        return await File.ReadAllBytesAsync(output);
    }

    /// <summary>What OpenSSL prints of an OCSP response; it reads it, it does not verify.</summary>
    public async Task<string> ReadOcspAsync(byte[] response) =>
        (await RunAsync("ocsp", "-respin", Write(response), "-noverify", "-resp_text")).Succeeded().Output;

    public Task<Outcome> RunAsync(params string[] arguments) => Command.RunAsync("openssl", arguments, _work.Folder);

    private async Task<string> PemAsync(byte[] certificate)
    {
        string pem = _work.At($"{_files++}.pem");
        (await RunAsync("x509", "-inform", "DER", "-in", Write(certificate), "-out", pem)).Succeeded();
        return pem;
    }

    private string Write(byte[] content) => _work.Write($"{_files++}.bin", content);
}
