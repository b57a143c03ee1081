using System.Text;

namespace Hufu.Contracts;

/// <summary>
/// That a request which is carried by hand is the room's own: signed with the key of a signing certificate that the CA has given it, ended or not, as no sealed message says so any more.
/// </summary>
/// <param name="OldSerial">The certificate that the request follows, hex.</param>
/// <param name="SignerSerial">The room's signing certificate, hex.</param>
/// <param name="Signature">DER, over <see cref="ToSign"/>.</param>
public sealed record RepairProof(string OldSerial, string SignerSerial, byte[] Signature)
{
    /// <summary>What the room signs: a line each <c>hufu-repair</c>, room, use and old serial, then the request.</summary>
    public static byte[] ToSign(ServiceRenewalAsked asked)
    {
        ArgumentNullException.ThrowIfNull(asked);
        return [.. Encoding.UTF8.GetBytes($"hufu-repair\n{asked.Room}\n{asked.Use}\n{asked.OldSerial}\n"), .. asked.Request];
    }
}

/// <summary>A member of staff whose certificate has ended, or ends within <c>service-renewal-opens-before</c>.</summary>
/// <param name="Room">Whose staff: <c>ca</c> or an RA.</param>
/// <param name="Serial">The certificate, lower-case hex.</param>
public sealed record PersonEnded(string Room, string Serial);

/// <summary>What a room needs when certificates of it have ended: nobody believes its messages any more, so it is carried by hand (<c>hufu repair</c>).</summary>
/// <param name="Services">Its service keys' requests.</param>
/// <param name="People">Its people.</param>
/// <param name="Words">Of each, when it ended; of a service key SM3 of the one that follows, for people to compare.</param>
/// <param name="Proofs">Of each service key, that the room itself asks.</param>
public sealed record RepairNeeds(IReadOnlyList<ServiceRenewalAsked> Services, IReadOnlyList<PersonEnded> People, IReadOnlyList<string> Words, IReadOnlyList<RepairProof>? Proofs = null);

/// <summary>
/// Asks the CA to put ended certificates of the platform in force again, its own among them (R18): <c>POST /api/ca/repairs</c>, act <see cref="ActNames.CaRepairPropose"/>, object <c>repair/new</c>. Nothing happens
/// before others have signed. These acts are taken from people in office even when their own certificate has ended; then a quorum of share holders signs too.
/// </summary>
/// <param name="Words">Why.</param>
/// <param name="Services">Rooms' certificates that have ended, each with a request over the key that follows.</param>
/// <param name="People">People who are certified again over the key that they have.</param>
/// <param name="Proofs">Of each of the rooms' requests, that the room itself asks.</param>
public sealed record RepairPlan(string Words, IReadOnlyList<ServiceRenewalAsked> Services, IReadOnlyList<PersonEnded> People, IReadOnlyList<RepairProof>? Proofs = null);

/// <summary>Signs for a repair: <c>POST /api/ca/repairs/{id}/approval</c>, act <see cref="ActNames.CaRepairApprove"/>, object <c>repair/{id}</c>, state <see cref="RepairStanding.State"/>; by another person than all who have signed.</summary>
/// <param name="Remark">The signer's words.</param>
public sealed record RepairApproval(string Remark);

/// <summary>A member of staff was certified again over the same key.</summary>
/// <param name="Room">Whose staff.</param>
/// <param name="Serial">The certificate that this one follows.</param>
/// <param name="Name">The person's name.</param>
/// <param name="Certificate">DER.</param>
/// <param name="Chain">Up to and with the root, DER, the issuer first.</param>
public sealed record PersonCertified(string Room, string Serial, string Name, byte[] Certificate, IReadOnlyList<byte[]> Chain);

/// <summary>A repair as it stands: the answer to proposing and to signing, <c>GET /api/ca/repairs</c>, <c>…/{id}</c> in a session, and the local door (docs/decisions/0031).</summary>
/// <param name="Id">Its number.</param>
/// <param name="State">What a signature is for: <c>open/{digest}</c>; then <c>approved/{digest}</c>, <c>done/{digest}</c> or <c>refused/{digest}</c>.</param>
/// <param name="SignedBy">Who has signed, with the role.</param>
/// <param name="Needed">Who still has to, sentence by sentence; empty once enough have.</param>
/// <param name="Plan">What is asked.</param>
/// <param name="Services">What was certified for rooms; empty until it is done.</param>
/// <param name="People">What was certified for people; empty until it is done.</param>
/// <param name="Asked">What a signature is for, line by line in the CA's own words: whose certificate, until when, which key follows; empty in the list.</param>
public sealed record RepairStanding(
    string Id, string State, IReadOnlyList<string> SignedBy, IReadOnlyList<string> Needed, RepairPlan Plan, IReadOnlyList<ServiceCertified> Services, IReadOnlyList<PersonCertified> People, IReadOnlyList<string> Asked);
