using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hufu.Host.Commands;

/// <summary>
/// Whose certificates a command believes when it speaks TLS to a platform's front: those of the operator's trust file and no others; without a file those of the operating system. The host's name always has to stand in the
/// server's certificate. Revocation of the front's certificate is not asked: an operator's own TLS authority has seldom a service for that.
/// </summary>
internal static class TlsTrust
{
    private const long Largest = 1024 * 1024;

    /// <summary>The option that names the file.</summary>
    public static System.CommandLine.Option<string?> Option() =>
        new("--tls-trust") { Description = "The CA certificates (PEM) that the server's TLS certificate must lead to; those of the system when left out.", HelpName = "FILE" };

    /// <summary>What HTTP is spoken through. Redirections are not followed: a token goes to the address that was named and nowhere else.</summary>
    /// <param name="file">The operator's trust file, or null.</param>
    /// <exception cref="IOException">The file cannot be read, is larger than 1 MiB or holds no certificate.</exception>
    public static SocketsHttpHandler Handler(string? file)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (file is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
            policy.CustomTrustStore.AddRange(Read(file));
            policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return handler;
    }

    private static X509Certificate2Collection Read(string file)
    {
        if (new FileInfo(file) is not { Length: <= Largest } found)
        {
            throw new IOException($"{file} is larger than {Largest / 1024 / 1024} MiB.");
        }

        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(File.ReadAllText(found.FullName));
        }
        catch (CryptographicException damaged)
        {
            throw new IOException($"{file} holds a certificate that cannot be read: {damaged.Message}", damaged);
        }

        return certificates.Count > 0 ? certificates : throw new IOException($"{file} holds no certificate (PEM).");
    }
}
