using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>
/// A room's side of a repair (R18): once its certificates have ended nobody believes what it says, so what it asks the CA for is carried by hand, and what the CA has certified is taken in by hand. Whoever stands at the machine may do
/// both (<c>hufu repair</c>): requests hold nothing secret, and what is taken in is verified as when it comes as a fact: over a key that the room has, with its name, from the CA that certified it before.
/// </summary>
public static class IdentityRepair
{
    private const string Taken = "identity.repaired";

    /// <summary>What has ended: the room's own certificates with a request over the key that follows, and certificates of its people (those that end soon too). The key centre's are its own organisation's and not asked of the CA.</summary>
    /// <exception cref="RefusedException">DeviceUnavailable: the device waits for its operator.</exception>
    public static async Task<RepairNeeds> NeedsAsync(RoomContext context, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Rooms.KindOf(context.Name) == Rooms.Kmc || !context.Identity.IsInstalled)
        {
            return new RepairNeeds([], [], []);
        }

        var now = context.Clock.GetUtcNow();
        List<string> words = [];
        List<ServiceRenewalAsked> services = [];
        List<RepairProof> proofs = [];
        foreach (var use in new[] { RoomIdentity.SigningLabel, RoomIdentity.EncryptionLabel, RoomIdentity.AuditLabel })
        {
            if (context.Identity.CertificateFor(use) is { } certificate && certificate.NotAfter < now && context.Identity.AskFollowing(use) is { } asked)
            {
                services.Add(asked);
                proofs.Add(new RepairProof(asked.OldSerial, context.Identity.SigningCertificate!.SerialHex, context.Identity.Signer.Sign(RepairProof.ToSign(asked))));
                var next = ActStatement.Digest(CertificationRequest.Decode(asked.Request).PublicKey.RawData.Span);
                words.Add($"{context.Name} {use}: {certificate.SerialHex} ended on {context.Policy.Values.LocalText(certificate.NotAfter)}; the key that follows {next}");
            }
        }

        var soon = now + (now - context.Policy.Values.ServiceRenewalOpensBefore.Before(now));
        var people = await context.Database.ReadAsync(session => context.Staff.Ending(session, soon), ct).ConfigureAwait(false);
        words.AddRange(people.Select(one => $"{context.Name} {one.Person}: {one.Certificate.SerialHex} {(one.Certificate.NotAfter < now ? "ended" : "ends")} on {context.Policy.Values.LocalText(one.Certificate.NotAfter)}"));
        return new RepairNeeds(services, [.. people.Select(one => new PersonEnded(context.Name, one.Certificate.SerialHex))], words, proofs);
    }

    /// <summary>Takes in what the CA has certified for this room, or for one that it knows.</summary>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="RefusedException">It does not follow the certificate that is known here.</exception>
    public static async Task<bool> TakeInAsync(RoomContext context, ServiceCertified certified, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(certified);
        if (certified.Room == context.Name)
        {
            var before = context.Identity.CertificateFor(certified.Use);
            await context.Renewal.FollowOwnAsync(certified, ct).ConfigureAwait(false);
            return !Equals(before, context.Identity.CertificateFor(certified.Use));
        }

        return context.Identity.Chain is [.., var root] && await context.Database.WriteAsync(
            session =>
            {
                if (!context.Peers.Follow(session, certified, root))
                {
                    return false;
                }

                context.Ledger.Append(session, Record($"room/{certified.Room}", new JsonObject { ["use"] = certified.Use, ["oldSerial"] = certified.OldSerial, ["certificate"] = ActStatement.Digest(certified.Certificate) }));
                return true;
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>Takes in what the CA has certified for a member of this room's staff; others' change nothing.</summary>
    /// <returns>Whether anything changed.</returns>
    /// <exception cref="RefusedException">PersonUnknown, PersonSuspended, FieldInvalid, Malformed: it does not follow the certificate that is known here.</exception>
    public static async Task<bool> TakeInAsync(RoomContext context, PersonCertified certified, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(certified);
        // A repair may be for the people of rooms elsewhere too; where such a room is not set up, or its people are others, nothing of it is this one's.
        if (certified.Room != context.Name || !context.Identity.IsInstalled || !await context.Database.ReadAsync(session => Staff.Knows(session, certified.Serial), ct).ConfigureAwait(false))
        {
            return false;
        }

        var certificate = PersonRequests.OpenCertificates([certified.Certificate], "certificate")[0];
        var chain = PersonRequests.OpenCertificates(certified.Chain, "chain");
        var now = context.Clock.GetUtcNow();
        if (context.Identity.Chain is not [.., var root] || !chain[^1].Equals(root) || certificate.IsAuthority || !Certifies(certificate, chain, now))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The certificate {certificate.SerialHex} does not lead to the root that '{context.Name}' trusts.", "chain");
        }

        return await context.Database.WriteAsync(
            session =>
            {
                if (context.Staff.Follow(session, certified.Serial, certificate) is not { } person)
                {
                    return false;
                }

                context.Ledger.Append(session, Record($"person/{person.PersonId}", new JsonObject { ["oldSerial"] = certified.Serial, ["certificate"] = ActStatement.Digest(certified.Certificate) }));
                return true;
            },
            ct).ConfigureAwait(false);
    }

    // A person's certificate has the issuing CA above it, and each CA the next.
    private static bool Certifies(Certificate certificate, IReadOnlyList<Certificate> chain, DateTimeOffset now)
    {
        var subject = certificate;
        foreach (var issuer in chain)
        {
            if (!issuer.IsAuthority || !issuer.Allows(KeyUsages.KeyCertSign) || !subject.IsSignedBy(issuer) || !subject.IsValidAt(now))
            {
                return false;
            }

            subject = issuer;
        }

        return subject.IsValidAt(now);
    }

    private static LedgerRecord Record(string target, JsonObject detail) => new() { Actor = "operator", Act = Taken, Object = target, Outcome = LedgerOutcome.Done, Detail = detail };
}
