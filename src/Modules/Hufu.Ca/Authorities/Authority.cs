using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ca.Authorities;

/// <summary>How a CA stands.</summary>
internal enum AuthorityState
{
    /// <summary>Issues, and signs its CRLs.</summary>
    Active,

    /// <summary>Followed by another key: signs CRLs until the last certificate under it ends (6.6.1.6-a).</summary>
    Closing,

    /// <summary>Its certificate is revoked: signs nothing.</summary>
    Revoked,

    /// <summary>Its last certificate has ended: signs nothing.</summary>
    Ended,
}

/// <summary>A CA: its name, its certificate and its key, which stays in the device.</summary>
/// <param name="Name">See <see cref="AuthorityNames"/>; a successor's is its line's with a number.</param>
/// <param name="Certificate">The CA's certificate.</param>
/// <param name="Signer">The CA's key; of an offline one, a signer that refuses.</param>
/// <param name="Line">CAs that follow one another by change of keys.</param>
/// <param name="State">How it stands.</param>
/// <param name="Parent">The CA above it, when that is ours; null for a root and below a foreign one.</param>
/// <param name="Algorithm">What it signs with, and which keys it certifies.</param>
internal sealed record Authority(string Name, Certificate Certificate, ISigner Signer, string Line, AuthorityState State = AuthorityState.Active, string? Parent = null,
    KeyAlgorithm Algorithm = KeyAlgorithm.Sm2)
{
    /// <summary>Whether its CRLs are signed here.</summary>
    public bool SignsCrls => State is AuthorityState.Active or AuthorityState.Closing && Signer is not OfflineSigner;
}

/// <summary>Stands for a key that is in another place.</summary>
internal sealed class OfflineSigner(Certificate certificate, KeyAlgorithm algorithm = KeyAlgorithm.Sm2) : ISigner
{
    public SubjectPublicKeyInfo PublicKey => certificate.PublicKey;

    public AlgorithmIdentifier Algorithm => SignatureOf.Algorithm(algorithm);

    public byte[] Sign(ReadOnlySpan<byte> data) => throw new RefusedException(RefusalCode.DeviceUnavailable, $"The key of {certificate.Subject.CommonName} is offline; what it signs goes there and comes back as files.");
}

/// <summary>All CAs of this installation, once the room is initialised.</summary>
internal sealed record AuthoritySet
{
    /// <summary>The set of these.</summary>
    /// <param name="all">Every CA, the older first; at least an active root and an active one of the line <c>operational</c>.</param>
    public AuthoritySet(IReadOnlyList<Authority> all)
    {
        All = all;
        Names = [.. all.Select(authority => authority.Name)];
        Issuers = [.. all.OrderByDescending(authority => authority.State == AuthorityState.Active && authority.Line != AuthorityNames.Root).Select(authority => authority.Name)];
        foreach (var authority in all)
        {
            // Everything that is signed is verified against these again and again.
            authority.Certificate.PublicKey.Sm2?.Precompute();
        }

        Root = ActiveOf(AuthorityNames.Root) ?? all.First(authority => authority.Line == AuthorityNames.Root);
        Operational = ActiveOf(AuthorityNames.Operational) ?? all.Last(authority => authority.Line == AuthorityNames.Operational);
        Chain = ChainOf(Operational);
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Authority> All { get; }

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The names again, those that issue most first: the order in which a serial is looked for.</summary>
    public IReadOnlyList<string> Issuers { get; }

    /// <summary>Signs operational CAs and its own CRL.</summary>
    public Authority Root { get; }

    /// <summary>Signs everything that no other CA is set for (6.6.2.1-e).</summary>
    public Authority Operational { get; }

    /// <summary>Of the operational CA: issuing CA first, root last; DER.</summary>
    public IReadOnlyList<byte[]> Chain { get; }

    /// <summary>CAs whose key has been in no backup for longer than policy allows (6.6.2.2-c), and why in words.</summary>
    public IReadOnlyDictionary<string, string> Unbacked { get; init; } = new Dictionary<string, string>();

    /// <summary>The CA of a line that issues now, or null.</summary>
    public Authority? ActiveOf(string line) => All.LastOrDefault(authority => authority.Line == line && authority.State == AuthorityState.Active);

    /// <summary>The CA that issues for a line now, to holders, rooms and people.</summary>
    /// <exception cref="RefusedException">StateWrong: there is none. BackupMissing: its key is in no backup and should be; it passes with the backup.</exception>
    [Clause("6.6.2.2-c")]
    public Authority DemandActive(string line)
    {
        var active = DemandLine(line);
        return Unbacked.TryGetValue(active.Name, out var why) ? throw new RefusedException(RefusalCode.BackupMissing, why, "ca") : active;
    }

    /// <summary>The CA of a line that is active, whatever its backup: for deeds about the CA itself.</summary>
    /// <exception cref="RefusedException">StateWrong: there is none.</exception>
    public Authority DemandLine(string line) =>
        ActiveOf(line) ?? throw new RefusedException(RefusalCode.StateWrong, $"The CA '{line}' does not issue at present.", "ca");

    /// <summary>From a CA up to the root, as far as it is ours; DER.</summary>
    public IReadOnlyList<byte[]> ChainOf(Authority authority)
    {
        List<byte[]> chain = [];
        for (var at = authority; at is not null && chain.Count < 8; at = at.Parent is { } parent ? All.FirstOrDefault(other => other.Name == parent) : null)
        {
            chain.Add(at.Certificate.Encode());
        }

        return chain;
    }

    /// <exception cref="RefusedException">UnknownObject.</exception>
    public Authority Of(string name) => All.FirstOrDefault(authority => authority.Name == name)
        ?? throw new RefusedException(RefusalCode.UnknownObject, $"There are the CAs {string.Join(", ", Names)}.", "ca");
}
