using Hufu.Agent.Web;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Agent.Tokens;

/// <summary>Where a token is, and how it is opened.</summary>
/// <param name="Id">How requests name it.</param>
/// <param name="Place">What tells it from all others on this machine.</param>
/// <param name="Kind">soft or skf.</param>
/// <param name="Open">Opens it without its PIN.</param>
internal sealed record TokenPlace(string Id, string Place, string Kind, Func<IHolderToken> Open);

/// <summary>The tokens on this machine: folders that are soft tokens, or that hold such folders, and what makers' SKF libraries see. Looked at anew for each request, as tokens come and go.</summary>
internal sealed class TokenShelf(IReadOnlyList<string> folders, IReadOnlyList<SkfReader> readers)
{
    private const int Most = 200;

    /// <summary>Where new tokens go.</summary>
    public string Home => folders[0];

    /// <summary>Every token; of two with one id the first. A library that does not answer has none.</summary>
    public IReadOnlyCollection<TokenPlace> Find()
    {
        var found = new Dictionary<string, TokenPlace>(StringComparer.Ordinal);
        foreach (var folder in folders.Where(Directory.Exists))
        {
            IEnumerable<string> places = SoftToken.Exists(folder) ? [folder] : Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Where(SoftToken.Exists);
            foreach (var place in places.Take(Most - found.Count))
            {
                var id = Path.GetFileName(Path.TrimEndingDirectorySeparator(place));
                found.TryAdd(id, new TokenPlace(id, place, "soft", () => SoftToken.Open(place)));
            }
        }

        foreach (var reader in readers)
        {
            foreach (var slot in Slots(reader).Take(Most - found.Count))
            {
                found.TryAdd(slot.Id, new TokenPlace(slot.Id, slot.Id, "skf", () => reader.Open(slot)));
            }
        }

        return found.Values;
    }

    /// <summary>What a token shows without its PIN.</summary>
    public static TokenInfo Describe(string id, string kind, IHolderToken token, bool open)
    {
        var left = token.TriesLeft;
        return new TokenInfo(id, kind, token.Label, left == 0 ? "locked" : open ? "ready" : "closed", left, [.. token.Containers.Select(name => Describe(token, name))]);
    }

    /// <summary>The container's signing certificate, or null.</summary>
    public static Certificate? SigningCertificate(IHolderToken token, string container)
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

    private static IReadOnlyList<SkfSlot> Slots(SkfReader reader)
    {
        try
        {
            return reader.Find();
        }
        catch (DeviceException)
        {
            return [];
        }
    }

    private static ContainerInfo Describe(IHolderToken token, string name) => new(
        name, SigningCertificate(token, name) is { } signing ? Describe(signing) : null, [.. token.EncryptionCertificates(name).Select(Describe)]);

    private static CertificateInfo Describe(Certificate certificate) => new(
        certificate.Subject.ToString(), certificate.Subject.Find(Oids.CommonName), certificate.Issuer.ToString(), certificate.SerialHex, certificate.NotBefore, certificate.NotAfter,
        ActStatement.Digest(certificate.RawData.Span), certificate.Encode());
}
