namespace Hufu.Contracts;

/// <summary>Where a room stands between nothing and work: <c>GET /api/{room}/setup</c>.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="Initialised">Keys and people exist.</param>
/// <param name="IdentityInstalled">The room's service certificates are installed.</param>
/// <param name="Next">What to do next, in words.</param>
public sealed record SetupState(string Room, bool Initialised, bool IdentityInstalled, string Next);

/// <summary>A person and the PKCS#10 request (DER) made in their own token.</summary>
/// <param name="Name">The person's real name.</param>
/// <param name="Request">PKCS#10, DER; its subject is ignored, its signature proves possession.</param>
public sealed record PersonRequest(string Name, byte[] Request);

/// <summary>Asks for a room's requests or opens its first initialisation: the code that the room printed at its first start.</summary>
/// <param name="SetupCode">The one-time setup code.</param>
public sealed record SetupAsk(string SetupCode);

/// <summary>PKCS#10 requests (DER) of a room's service keys: <c>POST /api/{room}/identity/requests</c> with <see cref="SetupAsk"/>.</summary>
/// <param name="Signing">Of the key that signs its messages, answers or tokens.</param>
/// <param name="Encryption">Of the key that sealed messages are enveloped to; null for a room that receives none.</param>
/// <param name="Audit">Of the key that signs its ledger's heads.</param>
public sealed record IdentityRequests(byte[] Signing, byte[]? Encryption, byte[] Audit);

/// <summary>Another room as this room knows it. Certificates in DER.</summary>
/// <param name="Name">The room's name.</param>
/// <param name="SigningCertificate">Whose key signs its messages.</param>
/// <param name="EncryptionCertificate">To which messages for it are enveloped; null for a room that receives none.</param>
public sealed record PeerInfo(string Name, byte[] SigningCertificate, byte[]? EncryptionCertificate);

/// <summary>Installs a room's certificates and the rooms it talks with: <c>POST /api/{room}/identity</c>.</summary>
/// <param name="SetupCode">The room's setup code.</param>
/// <param name="SigningCertificate">For the signing key.</param>
/// <param name="EncryptionCertificate">For the encryption key, if the room has one.</param>
/// <param name="AuditCertificate">For the ledger key.</param>
/// <param name="Chain">Issuing CA first, root last.</param>
/// <param name="Peers">The rooms that it talks with.</param>
public sealed record IdentityInstallation(
    string SetupCode, byte[] SigningCertificate, byte[]? EncryptionCertificate, byte[] AuditCertificate, IReadOnlyList<byte[]> Chain, IReadOnlyList<PeerInfo> Peers);

/// <summary>Registers another room's certificates: <c>POST /api/{room}/peers</c>, act <see cref="ActNames.PeerRegister"/>.</summary>
/// <param name="Peer">The other room.</param>
/// <param name="Chain">Its chain, issuing CA first, root last; the root is trusted for this peer only.</param>
/// <param name="KeepEarlier">True where the room goes on under new certificates of the same issuer (a key centre that has renewed its own): what it still signs under the registered ones is believed until they end. False,
/// and after a compromise never otherwise: what was registered before counts no more.</param>
public sealed record PeerRegistration(PeerInfo Peer, IReadOnlyList<byte[]> Chain, bool KeepEarlier = false);

/// <summary>Appoints a person: <c>POST /api/{room}/staff</c>, act <see cref="ActNames.StaffAppoint"/>.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Person">The person and their request.</param>
/// <param name="Employment">Whose staff the person is; who appoints signs for it. A contractor is refused (6.6.1.3-c).</param>
public sealed record Appointment(string Role, PersonRequest Person, Employment Employment = Employment.OwnStaff);

/// <summary>Whose staff somebody is.</summary>
public enum Employment
{
    /// <summary>The authority's own.</summary>
    OwnStaff,

    /// <summary>An outside contractor's.</summary>
    Contractor,
}

/// <summary>A person is appointed.</summary>
/// <param name="PersonId">The person's number in this room.</param>
/// <param name="Role">The role.</param>
/// <param name="Certificate">Their certificate, DER.</param>
public sealed record Appointed(string PersonId, string Role, byte[] Certificate);

/// <summary>One share on its way to its holder.</summary>
/// <param name="Holder">The holder's name.</param>
/// <param name="Number">1 to n.</param>
/// <param name="EnvelopedShare">DER SM2Cipher to the holder's key; what it opens to is the holder's share.</param>
public sealed record ShareDelivery(string Holder, int Number, byte[] EnvelopedShare);

/// <summary>One line of a ceremony's transcript.</summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="Time">When it was done.</param>
/// <param name="What">What was done, in words.</param>
/// <param name="Who">Who was present and did it.</param>
/// <param name="Digest">SM3 of what came out of it (hex), or null.</param>
public sealed record CeremonyStep(int Number, DateTimeOffset Time, string What, string Who, string? Digest);

/// <summary>Presents a share: <c>POST /api/{room}/ceremony/shares</c>, act <see cref="ActNames.SharePresent"/> by the share holder.</summary>
/// <param name="Number">The share's number.</param>
/// <param name="EnvelopedShare">The share, DER SM2Cipher to the room's encryption certificate.</param>
public sealed record SharePresentation(int Number, byte[] EnvelopedShare);

/// <summary>How many shares lie on the table.</summary>
/// <param name="Presented">Presented and found to be of the set.</param>
/// <param name="Needed">The threshold.</param>
public sealed record SharesPresented(int Presented, int Needed);

/// <summary>Asks to prove the backup: <c>POST /api/{room}/ceremony/backup-check</c>, act <see cref="ActNames.BackupVerify"/> by an operator.</summary>
/// <param name="Reason">Why, for the transcript.</param>
public sealed record BackupCheck(string Reason);

/// <summary>The outcome of a backup check; the transcript is at <c>GET /api/{room}/ceremony/transcript</c> (Markdown).</summary>
/// <param name="KeysCompared">How many keys were restored in a scratch place and compared.</param>
/// <param name="AllEqual">Whether every restored key is the key in use.</param>
/// <param name="Steps">The transcript's steps.</param>
public sealed record BackupChecked(int KeysCompared, bool AllEqual, IReadOnlyList<CeremonyStep> Steps);
