using System.Text.Json.Nodes;
using Hufu.Ca.Authorities;
using Hufu.Ca.Backups;
using Hufu.Ca.Certificates;
using Hufu.Ca.Crls;
using Hufu.Ca.Services;
using Hufu.Ca.Staff;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Hosting;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Initialisation;

// The order of the ceremony. Until 8 nothing counts: a crash before it leaves keys in the device that the next attempt destroys, and serials that are burnt.
//   1 the setup code and the people
//   2 serials reserved and committed (R10): also the trace of the attempt
//   3 keys of the root and of the operational CA, in the device
//   4 the root's certificate, signed by itself; the operational CA's, signed by the root
//   5 certificates of the CA's own service keys, of the administrators, of the share holders
//   6 the device's backup, split among the share holders
//   7 the first CRLs of both CAs
//   8 everything stored in one transaction, the setup code consumed, the room's identity installed

/// <summary>Starts a CA from nothing: <c>POST /api/ca/initialise</c>.</summary>
internal sealed class AuthorityBirth(RoomContext context, CaDesks desks, DeviceBackup backup, CeremonyDesk ceremony, IFactOutlet facts) : IDisposable
{
    // CN of the CA's own service certificates: the system, as distinct from the CA whose name is certified.
    private const string ServiceName = "证书认证系统";
    private static readonly string[] CaKeys = [AuthorityNames.RootKey, AuthorityNames.OperationalKey];
    private readonly SemaphoreSlim turn = new(1, 1);

    public void Dispose() => turn.Dispose();

    /// <summary>Initialises the CA. The same request again gets the same answer: what is enveloped to the holders is not lost with a connection.</summary>
    /// <exception cref="RefusedException">SetupCodeWrong, AlreadyInitialised; what is wrong with the people or the names.</exception>
    [Clause("6.6.2.1-a")]
    [Clause("6.6.2.1-e")]
    public async Task<CaInitialised> InitialiseAsync(CaInitialisation request, CancellationToken ct)
    {
        await turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var digest = Digest(request);
            if (await context.Database.ReadAsync(session => Known(session, digest), ct).ConfigureAwait(false) is { } earlier)
            {
                return earlier;
            }

            // 1
            await context.Database.ReadAsync(
                session =>
                {
                    context.SetupCode.Demand(session, request.SetupCode);
                    return true;
                },
                ct).ConfigureAwait(false);
            var people = BirthPeople.Check(request, context.Policy.Values);
            var born = await MakeAsync(request, people, ct).ConfigureAwait(false);
            var reply = await context.Database.WriteAsync(session => Store(session, request, digest, people, born), CancellationToken.None).ConfigureAwait(false);
            desks.Authorities.Set(born.Authorities);
            await context.Ledger.InstallCertificateAsync(born.Audit.Certificate.Encode(), CancellationToken.None).ConfigureAwait(false);
            return reply;
        }
        finally
        {
            turn.Release();
        }
    }

    // Steps 2 to 7.
    private async Task<Born> MakeAsync(CaInitialisation request, IReadOnlyList<BirthPerson> people, CancellationToken ct)
    {
        // 2
        var device = context.Identity.Device;
        await DemandOwnLeftoversAsync(device, ct).ConfigureAwait(false);
        var serials = new Queue<SerialNumber>([
            .. await desks.Direct.ReserveAsync(AuthorityNames.Root, ["authority/root", "authority/operational"], ct).ConfigureAwait(false),
            .. await desks.Direct.ReserveAsync(AuthorityNames.Operational, [.. Enumerable.Repeat("birth", 3 + people.Count)], ct).ConfigureAwait(false),
        ]);

        // 3
        foreach (var label in CaKeys.Where(device.Contains))
        {
            device.Destroy(label);
        }

        var rootKey = device.GenerateKeyPair(AuthorityNames.RootKey, KeyUse.Signing);
        var caKey = device.GenerateKeyPair(AuthorityNames.OperationalKey, KeyUse.Signing);

        // 4
        var rootSigner = new DirectSigner(AuthorityNames.Root, null, device.GetSigner(AuthorityNames.RootKey), null);
        var root = Sign(AuthorityOrder("root-ca", request.Organisation, request.RootName, AuthorityNames.Root, rootKey), rootSigner);
        var rootAuthority = new Authority(AuthorityNames.Root, root.Certificate, rootSigner.Signer, AuthorityNames.Root);
        var ca = Sign(AuthorityOrder("operational-ca", request.Organisation, request.CaName, AuthorityNames.Operational, caKey), DirectSigner.Of(rootAuthority));
        var authorities = new AuthoritySet(
        [
            rootAuthority,
            new Authority(AuthorityNames.Operational, ca.Certificate, device.GetSigner(AuthorityNames.OperationalKey), AuthorityNames.Operational, Parent: AuthorityNames.Root),
        ]);

        // 5
        var signer = DirectSigner.Of(authorities.Operational);
        var service = ServiceOrders.Of(
            context.Policy, request.Organisation, Rooms.Ca, ServiceName, context.Identity.Signer.PublicKey, device.PublicKeyOf(RoomIdentity.EncryptionLabel), context.Identity.AuditSigner.PublicKey);
        var signing = Sign(service.Signing, signer);
        var encryption = Sign(service.Encryption!, signer);
        var audit = Sign(service.Audit, signer);
        List<Issued> staff =
        [
            .. people.Select(person => Sign(
                StaffProfiles.Order(context.Policy, request.Organisation, new StaffPlace(Rooms.Ca, person.Role, person.Name), person.Key), signer)),
        ];

        // 6
        var holders = people.Where(person => person.Role == Roles.ShareHolder).Select(person => person.Key.RequireSm2()).ToList();
        var split = device.SplitBackup(context.Policy.Values.KeyShares, context.Policy.Values.KeyShareThreshold, holders);

        // 7
        var now = context.Clock.GetUtcNow();
        return new Born(
            authorities, root, ca, signing, encryption, audit, staff, split, [desks.Crls.MakeFirst(authorities.Root, now), desks.Crls.MakeFirst(authorities.Operational, now)]);

        Issued Sign(DirectOrder order, DirectSigner by) => new(order, by.Name, desks.Direct.Sign(order, serials.Dequeue(), by));
    }

    // Step 8.
    private CaInitialised Store(Session session, CaInitialisation request, string digest, IReadOnlyList<BirthPerson> people, Born born)
    {
        var now = context.Clock.GetUtcNow();
        context.SetupCode.Demand(session, request.SetupCode);
        AuthorityStore.Insert(session, born.Authorities.Root, AuthorityNames.RootKey);
        AuthorityStore.Insert(session, born.Authorities.Operational, AuthorityNames.OperationalKey);
        foreach (var issued in new[] { born.Root, born.Ca, born.Signing, born.Encryption, born.Audit }.Concat(born.Staff))
        {
            desks.Direct.Store(session, issued.Order, issued.Issuer, issued.Certificate);
        }

        List<Appointed> appointed = [];
        for (var i = 0; i < people.Count; i++)
        {
            var certificate = born.Staff[i].Certificate.Encode();
            var member = context.Staff.Enrol(session, people[i].Role, people[i].Name, certificate, by: null, act: null);
            appointed.Add(new Appointed(member.PersonId, people[i].Role, certificate));
        }

        backup.Keep(session, born.Backup.EncryptedBackup, now.ToUnixTimeMilliseconds());
        List<ShareDelivery> shares = [];
        foreach (var dealt in born.Backup.Shares)
        {
            var holder = 1 + dealt.Number;
            ceremony.RecordHolder(session, dealt.Number, appointed[holder].PersonId);
            shares.Add(new ShareDelivery(people[holder].Name, dealt.Number, dealt.EnvelopedShare));
        }

        foreach (var crl in born.Crls)
        {
            desks.Crls.Publish(session, crl, "initialisation");
        }

        facts.Publish(session, new AuthorityCertified(AuthorityNames.Root, born.Root.Certificate.Encode()));
        facts.Publish(session, new AuthorityCertified(AuthorityNames.Operational, born.Ca.Certificate.Encode()));
        var steps = BirthTranscript.Write(session, ceremony, request, people, born, context.Policy.Values);
        context.Ledger.Append(session, new LedgerRecord
        {
            Actor = "setup",
            Act = "ca.initialised",
            Object = "ca",
            Outcome = LedgerOutcome.Done,
            Detail = new JsonObject
            {
                ["root"] = ActStatement.Digest(born.Root.Certificate.RawData.Span),
                ["operational"] = ActStatement.Digest(born.Ca.Certificate.RawData.Span),
                ["backup"] = ActStatement.Digest(born.Backup.EncryptedBackup),
                ["policy"] = context.Policy.Digest,
                ["people"] = new JsonArray([.. people.Select(person => JsonValue.Create($"{person.Role}: {person.Name}"))]),
            },
        });
        var reply = new CaInitialised(
            born.Root.Certificate.Encode(), born.Ca.Certificate.Encode(), new PeerInfo(Rooms.Ca, born.Signing.Certificate.Encode(), born.Encryption.Certificate.Encode()), appointed[0], appointed[1],
            appointed[2..], shares, steps);
        session.Execute(
            "INSERT INTO ca_births (number, request_digest, reply, born_at) VALUES (1, @digest, @reply, @now)", new { digest, reply = KeptJson.Write(reply), now = now.ToUnixTimeMilliseconds() });
        context.SetupCode.Consume(session);

        // Last, and in one step on disk: if the commit fails after it, the code still opens and the next attempt installs its own.
        context.Identity.Install(born.Signing.Certificate, born.Encryption.Certificate, born.Audit.Certificate, [born.Ca.Certificate, born.Root.Certificate], now);
        return reply;
    }

    // Only keys of an attempt that this database knows may be destroyed: beside a database that was lost or restored they may be a living CA's.
    private async Task DemandOwnLeftoversAsync(SoftwareDevice device, CancellationToken ct)
    {
        var tried = await context.Database.ReadAsync(session => session.Scalar<long>("SELECT count(*) FROM ca_reservations WHERE purpose = 'authority/root'"), ct).ConfigureAwait(false);
        if (tried == 0 && CaKeys.Any(device.Contains))
        {
            throw new RefusedException(RefusalCode.StateWrong, "The device holds CA keys that this database does not know. Restore the database that belongs to them, or start with a new device.");
        }
    }

    private DirectOrder AuthorityOrder(string profile, string organisation, string name, string ca, SubjectPublicKeyInfo key) => new(
        context.Policy.Profile(profile), CertificateUse.Authority, Rooms.Ca, $"authority/{ca}",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["organisation"] = organisation, ["authorityName"] = name }, key);

    private static CaInitialised? Known(Session session, string digest)
    {
        if (session.QueryFirst<BirthRow>("SELECT request_digest, reply FROM ca_births WHERE number = 1") is not { } row)
        {
            return null;
        }

        return row.RequestDigest == digest ? KeptJson.Read<CaInitialised>(row.Reply) : throw new RefusedException(RefusalCode.AlreadyInitialised);
    }

    // The request holds the setup code: whoever repeats it has the code.
    private static string Digest(CaInitialisation request) => Convert.ToHexStringLower(Sm3.HashData(KeptJson.Write(request)));

    private sealed record BirthRow(string RequestDigest, byte[] Reply);
}

/// <summary>A certificate that is signed and not yet stored.</summary>
internal sealed record Issued(DirectOrder Order, string Issuer, Certificate Certificate);

/// <summary>Everything that was made before it counts.</summary>
internal sealed record Born(
    AuthoritySet Authorities, Issued Root, Issued Ca, Issued Signing, Issued Encryption, Issued Audit, IReadOnlyList<Issued> Staff, BackupSet Backup, IReadOnlyList<CrlMade> Crls);
