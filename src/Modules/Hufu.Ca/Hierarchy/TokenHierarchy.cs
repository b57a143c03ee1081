using System.Text.Json.Nodes;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Crls;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Hierarchy;

/// <summary>
/// A hierarchy in P-256, its keys in a PKCS#11 token: a root and a CA below it, made in one deed. It is for what speaks no SM2 (TLS between machines and browsers); it stands beside the SM2 hierarchy and certifies
/// P-256 keys only. Which profiles it issues, <see cref="CaOptions.ProfileAuthorities"/> says.
/// </summary>
internal sealed class TokenHierarchy(CaParts parts, DirectIssuer direct, CrlDesk crls)
{
    private const string RootProfile = "root-ca";
    private const string OperationalProfile = "operational-ca";

    /// <summary>What the deed would do.</summary>
    /// <exception cref="RefusedException">DeviceUnavailable: no token is set.</exception>
    public IReadOnlyList<string> EffectsOf(AuthoritySet all, AuthorityProposal proposal)
    {
        Demand(all, proposal);
        return
        [
            $"Two P-256 key pairs, '{RootOf(proposal.Name)}' and '{proposal.Name}', are made in the token.", $"{RootTitle(proposal)} certifies itself, and {proposal.CommonName} below it.",
            "Their first CRLs are made and their certificates published.",
        ];
    }

    /// <summary>Carries it out; everything is stored in one transaction.</summary>
    public async Task<DeedDone> CreateAsync(string id, AuthoritySet all, AuthorityProposal proposal, Action<Session, DeedDone> keep, CancellationToken ct)
    {
        var token = Demand(all, proposal);
        string rootName = RootOf(proposal.Name), name = proposal.Name;
        SubjectPublicKeyInfo rootKey = token.NewKey(KeyOf(rootName)), key = token.NewKey(KeyOf(name));
        DirectOrder rootOrder = Order(all, RootProfile, rootName, RootTitle(proposal), rootKey), order = Order(all, OperationalProfile, name, proposal.CommonName!, key);
        var serials = await direct.ReserveAsync(rootName, [$"authority/{rootName}", $"authority/{name}"], ct).ConfigureAwait(false);
        var rootSigner = token.SignerOf(KeyOf(rootName));
        var root = new Authority(rootName, direct.Sign(rootOrder, serials[0], new DirectSigner(rootName, null, rootSigner, null, KeyAlgorithm.P256)), rootSigner, rootName, Algorithm: KeyAlgorithm.P256);
        var authority = new Authority(name, direct.Sign(order, serials[1], DirectSigner.Of(root)), token.SignerOf(KeyOf(name)), name, Parent: rootName, Algorithm: KeyAlgorithm.P256);
        var now = parts.Clock.GetUtcNow();
        CrlMade rootCrl = crls.MakeFirst(root, now), crl = crls.MakeFirst(authority, now);
        var done = new DeedDone(id, name, authority.Certificate.Encode(), null, [root.Certificate.Encode()], [token.BackupDue]);
        await parts.Database.WriteAsync(
            session =>
            {
                Begin(session, root, rootCrl);
                direct.Store(session, rootOrder, rootName, root.Certificate);
                Begin(session, authority, crl);
                direct.Store(session, order, rootName, authority.Certificate);
                keep(session, done);
            },
            ct).ConfigureAwait(false);
        return done;
    }

    private void Begin(Session session, Authority authority, CrlMade crl)
    {
        AuthorityStore.Insert(session, authority, KeyOf(authority.Name));
        parts.Facts.Publish(session, new AuthorityCertified(authority.Name, authority.Certificate.Encode()));
        crls.Publish(session, crl, "system");
        parts.Ledger.Append(session, new LedgerRecord
        {
            Actor = "system", Act = "ca.authority.begun", Object = $"ca/{authority.Name}", Outcome = LedgerOutcome.Done,
            Detail = new JsonObject { ["certificate"] = ActStatement.Digest(authority.Certificate.RawData.Span), ["algorithm"] = authority.Algorithm.ToString() },
        });
    }

    private KeyHome Demand(AuthoritySet all, AuthorityProposal proposal) =>
        all.All.Any(authority => authority.Name == RootOf(proposal.Name)) ? throw new RefusedException(RefusalCode.StateWrong, "There is a CA of this name already.", "name")
        : proposal.FromAbove == true ? throw new RefusedException(RefusalCode.FieldInvalid, "A P-256 hierarchy has a root of its own.", "fromAbove")
        : KeyHome.Of(parts, KeyAlgorithm.P256);

    private DirectOrder Order(AuthoritySet all, string profile, string name, string title, SubjectPublicKeyInfo key) => new(
        parts.Policy.Profile(profile), CertificateUse.Authority, Rooms.Ca, $"authority/{name}",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["organisation"] = all.Operational.Certificate.Subject.Find(Oids.Organization)!, ["authorityName"] = title }, key);

    private static string RootTitle(AuthorityProposal proposal) => $"{proposal.CommonName} Root";

    private static string RootOf(string name) => $"{name}root";

    private static string KeyOf(string name) => $"ca-{name}";
}
