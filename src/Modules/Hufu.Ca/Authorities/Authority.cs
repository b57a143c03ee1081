using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ca.Authorities;

/// <summary>A CA: its name, its certificate and its key, which stays in the device.</summary>
/// <param name="Name">See <see cref="AuthorityNames"/>.</param>
/// <param name="Certificate">The CA's certificate.</param>
/// <param name="Signer">The CA's key.</param>
internal sealed record Authority(string Name, Certificate Certificate, ISigner Signer);

/// <summary>Both CAs, once the room is initialised.</summary>
/// <param name="Root">Signs the operational CA and its own CRL.</param>
/// <param name="Operational">Signs everything else (6.6.2.1-e).</param>
internal sealed record AuthorityPair(Authority Root, Authority Operational)
{
    /// <summary>Issuing CA first, root last; DER.</summary>
    public IReadOnlyList<byte[]> Chain { get; } = [Operational.Certificate.Encode(), Root.Certificate.Encode()];

    public Authority Of(string name) => name == AuthorityNames.Root ? Root : name == AuthorityNames.Operational ? Operational
        : throw new RefusedException(RefusalCode.UnknownObject, "There are the CAs root and operational.", "ca");
}
