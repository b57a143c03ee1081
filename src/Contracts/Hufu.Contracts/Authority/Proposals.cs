namespace Hufu.Contracts;

/// <summary>What two people together do to the installation's CAs.</summary>
public enum AuthorityDeed
{
    /// <summary>A further CA below the root: a key in the device, a certificate from the root; or, <see cref="AuthorityProposal.FromAbove"/>, a request for a CA above that is not here.</summary>
    Create,

    /// <summary>A certificate that came back for such a request.</summary>
    Install,

    /// <summary>A new key for a line of CAs, linked to the old one in both directions (GM/T 0037).</summary>
    ChangeKey,

    /// <summary>The CA's key is compromised: its certificate is revoked, everyone registered is told, a successor is made.</summary>
    Compromise,

    /// <summary>A cross certificate for a CA that is not ours.</summary>
    Cross,

    /// <summary>A cross certificate that another operator's CA has issued to one of ours is taken in: checked, and published as the other half of the pair.</summary>
    TakeCross,

    /// <summary>Keys that must never be certified (R16).</summary>
    BlockKeys,
}

/// <summary>In which algorithms a hierarchy of CAs signs, and which keys it certifies. Stated where a CA is made, never guessed from a key.</summary>
public enum KeyAlgorithm
{
    /// <summary>SM2 with SM3; the key in the room's device.</summary>
    Sm2,

    /// <summary>ECDSA with SHA-256 over P-256; the key in the PKCS#11 token of the room's settings.</summary>
    P256,
}

/// <summary>Proposes a deed: <c>POST /api/ca/deeds</c>, act <see cref="ActNames.CaProposalMake"/>, object <c>ca/{Name}</c>. Nothing happens before another person approves.</summary>
/// <param name="Deed">What.</param>
/// <param name="Name">The line of CAs that it is about; of Cross and TakeCross the other operator's short name; of <see cref="AuthorityDeed.Create"/> the new one's: 2 to 24 of a–z, 0–9, beginning with a letter.</param>
/// <param name="CommonName">Of a new CA.</param>
/// <param name="FromAbove">Of Create: the certificate comes from a CA that is not here (a root above us, or our own root offline); a request goes out as a file.</param>
/// <param name="Certificate">Of Install the certificate, of Cross the other CA's certificate or request, of TakeCross what the other CA issued to ours; DER.</param>
/// <param name="Chain">Of Install and TakeCross: the CAs above it, nearest first, the self-signed root last; DER.</param>
/// <param name="InvalidFrom">Of Compromise: since when the key is feared to be known.</param>
/// <param name="Keys">Of BlockKeys: SM3 (hex) of SubjectPublicKeyInfo, at most 10,000.</param>
/// <param name="Words">Why.</param>
/// <param name="Algorithm">Of Create; null means SM2. With P-256 a hierarchy of its own is made in the token: a root <c>{Name}root</c> and below it the CA <c>{Name}</c>.</param>
public sealed record AuthorityProposal(
    AuthorityDeed Deed, string Name, string Words, string? CommonName = null, bool? FromAbove = null, byte[]? Certificate = null, IReadOnlyList<byte[]>? Chain = null,
    DateTimeOffset? InvalidFrom = null, IReadOnlyList<string>? Keys = null, KeyAlgorithm? Algorithm = null);

/// <summary>A proposal as it stands: the answer to making one, and <c>GET /api/ca/deeds/{id}</c>.</summary>
/// <param name="Id">Its number.</param>
/// <param name="State">What an approval signs: <c>proposed/{digest}</c>, <c>approved/{digest}</c>, <c>done/{digest}</c>; <c>expired/{digest}</c> when nobody approved it in time: it is proposed anew.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="Effects">What it would do, sentence by sentence.</param>
/// <param name="Proposal">The proposal.</param>
/// <param name="Until">Until when it waits, or waited, for its approval (<c>second-within</c>); null once approved.</param>
public sealed record ProposalStanding(string Id, string State, string ProposedBy, IReadOnlyList<string> Effects, AuthorityProposal Proposal, DateTimeOffset? Until = null);

/// <summary>Approves and carries out: <c>POST /api/ca/deeds/{id}/approval</c>, act <see cref="ActNames.CaProposalApprove"/>, object <c>proposal/{id}</c>, by another person than who proposed it.</summary>
/// <param name="Remark">The approver's words.</param>
public sealed record ProposalApproval(string Remark);

/// <summary>What a deed has made. Certificates and requests in DER.</summary>
/// <param name="Id">The proposal.</param>
/// <param name="Name">The CA's name, of a change the new one's.</param>
/// <param name="Certificate">The CA's certificate, if there is one yet.</param>
/// <param name="Request">PKCS#10 for the CA above.</param>
/// <param name="Links">Linking certificates, the new key certified by the old one first; or the cross certificate.</param>
/// <param name="Next">What people have to do next, sentence by sentence.</param>
public sealed record DeedDone(string Id, string Name, byte[]? Certificate, byte[]? Request, IReadOnlyList<byte[]> Links, IReadOnlyList<string> Next);

/// <summary>A linking or cross certificate exists and may be published.</summary>
/// <param name="Name">Under which name: <c>{subject}-by-{issuer}</c>.</param>
/// <param name="Certificate">DER.</param>
public sealed record AuthorityLinked(string Name, byte[] Certificate) : IFact;

/// <summary>A CA's key is compromised: nothing that it signed may be relied on from a moment on.</summary>
/// <param name="Ca">The CA's name.</param>
/// <param name="Certificate">Its certificate, DER.</param>
/// <param name="RevokedAt">When its certificate was revoked.</param>
/// <param name="InvalidFrom">Since when the key is feared to be known; null when that is not known.</param>
/// <param name="Successor">The name of the CA that follows it.</param>
public sealed record AuthorityCompromised(string Ca, byte[] Certificate, DateTimeOffset RevokedAt, DateTimeOffset? InvalidFrom, string Successor) : IFact;

/// <summary>Asks for the room's figures: <c>POST /api/ca/overview</c>, act <see cref="ActNames.CaOverviewRead"/>, object <c>ca/overview</c>.</summary>
/// <param name="From">From this moment on.</param>
/// <param name="Until">Up to this moment.</param>
public sealed record OverviewQuery(DateTimeOffset From, DateTimeOffset Until);

/// <summary>A number of something by type.</summary>
/// <param name="Type">The profile, or the reason.</param>
/// <param name="Day">The day in the policy's zone, <c>2026-11-22</c>.</param>
/// <param name="Count">How many.</param>
public sealed record TypedCount(string Type, string Day, long Count);

/// <summary>A CA on the dashboard.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">active, closing, revoked, ended.</param>
/// <param name="Online">Whether its key is here.</param>
/// <param name="NotAfter">The end of its certificate.</param>
/// <param name="StopIssuing">From then on it cannot issue the longest-lived certificates of its profiles any more (6.6.1.6-b).</param>
/// <param name="CrlNumber">Number of its newest CRL; 0 for none.</param>
/// <param name="CrlAge">Age of that CRL.</param>
/// <param name="CrlDue">When the next one is due; null where none is.</param>
/// <param name="CrlEntries">Entries of it.</param>
public sealed record AuthorityFigures(
    string Name, string State, bool Online, DateTimeOffset NotAfter, DateTimeOffset StopIssuing, long CrlNumber, TimeSpan? CrlAge, DateTimeOffset? CrlDue, long CrlEntries);

/// <summary>An alarm that stands.</summary>
/// <param name="Kind">Its kind, kebab-case.</param>
/// <param name="Object">What it is about.</param>
/// <param name="Words">What is wrong.</param>
/// <param name="Since">Since when.</param>
public sealed record StandingAlarm(string Kind, string Object, string Words, DateTimeOffset Since);

/// <summary>How revocations met their deadlines (6.2.7.3, 6.2.7.6).</summary>
/// <param name="Done">Certificates revoked or suspended in the time asked for.</param>
/// <param name="Late">Of them, those done after their deadline.</param>
/// <param name="Unlisted">Revoked and on no CRL yet.</param>
/// <param name="LongestToDone">The longest time from request to revocation.</param>
/// <param name="LongestToCrl">The longest time from revocation to CRL.</param>
public sealed record RevocationFigures(long Done, long Late, long Unlisted, TimeSpan LongestToDone, TimeSpan LongestToCrl);

/// <summary>The CA's figures.</summary>
/// <param name="Issued">Certificates by profile and day.</param>
/// <param name="Revoked">Revocations by reason and day.</param>
/// <param name="Deadlines">How they met their deadlines.</param>
/// <param name="Authorities">The CAs, their keys' lives and CRLs.</param>
/// <param name="Alarms">Alarms that stand, newest first.</param>
/// <param name="OpenIntents">Orders that wait for the key centre.</param>
public sealed record CaOverview(
    IReadOnlyList<TypedCount> Issued, IReadOnlyList<TypedCount> Revoked, RevocationFigures Deadlines, IReadOnlyList<AuthorityFigures> Authorities, IReadOnlyList<StandingAlarm> Alarms, long OpenIntents);
