using Hufu.Agent.Web;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Agent.Tokens;

/// <summary>The soft tokens on this machine: folders that are tokens, or that hold token folders. Looked at anew for each request, as tokens come and go.</summary>
internal sealed class TokenShelf(IReadOnlyList<string> folders)
{
    private const int Most = 200;

    /// <summary>Where new tokens go.</summary>
    public string Home => folders[0];

    /// <summary>Id (the folder's name) and path of every token.</summary>
    public IReadOnlyDictionary<string, string> Find()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var folder in folders.Where(Directory.Exists))
        {
            IEnumerable<string> places = SoftToken.Exists(folder) ? [folder] : Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Where(SoftToken.Exists);
            foreach (var place in places)
            {
                if (found.Count < Most)
                {
                    found.TryAdd(Path.GetFileName(Path.TrimEndingDirectorySeparator(place)), place);
                }
            }
        }

        return found;
    }

    public string PathOf(string id) => Find().TryGetValue(id, out var path) ? path : throw new AgentRefusedException(AgentRefusal.TokenUnknown);

    /// <summary>What a token shows without its PIN.</summary>
    public static TokenInfo Describe(string id, SoftToken token, bool open) => new(
        id, token.Label, token.TriesLeft == 0 ? "locked" : open ? "ready" : "closed", token.TriesLeft, [.. token.Containers.Select(name => Describe(token, name))]);

    /// <summary>The container's signing certificate, or null.</summary>
    public static Certificate? SigningCertificate(SoftToken token, string container)
    {
        if (!token.Containers.Contains(container))
        {
            throw new AgentRefusedException(AgentRefusal.ContainerUnknown);
        }

        try
        {
            return token.ExportCertificate(container, KeyUse.Signing);
        }
        catch (DeviceException missing) when (missing.Error is DeviceError.CertificateMissing or DeviceError.KeyMissing)
        {
            return null;
        }
    }

    private static ContainerInfo Describe(SoftToken token, string name) => new(
        name, SigningCertificate(token, name) is { } signing ? Describe(signing) : null, [.. token.EncryptionCertificates(name).Select(Describe)]);

    private static CertificateInfo Describe(Certificate certificate) => new(
        certificate.Subject.ToString(), certificate.Subject.Find(Oids.CommonName), certificate.Issuer.ToString(), certificate.SerialHex, certificate.NotBefore, certificate.NotAfter,
        ActStatement.Digest(certificate.RawData.Span), certificate.Encode());
}
