using Hufu.Devices;
using Hufu.Pki.Gmt0014;

namespace Hufu.Kmc;

/// <summary>How the key centre serves its CAs. Figures of policy (shares, marks of the spare store) stand in policy/values.yaml, not here.</summary>
public sealed record KmcOptions
{
    /// <summary>The open points of GM/T 0014, agreed with the CAs.</summary>
    public Gmt0014Options Gmt0014 { get; init; } = Gmt0014Options.Hufu;

    /// <summary>Whether a CA's restore request may name another signing key than the one to which the pair was given. Without it such a recovery is refused here: it takes two persons of the key centre (6.2.8-b).</summary>
    public bool RestoreToAnotherKey { get; init; }

    /// <summary>Most requests in one message of a CA, 1 to 1,000.</summary>
    public int MostRequests { get; init; } = 100;

    /// <summary>The device behind the C interface of GM/T 0018 that makes and keeps the pairs; null: the room's own software device.</summary>
    public SdfOptions? Sdf { get; init; }
}
