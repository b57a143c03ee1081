namespace Hufu.Contracts;

/// <summary>Starts a key centre from nothing, in the order of GM/T 0038: <c>POST /api/kmc/initialise</c>.</summary>
/// <param name="SetupCode">The room's setup code.</param>
/// <param name="Organisation">The operator's legal name.</param>
/// <param name="Name">CN of the KM certificate.</param>
/// <param name="SuperAdministrator">超级管理员.</param>
/// <param name="AuditAdministrator">审计管理员; another person.</param>
/// <param name="ShareHolders">Five, any three (policy); other persons again.</param>
public sealed record KmcInitialisation(
    string SetupCode, string Organisation, string Name, PersonRequest SuperAdministrator, PersonRequest AuditAdministrator, IReadOnlyList<PersonRequest> ShareHolders);

/// <summary>A key centre is initialised.</summary>
/// <param name="KmCertificate">The self-signed certificate of the KM organisation; issues the key centre's own certificates only.</param>
/// <param name="Identity">Its service certificates, for the CAs that it serves.</param>
/// <param name="SuperAdministrator">The person and certificate.</param>
/// <param name="AuditAdministrator">The person and certificate.</param>
/// <param name="ShareHolders">The persons and certificates, in the order of the request.</param>
/// <param name="Shares">The shares, in the same order.</param>
/// <param name="Ceremony">The transcript's steps.</param>
public sealed record KmcInitialised(
    byte[] KmCertificate, PeerInfo Identity, Appointed SuperAdministrator, Appointed AuditAdministrator,
    IReadOnlyList<Appointed> ShareHolders, IReadOnlyList<ShareDelivery> Shares, IReadOnlyList<CeremonyStep> Ceremony);

/// <summary>Makes pairs ahead: <c>POST /api/kmc/refills</c>, act <see cref="ActNames.KmcRefill"/>.</summary>
/// <param name="Pairs">How many, 1 to 10,000.</param>
public sealed record KeyRefill(int Pairs);

/// <summary>The three stores counted (GM/T 0038): <c>GET /api/kmc/stores</c> and the answer to a refill.</summary>
/// <param name="Spare">备用库.</param>
/// <param name="InUse">在用库.</param>
/// <param name="History">历史库.</param>
public sealed record KeyStores(long Spare, long InUse, long History);

/// <summary>CA ↔ KMC: the body is a CARequest of GM/T 0014 as raw DER, the reply a KMRespond; no JSON. This type names the exchange in access.csv and in sealed messages.</summary>
public sealed record Gmt0014Exchange : IOrder<Gmt0014Exchange>
{
    /// <summary>The message type under which the DER travels.</summary>
    public const string MessageType = "Gmt0014Exchange";
}
