namespace Hufu.Contracts;

/// <summary>Starts a CA from nothing: <c>POST /api/ca/initialise</c>. Root, one operational CA below it, administrators, share holders, split of the device's backup.</summary>
/// <param name="SetupCode">The room's setup code.</param>
/// <param name="Organisation">The operator's legal name; O of the CA's certificates.</param>
/// <param name="RootName">CN of the root.</param>
/// <param name="CaName">CN of the operational CA.</param>
/// <param name="SuperAdministrator">超级管理员.</param>
/// <param name="AuditAdministrator">审计管理员; another person.</param>
/// <param name="ShareHolders">Five, any three (policy); other persons again.</param>
public sealed record CaInitialisation(
    string SetupCode, string Organisation, string RootName, string CaName, PersonRequest SuperAdministrator, PersonRequest AuditAdministrator, IReadOnlyList<PersonRequest> ShareHolders);

/// <summary>A CA is initialised. Certificates in DER.</summary>
/// <param name="RootCertificate">The self-signed root.</param>
/// <param name="CaCertificate">The operational CA.</param>
/// <param name="Identity">The CA's own service certificates, for its peers.</param>
/// <param name="SuperAdministrator">The person and certificate.</param>
/// <param name="AuditAdministrator">The person and certificate.</param>
/// <param name="ShareHolders">The persons and certificates, in the order of the request.</param>
/// <param name="Shares">The shares, in the same order.</param>
/// <param name="Ceremony">The transcript's steps.</param>
public sealed record CaInitialised(
    byte[] RootCertificate, byte[] CaCertificate, PeerInfo Identity, Appointed SuperAdministrator, Appointed AuditAdministrator,
    IReadOnlyList<Appointed> ShareHolders, IReadOnlyList<ShareDelivery> Shares, IReadOnlyList<CeremonyStep> Ceremony);

/// <summary>Certifies a room's service keys: <c>POST /api/ca/services</c>, act <see cref="ActNames.CaServiceRegister"/>.</summary>
/// <param name="Room">ra, ocsp, tsa or publishing; chooses the profiles.</param>
/// <param name="Name">What the room is called in its certificates (CN).</param>
/// <param name="Requests">Its requests.</param>
public sealed record ServiceRegistration(string Room, string Name, IdentityRequests Requests);

/// <summary>A room is certified and registered as a peer of the CA.</summary>
/// <param name="SigningCertificate">For its signing key.</param>
/// <param name="EncryptionCertificate">For its encryption key, if it has one.</param>
/// <param name="AuditCertificate">For its ledger key.</param>
/// <param name="Chain">Issuing CA first, root last.</param>
/// <param name="Ca">The CA as a peer.</param>
public sealed record ServiceRegistered(byte[] SigningCertificate, byte[]? EncryptionCertificate, byte[] AuditCertificate, IReadOnlyList<byte[]> Chain, PeerInfo Ca);

/// <summary>Signs a CRL now: <c>POST /api/ca/crls</c>, act <see cref="ActNames.CaCrlIssue"/>.</summary>
/// <param name="Ca">The issuing CA's name: <c>root</c>, <c>operational</c>, or another CA of the installation.</param>
/// <param name="Kind">Full, also when it is left out, or delta.</param>
public sealed record CrlRequest(string Ca, CrlKind? Kind = null);

/// <summary>A CRL is signed.</summary>
/// <param name="Ca">The issuing CA's name.</param>
/// <param name="Number">Its CRL number.</param>
/// <param name="Entries">How many entries it has.</param>
/// <param name="Address">Where it is published.</param>
/// <param name="Der">The CRL; empty when it is larger than 8 MiB and to be fetched from its address.</param>
public sealed record CrlSigned(string Ca, long Number, int Entries, string Address, byte[] Der);
