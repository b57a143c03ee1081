using System.Text.Json.Nodes;
using Hufu.Ca.Alarms;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Crls;
using Hufu.Ca.Revocation;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Ca.Hierarchy;

/// <summary>What two people together do to the CAs: create, install, change the key, revoke for compromise, cross-certify, block keys; what others issue to ours is taken in by <see cref="CrossTaking"/>. Everything of a deed is stored in one transaction.</summary>
internal sealed class AuthorityDeeds(RoomContext context, CaDesks desks, IFactOutlet facts)
{
    private const string OperationalProfile = "operational-ca";
    private const string RootProfile = "root-ca";
    private const int BlockedAtOnce = 10_000;

    private CrossTaking Crosses => new(context, desks, facts);

    private SoftwareDevice Device => context.Identity.Device;

    /// <summary>What a proposal would do, in sentences; refuses what cannot be done.</summary>
    /// <exception cref="RefusedException">FieldInvalid, FieldMissing, StateWrong, UnknownObject.</exception>
    public IReadOnlyList<string> EffectsOf(Session session, AuthoritySet all, AuthorityProposal proposal)
    {
        switch (proposal.Deed)
        {
            case AuthorityDeed.Create when proposal.Algorithm == KeyAlgorithm.P256:
                DemandNewLine(session, all, proposal);
                return desks.TokenHierarchy.EffectsOf(all, proposal);
            case AuthorityDeed.Create:
                DemandNewLine(session, all, proposal);
                return proposal.FromAbove == true
                    ? [$"A key pair '{proposal.Name}' is made in the device.", $"A request for {proposal.CommonName} goes out as a file; the CA issues once its certificate is installed."]
                    : [$"A key pair '{proposal.Name}' is made in the device.", $"{all.Root.Certificate.Subject.CommonName} certifies {proposal.CommonName}.", "Its first CRL is made and its certificate published."];
            case AuthorityDeed.Install:
                var pending = FindRequest(session, proposal.Name);
                var chain = CheckInstalled(pending, proposal);
                return [$"{chain[0].Subject.CommonName}, certified by {chain[0].Issuer.CommonName}, issues as '{proposal.Name}' until {chain[0].NotAfter:u}."];
            case AuthorityDeed.ChangeKey:
                var old = all.DemandLine(proposal.Name);
                return
                [
                    $"'{old.Name}' stops issuing and signs CRLs only, until the last certificate under it ends.", $"'{NextName(all, proposal.Name)}' issues with a new key under the same name.",
                    "Two linking certificates are made: the new key certified by the old one, and the old by the new.",
                ];
            case AuthorityDeed.Compromise:
                var lost = all.DemandLine(proposal.Name);
                DemandNotRoot(lost);
                return
                [
                    $"The certificate of '{lost.Name}' is revoked by {all.Of(lost.Parent!).Certificate.Subject.CommonName} for keyCompromise; its key signs nothing any more and is never certified again.",
                    "The CRL above it is made at once; RA and publishing are told.", $"'{NextName(all, proposal.Name)}' follows it with a new key, without links.",
                    "Every certificate under it has to be replaced; the rooms are certified anew.",
                ];
            case AuthorityDeed.Cross:
                var (subject, _) = ReadOther(proposal);
                return [$"{all.Root.Certificate.Subject.CommonName} certifies {subject.CommonName ?? subject.ToString()}, a CA that is not ours."];
            case AuthorityDeed.TakeCross:
                return Crosses.EffectsOf(session, all, proposal);
            default:
                CheckKeys(proposal);
                return [$"{proposal.Keys!.Count} keys are never certified from now on (R16)."];
        }
    }

    /// <summary>Carries out an approved proposal.</summary>
    /// <param name="id">The proposal.</param>
    /// <param name="proposal">The proposal.</param>
    /// <param name="keep">Keeps the answer in the deed's transaction.</param>
    /// <param name="ct">Cancels before anything is stored.</param>
    public async Task<DeedDone> CarryOutAsync(string id, AuthorityProposal proposal, Action<Session, DeedDone> keep, CancellationToken ct)
    {
        var all = desks.Authorities.Demand();
        await context.Database.ReadAsync(session => EffectsOf(session, all, proposal), ct).ConfigureAwait(false);
        var done = await (proposal.Deed switch
        {
            AuthorityDeed.Create when proposal.Algorithm == KeyAlgorithm.P256 => desks.TokenHierarchy.CreateAsync(id, all, proposal, keep, ct),
            AuthorityDeed.Create => CreateAsync(id, all, proposal, keep, ct),
            AuthorityDeed.Install => InstallAsync(id, proposal, keep, ct),
            AuthorityDeed.ChangeKey => FollowAsync(id, all, all.DemandLine(proposal.Name), AuthorityState.Closing, proposal, keep, ct),
            AuthorityDeed.Compromise => CompromiseAsync(id, all, proposal, keep, ct),
            AuthorityDeed.Cross => CrossAsync(id, all, proposal, keep, ct),
            AuthorityDeed.TakeCross => Crosses.TakeAsync(id, all, proposal, keep, ct),
            _ => BlockAsync(id, proposal, keep, ct),
        }).ConfigureAwait(false);
        await desks.LoadAsync(CancellationToken.None).ConfigureAwait(false);
        return done;
    }

    private async Task<DeedDone> CreateAsync(string id, AuthoritySet all, AuthorityProposal proposal, Action<Session, DeedDone> keep, CancellationToken ct)
    {
        var label = KeyOf(proposal.Name);
        var key = desks.HomeOf(KeyAlgorithm.Sm2).NewKey(label);
        var fields = Fields(all, proposal.CommonName!);
        if (proposal.FromAbove == true)
        {
            var request = CertificationRequest.Create(SubjectBuilder.Build(context.Policy.Profile(OperationalProfile), fields), Device.GetSigner(label)).Encode();
            return await StoreAsync(
                new DeedDone(id, proposal.Name, null, request, [], ["Carry the request to the CA above, and propose the installation of what comes back."]), keep,
                session =>
                {
                    session.Execute(
                        "INSERT INTO ca_authority_requests (name, line, key_label, request, asked_at) VALUES (@Name, @Name, @label, @request, @Now)",
                        new { proposal.Name, label, request, Now = context.Clock.GetUtcNow().ToUnixTimeMilliseconds() });
                    Record(session, "ca.authority.requested", proposal.Name, new JsonObject { ["request"] = ActStatement.Digest(request) });
                },
                ct).ConfigureAwait(false);
        }

        var (order, certificate) = await CertifyAsync(all.Root, OperationalProfile, proposal.Name, fields, key, null, ct).ConfigureAwait(false);
        var authority = new Authority(proposal.Name, certificate, Device.GetSigner(label), proposal.Name, Parent: all.Root.Name);
        var crl = desks.Crls.MakeFirst(authority, context.Clock.GetUtcNow());
        return await StoreAsync(
            new DeedDone(id, proposal.Name, certificate.Encode(), null, [], ["Split the device's backup anew: it holds a new key."]), keep,
            session =>
            {
                Begin(session, authority, label, crl);
                desks.Direct.Store(session, order, all.Root.Name, certificate);
            },
            ct).ConfigureAwait(false);
    }

    // GM/T 0037 8.10: what came back from above is ours, is a CA's, and leads to the root that came with it.
    private async Task<DeedDone> InstallAsync(string id, AuthorityProposal proposal, Action<Session, DeedDone> keep, CancellationToken ct)
    {
        var pending = await context.Database.ReadAsync(session => FindRequest(session, proposal.Name), ct).ConfigureAwait(false);
        var chain = CheckInstalled(pending, proposal);
        var authority = new Authority(proposal.Name, chain[0], Device.GetSigner(pending.KeyLabel), pending.Line);
        var crl = desks.Crls.MakeFirst(authority, context.Clock.GetUtcNow());
        return await StoreAsync(
            new DeedDone(id, proposal.Name, chain[0].Encode(), null, [.. chain.Skip(1).Select(above => above.Encode())], ["Split the device's backup anew: it holds a new key."]), keep,
            session =>
            {
                session.Execute("DELETE FROM ca_authority_requests WHERE name = @Name", new { proposal.Name });
                Begin(session, authority, pending.KeyLabel, crl);
                for (var i = 1; i < chain.Count; i++)
                {
                    var name = $"{proposal.Name}-above-{i}";
                    KeepLink(session, name, chain[i]);
                }
            },
            ct).ConfigureAwait(false);
    }

    // A new key for a line. With links when the old one is to be believed still.
    [Clause("6.6.1.6-a")]
    private async Task<DeedDone> FollowAsync(
        string id, AuthoritySet all, Authority old, AuthorityState oldState, AuthorityProposal proposal, Action<Session, DeedDone> keep, CancellationToken ct, Action<Session>? also = null)
    {
        var name = NextName(all, old.Line);
        var label = KeyOf(name);
        var home = desks.HomeOf(old.Algorithm);
        var key = home.NewKey(label);
        var parent = ParentOf(all, old);
        var profile = parent is null ? RootProfile : OperationalProfile;
        var fields = Fields(all, old.Certificate.Subject.CommonName!);
        var (order, certificate) = parent is null
            ? await CertifySelfAsync(name, profile, old, fields, key, home.SignerOf(label), ct).ConfigureAwait(false)
            : await CertifyAsync(parent, profile, old.Line, fields, key, old.Certificate.Subject, ct).ConfigureAwait(false);
        var authority = new Authority(name, certificate, home.SignerOf(label), old.Line, Parent: parent?.Name, Algorithm: home.Algorithm);
        List<(DirectOrder Order, string Issuer, Certificate Certificate, string Name)> links = [];
        if (oldState == AuthorityState.Closing)
        {
            // RFC 4210 4.4: who trusts the old key comes to the new one, and the other way round; each as long as both live.
            var until = certificate.NotAfter < old.Certificate.NotAfter ? certificate.NotAfter : old.Certificate.NotAfter;
            var (newByOldOrder, newByOld) = await CertifyAsync(old, profile, old.Line, fields, key, old.Certificate.Subject, ct, until).ConfigureAwait(false);
            var (oldByNewOrder, oldByNew) = await CertifyAsync(authority, profile, old.Line, fields, old.Certificate.PublicKey, old.Certificate.Subject, ct, until).ConfigureAwait(false);
            links = [(newByOldOrder, old.Name, newByOld, $"{name}-by-{old.Name}"), (oldByNewOrder, name, oldByNew, $"{old.Name}-by-{name}")];
        }

        var crl = desks.Crls.MakeFirst(authority, context.Clock.GetUtcNow());
        return await StoreAsync(
            new DeedDone(
                id, name, certificate.Encode(), null, [.. links.Select(link => link.Certificate.Encode())],
                [home.BackupDue, .. oldState == AuthorityState.Revoked ? new[] { "Certify the rooms anew.", "Replace every certificate under the old key." } : []]),
            keep,
            session =>
            {
                AuthorityStore.SetState(session, old.Name, oldState);
                Begin(session, authority, label, crl);
                desks.Direct.Store(session, order, parent?.Name ?? name, certificate);
                foreach (var link in links)
                {
                    desks.Direct.Store(session, link.Order, link.Issuer, link.Certificate);
                    KeepLink(session, link.Name, link.Certificate);
                }

                also?.Invoke(session);
                Record(session, oldState == AuthorityState.Closing ? "ca.key.changed" : "ca.key.compromised", old.Name, new JsonObject { ["successor"] = name, ["certificate"] = ActStatement.Digest(certificate.RawData.Span), ["words"] = proposal.Words });
            },
            ct).ConfigureAwait(false);
    }

    private async Task<DeedDone> CompromiseAsync(string id, AuthoritySet all, AuthorityProposal proposal, Action<Session, DeedDone> keep, CancellationToken ct)
    {
        var lost = all.DemandLine(proposal.Name);
        DemandNotRoot(lost);
        var now = context.Clock.GetUtcNow();
        var parent = all.Of(lost.Parent!);
        var done = await FollowAsync(
            id, all, lost, AuthorityState.Revoked, proposal, keep, ct,
            session =>
            {
                var row = CertificateStore.Find(session, parent.Name, lost.Certificate.SerialHex) ?? throw new InvalidOperationException("The CA's own certificate is not on record.");
                desks.Standing.Change(
                    session,
                    new RevocationChange(
                        StandingChange.Revoke, parent.Name, row.Serial, RevocationReason.KeyCompromise, new RevocationCase(RevocationGround.KeyCompromise, RevocationAsker.Authority, proposal.InvalidFrom),
                        $"proposal {id}", now, Rooms.Ca),
                    row);
                desks.Alarms.Raise(session, AlarmKinds.CaCompromised, $"ca/{lost.Name}", proposal.Words);
                facts.Publish(session, new AuthorityCompromised(lost.Name, lost.Certificate.Encode(), now, proposal.InvalidFrom, NextName(all, lost.Line)));
            }).ConfigureAwait(false);
        await desks.LoadAsync(CancellationToken.None).ConfigureAwait(false);
        await desks.Crls.IssueAsync(parent.Name, CrlOccasion.OnDemand, $"proposal {id}", ct).ConfigureAwait(false);
        return done;
    }

    private async Task<DeedDone> CrossAsync(string id, AuthoritySet all, AuthorityProposal proposal, Action<Session, DeedDone> keep, CancellationToken ct)
    {
        var (subject, key) = ReadOther(proposal);
        var (order, certificate) = await CertifyAsync(all.Root, OperationalProfile, $"cross/{proposal.Name}", Fields(all, proposal.Name), key, subject, ct).ConfigureAwait(false);
        return await StoreAsync(
            new DeedDone(id, proposal.Name, null, null, [certificate.Encode()], ["Hand the cross certificate to the other CA."]), keep,
            session =>
            {
                desks.Direct.Store(session, order, all.Root.Name, certificate);
                KeepLink(session, $"{proposal.Name}-by-{all.Root.Name}", certificate);
                Record(session, "ca.cross.certified", proposal.Name, new JsonObject { ["certificate"] = ActStatement.Digest(certificate.RawData.Span) });
            },
            ct).ConfigureAwait(false);
    }

    private Task<DeedDone> BlockAsync(string id, AuthorityProposal proposal, Action<Session, DeedDone> keep, CancellationToken ct)
    {
        CheckKeys(proposal);
        return StoreAsync(
            new DeedDone(id, proposal.Name, null, null, [], []), keep,
            session =>
            {
                var now = context.Clock.GetUtcNow().ToUnixTimeMilliseconds();
                var fresh = proposal.Keys!.Count(digest => CertificateStore.BlockKey(session, digest, proposal.Words, now));
                Record(session, "ca.keys.blocked", proposal.Name, new JsonObject { ["keys"] = proposal.Keys!.Count, ["new"] = fresh });
            },
            ct);
    }

    private async Task<DeedDone> StoreAsync(DeedDone done, Action<Session, DeedDone> keep, Action<Session> store, CancellationToken ct)
    {
        await context.Database.WriteAsync(
            session =>
            {
                store(session);
                keep(session, done);
            },
            ct).ConfigureAwait(false);
        return done;
    }

    private void Begin(Session session, Authority authority, string label, CrlMade crl)
    {
        AuthorityStore.Insert(session, authority, label);
        facts.Publish(session, new AuthorityCertified(authority.Name, authority.Certificate.Encode()));
        desks.Crls.Publish(session, crl, "system");
        Record(session, "ca.authority.begun", authority.Name, new JsonObject { ["certificate"] = ActStatement.Digest(authority.Certificate.RawData.Span) });
    }

    private void KeepLink(Session session, string name, Certificate certificate) => LinkStore.Keep(session, facts, name, certificate, context.Clock.GetUtcNow());

    private async Task<(DirectOrder Order, Certificate Certificate)> CertifyAsync(
        Authority by, string profile, string holder, IReadOnlyDictionary<string, string> fields, SubjectPublicKeyInfo key, DistinguishedName? subject, CancellationToken ct, DateTimeOffset? until = null)
    {
        var order = new DirectOrder(
            context.Policy.Profile(profile), CertificateUse.Authority, Rooms.Ca, $"authority/{holder}", fields, key, Until: until < by.Certificate.NotAfter ? until : by.Certificate.NotAfter, Subject: subject);
        var serial = (await desks.Direct.ReserveAsync(by.Name, [$"authority/{holder}"], ct).ConfigureAwait(false))[0];
        return (order, desks.Direct.Sign(order, serial, DirectSigner.Of(by)));
    }

    private async Task<(DirectOrder Order, Certificate Certificate)> CertifySelfAsync(
        string name, string profile, Authority old, IReadOnlyDictionary<string, string> fields, SubjectPublicKeyInfo key, ISigner signer, CancellationToken ct)
    {
        var order = new DirectOrder(context.Policy.Profile(profile), CertificateUse.Authority, Rooms.Ca, $"authority/{old.Line}", fields, key, Subject: old.Certificate.Subject);
        var serial = (await desks.Direct.ReserveAsync(name, [$"authority/{old.Line}"], ct).ConfigureAwait(false))[0];
        return (order, desks.Direct.Sign(order, serial, new DirectSigner(name, null, signer, null, old.Algorithm)));
    }

    // Whoever certifies a line's next key: the active CA of the line above; null for a root, which signs itself.
    private static Authority? ParentOf(AuthoritySet all, Authority old) => old.Algorithm == KeyAlgorithm.Sm2
        ? old.Parent is null && old.Line == AuthorityNames.Root ? null : all.Root
        : old.Parent is null ? null : all.DemandLine(all.Of(old.Parent).Line);

    private static string KeyOf(string name) => $"ca-{name}";

    private static string NextName(AuthoritySet all, string line) => $"{line}-{all.All.Count(authority => authority.Line == line) + 1}";

    private static Dictionary<string, string> Fields(AuthoritySet all, string name) => new(StringComparer.Ordinal)
    {
        ["organisation"] = all.Operational.Certificate.Subject.Find(Oids.Organization)!,
        ["authorityName"] = name,
    };

    private static void DemandNewLine(Session session, AuthoritySet all, AuthorityProposal proposal)
    {
        if (proposal.Name.Length is < 2 or > 24 || !char.IsAsciiLetterLower(proposal.Name[0]) || !proposal.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "2 to 24 of a–z and 0–9, beginning with a letter.", "name");
        }

        if (string.IsNullOrWhiteSpace(proposal.CommonName))
        {
            throw new RefusedException(RefusalCode.FieldMissing, "A CA has a name.", "commonName");
        }

        if (all.All.Any(authority => authority.Line == proposal.Name || authority.Name == proposal.Name)
            || session.Scalar<long>("SELECT count(*) FROM ca_authority_requests WHERE name = @Name", new { proposal.Name }) > 0)
        {
            throw new RefusedException(RefusalCode.StateWrong, "There is a CA of this name already.", "name");
        }
    }

    private static void DemandNotRoot(Authority lost)
    {
        if (lost.Parent is null)
        {
            throw new RefusedException(RefusalCode.StateWrong, "Nobody here can revoke this CA: for a root the national authority is asked, below a foreign root that CA (6.6.1.6-a).", "name");
        }
    }

    private static RequestRow FindRequest(Session session, string name) =>
        session.QueryFirst<RequestRow>("SELECT name, line, key_label, request FROM ca_authority_requests WHERE name = @name", new { name })
        ?? throw new RefusedException(RefusalCode.UnknownObject, "No request of this name waits for a certificate.", "name");

    private List<Certificate> CheckInstalled(RequestRow pending, AuthorityProposal proposal)
    {
        var now = context.Clock.GetUtcNow();
        var request = CertificationRequest.Decode(pending.Request);
        List<Certificate> chain;
        try
        {
            chain = [.. new[] { proposal.Certificate ?? [] }.Concat(proposal.Chain ?? []).Select(der => Certificate.Decode(der))];
        }
        catch (PkiException exception)
        {
            throw new RefusedException(RefusalCode.Malformed, exception.Message, "certificate");
        }

        if (!chain[0].PublicKey.Equals(request.PublicKey))
        {
            throw new RefusedException(RefusalCode.StateWrong, "The certificate is for another key than the one that was made here.", "certificate");
        }

        InstalledChainHolds.Demand(chain, now);
        return chain;
    }

    private static (DistinguishedName Subject, SubjectPublicKeyInfo Key) ReadOther(AuthorityProposal proposal)
    {
        try
        {
            var der = proposal.Certificate ?? throw new RefusedException(RefusalCode.FieldMissing, "The other CA's certificate or request.", "certificate");
            var (subject, key) = Read(der);
            KeyIsAcceptable.Demand(key, KeyAlgorithm.Sm2, "certificate");
            return (subject, key);
        }
        catch (PkiException exception)
        {
            throw new RefusedException(RefusalCode.Malformed, exception.Message, "certificate");
        }

        static (DistinguishedName, SubjectPublicKeyInfo) Read(byte[] der)
        {
            try
            {
                var certificate = Certificate.Decode(der);
                return (certificate.Subject, certificate.PublicKey);
            }
            catch (PkiException)
            {
                var request = CertificationRequest.Decode(der);
                PossessionIsProven.Demand(request);
                return (request.Subject, request.PublicKey);
            }
        }
    }

    private static void CheckKeys(AuthorityProposal proposal)
    {
        if (proposal.Keys is not { Count: >= 1 and <= BlockedAtOnce } keys || keys.Any(key => key.Length != 64 || !key.All(char.IsAsciiHexDigitLower)))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {BlockedAtOnce} digests of 64 lower-case hex digits.", "keys");
        }
    }

    private void Record(Session session, string act, string name, JsonObject detail) =>
        context.Ledger.Append(session, new LedgerRecord { Actor = "system", Act = act, Object = $"ca/{name}", Outcome = LedgerOutcome.Done, Detail = detail });

    private sealed record RequestRow(string Name, string Line, string KeyLabel, byte[] Request);
}
