using System.Diagnostics;
using System.Globalization;
using Hufu.Ca.Certificates;
using Hufu.Ca.Crls;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Modules.Tests.Ocsp;
using Hufu.Pki;
using Hufu.Ra;
using Hufu.Testing;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ca;

/// <summary>The platform also runs a P-256 hierarchy, its keys in a PKCS#11 token (SoftHSM 2), through the same desks as the SM2 one; judged by openssl.</summary>
[Collection(SoftHsm.Collection)]
public sealed class P256HierarchyTests
{
    private static readonly AuthorityProposal Proposal = new(AuthorityDeed.Create, "transport", "浏览器与机器之间的 TLS", CommonName: "虎符测试传输 CA", Algorithm: KeyAlgorithm.P256);

    [Fact]
    public async Task A_CA_in_a_token_issues_certificates_CRLs_and_an_OCSP_signer_in_P256_that_openssl_verifies()
    {
        using var hsm = new SoftHsm();
        await using var place = await CaPlace.OpenAsync(hsm.Options);
        var all = place.Desks.Authorities.Demand();
        Assert.Equal(3, place.Desks.TokenHierarchy.EffectsOf(all, Proposal).Count);
        var kept = 0;
        var done = await place.Desks.TokenHierarchy.CreateAsync("p1", all, Proposal, (_, _) => kept++, CancellationToken.None);
        Assert.Equal(1, kept);

        // After a restart the keys are found in the token again, and the RAs are told, once, which profiles take P-256 keys now.
        await place.RestartAsync();
        await place.RestartAsync();
        Assert.Equal([("code-signing", KeyAlgorithm.P256)], Assert.Single(place.Facts.Facts.OfType<ProfileKeysSet>()).Algorithms.Select(set => (set.Key, set.Value)));
        all = place.Desks.Authorities.Demand();
        Assert.Equal(["Sm2", "Sm2", "P256", "P256"], all.All.OrderBy(one => one.Algorithm).Select(one => one.Algorithm.ToString()));
        var (root, ca) = (Certificate.Decode(done.Links[0]), Certificate.Decode(done.Certificate!));
        Assert.True(root.PublicKey.IsP256 && ca.PublicKey.IsP256 && ca.IsSignedBy(root));

        // An order of the RA, as any other; a profile that this CA is set for.
        using var holder = EcdsaKeyPair.Generate();
        using var unused = Sm2KeyPair.Generate();
        var issued = await place.IssueAsync(place.Sign(place.Order(unused, "T1", "code-signing") with { Request = CertificationRequest.Create(TestAuthority.Name("x"), holder).Encode() }));
        var leaf = Certificate.Decode(issued.SigningCertificate);
        Assert.Equal(holder.PublicKey, leaf.PublicKey);
        Assert.Equal([ca, root], issued.Chain.Select(der => Certificate.Decode(der)));

        // The OCSP signer of this hierarchy.
        using var responder = EcdsaKeyPair.Generate();
        var order = new DirectOrder(
            CaPlace.Policy.Profile("room-ocsp"), CertificateUse.Service, Rooms.Ocsp, "room/ocsp", new Dictionary<string, string> { ["organisation"] = "虎符测试认证中心", ["serviceName"] = "P-256 状态" }, responder.PublicKey);
        var signer = place.Desks.Direct.Sign(order, SerialNumber.Create(), DirectSigner.Of(all.Of("transport")));
        var answer = await place.Desks.Crls.IssueAsync("transport", CrlOccasion.OnDemand, "t", CancellationToken.None);

        using var openssl = new OpenSslTool();
        openssl.WritePem("root.pem", root);
        openssl.WritePem("ca.pem", ca);
        openssl.WritePem("leaf.pem", leaf);
        openssl.WritePem("ocsp.pem", signer);
        openssl.Write("ca.crl", answer.Der);
        openssl.Write("root.crl", (await place.Desks.Crls.IssueAsync("transportroot", CrlOccasion.OnDemand, "t", CancellationToken.None)).Der);
        var at = place.Clock.GetUtcNow().AddSeconds(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Assert.Contains("leaf.pem: OK", Verify("leaf.pem", "any"), StringComparison.Ordinal);
        Assert.Contains("ocsp.pem: OK", Verify("ocsp.pem", "ocsphelper"), StringComparison.Ordinal);
        Assert.Contains("verify OK", openssl.Run("crl", "-inform", "DER", "-in", "ca.crl", "-CAfile", "ca.pem", "-noout"), StringComparison.Ordinal);
        Assert.Contains("ecdsa-with-SHA256", openssl.Run("x509", "-in", "leaf.pem", "-noout", "-text"), StringComparison.Ordinal);

        // Revoked: on the next list, and openssl refuses it.
        await place.Desks.Revocation.RevokeAsync(new RevokePair(leaf.SerialHex, RevocationReason.Superseded, "ra", place.Clock.GetUtcNow()), Rooms.Ra, static (_, _) => { }, CancellationToken.None);
        openssl.Write("ca.crl", (await place.Desks.Crls.IssueAsync("transport", CrlOccasion.OnDemand, "t", CancellationToken.None)).Der);
        Assert.Contains("certificate revoked", Verify("leaf.pem", "any"), StringComparison.Ordinal);

        string Verify(string name, string purpose) => openssl.Run(
            "verify", "-attime", at, "-purpose", purpose, "-crl_check_all", "-CRLfile", "ca.crl", "-CRLfile", "root.crl", "-trusted", "root.pem", "-untrusted", "ca.pem", name);
    }

    [Fact]
    [Clause("6.6.1.6-a")]
    public async Task A_P256_CA_and_its_root_change_their_keys_in_the_token_with_links_that_openssl_verifies()
    {
        using var hsm = new SoftHsm();
        await using var ca = await BornCa.OpenAsync(options: hsm.Options);
        var made = await CarryOutAsync(ca, Proposal);
        var (root, old) = (Certificate.Decode(made.Links[0]), Certificate.Decode(made.Certificate!));
        var done = await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.ChangeKey, "transport", "使用期届满"));
        var followed = Certificate.Decode(done.Certificate!);
        Assert.Equal(("transport-2", true, old.Subject), (done.Name, followed.PublicKey.IsP256, followed.Subject));
        Assert.NotEqual(old.PublicKey, followed.PublicKey);
        Assert.True(followed.IsSignedBy(root));
        Assert.Contains("token", done.Next[0], StringComparison.Ordinal);
        var links = done.Links.Select(der => Certificate.Decode(der)).ToList();
        Assert.True(links[0].PublicKey.Equals(followed.PublicKey) && links[0].IsSignedBy(old));
        Assert.True(links[1].PublicKey.Equals(old.PublicKey) && links[1].IsSignedBy(followed));
        Assert.True(CertificateRevocationList.Decode((await CrlAsync(ca, "transport")).Der).IsSignedBy(old));
        Assert.True(CertificateRevocationList.Decode((await CrlAsync(ca, "transport-2")).Der).IsSignedBy(followed));
        Assert.Equal("transport-2", ca.Module.Desks.Authorities.Demand().DemandActive("transport").Name);

        // The root's too; what it certifies next hangs from the new one.
        var rooted = await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.ChangeKey, "transportroot", "使用期届满"));
        var newRoot = Certificate.Decode(rooted.Certificate!);
        Assert.True(newRoot.PublicKey.IsP256 && newRoot.IsSignedBy(newRoot) && newRoot.Subject.Equals(root.Subject));
        var third = Certificate.Decode((await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.ChangeKey, "transport", "再换"))).Certificate!);
        Assert.True(third.IsSignedBy(newRoot));

        // Lost: revoked by the root that certified it, followed without links.
        var lost = await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.Compromise, "transport", "泄露"));
        Assert.Equal(("transport-4", 0), (lost.Name, lost.Links.Count));
        Assert.Contains(CertificateRevocationList.Decode((await CrlAsync(ca, "transportroot-2")).Der).Entries, entry => entry.SerialNumber.ToString() == third.SerialHex);

        using var openssl = new OpenSslTool();
        openssl.WritePem("root.pem", root);
        openssl.WritePem("old.pem", old);
        openssl.WritePem("link.pem", links[0]);
        openssl.WritePem("third.pem", third);
        openssl.WritePem("newroot.pem", newRoot);
        var at = ca.Room.Clock.GetUtcNow().AddSeconds(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Assert.Contains("old.pem: OK", openssl.Run("verify", "-attime", at, "-trusted", "root.pem", "old.pem"), StringComparison.Ordinal);
        Assert.Contains("third.pem: OK", openssl.Run("verify", "-attime", at, "-trusted", "newroot.pem", "third.pem"), StringComparison.Ordinal);
        Assert.Contains("link.pem: OK", openssl.Run("verify", "-attime", at, "-partial_chain", "-trusted", "old.pem", "link.pem"), StringComparison.Ordinal);
        Assert.DoesNotContain((await ca.Module.Backups.ReadAsync(TestContext.Current.CancellationToken)).Keys, key => key.HeldBy is null);
    }

    [Fact]
    [Clause("6.1.3.2-a")]
    public async Task An_RA_is_told_which_profiles_take_P256_keys_when_the_CA_begins_and_when_it_has_lost_it()
    {
        using var hsm = new SoftHsm();
        await using var ca = await BornCa.OpenAsync(options: hsm.Options);
        await using var room = await TestRoom.OpenAsync(Rooms.Ra, typeof(RaModule).Assembly, beside: ca.Room);
        await using var ra = new RaModule(room.Context, new RaOptions());
        await ca.RegisterAsync(room);
        room.Context.Post.Start();
        await CarryOutAsync(ca, Proposal);
        await UntilToldAsync();

        // Its database was put back from before.
        await room.Context.Database.WriteAsync(session => session.Execute("DELETE FROM ra_profile_keys"), TestContext.Current.CancellationToken);
        await ca.Site.PostAsync<ActRequest, FactsRepeated>("/api/ca/facts", ca.Act(ca.Operator, ActNames.CaFactsAgain, "room/ra", new FactsAgain(Rooms.Ra, ca.Room.Clock.GetUtcNow())));
        await UntilToldAsync();

        async Task UntilToldAsync()
        {
            var watch = Stopwatch.StartNew();
            while (await room.Context.Database.ReadAsync(session => session.Scalar<string?>("SELECT MAX(profile || '=' || algorithm) FROM ra_profile_keys"), TestContext.Current.CancellationToken) != "code-signing=P256")
            {
                Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "The RA was never told.");
                await Task.Delay(20, TestContext.Current.CancellationToken);
                ca.Room.Clock.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }

    private static async Task<DeedDone> CarryOutAsync(BornCa ca, AuthorityProposal proposal)
    {
        var made = await ca.Site.PostAsync<ActRequest, ProposalStanding>("/api/ca/deeds", ca.Act(ca.Super, ActNames.CaProposalMake, $"ca/{proposal.Name}", proposal));
        return await ca.Site.PostAsync<ActRequest, DeedDone>(
            $"/api/ca/deeds/{made.Id}/approval", ca.AuditAdministrator.Act(Rooms.Ca, ActNames.CaProposalApprove, $"proposal/{made.Id}", new ProposalApproval("同意"), ca.Room.Clock.GetUtcNow(), made.State));
    }

    private static Task<CrlSigned> CrlAsync(BornCa ca, string name) =>
        ca.Site.PostAsync<ActRequest, CrlSigned>("/api/ca/crls", ca.Act(ca.Operator, ActNames.CaCrlIssue, $"ca/{name}", new CrlRequest(name)));

    [Fact]
    public async Task Keys_and_profiles_of_the_other_algorithm_are_refused_and_without_the_token_nothing_is_signed()
    {
        using var hsm = new SoftHsm();
        await using var place = await CaPlace.OpenAsync(hsm.Options);
        await place.Desks.TokenHierarchy.CreateAsync("p1", place.Desks.Authorities.Demand(), Proposal, (_, _) => { }, CancellationToken.None);
        await place.RestartAsync();
        using var sm2 = Sm2KeyPair.Generate();
        using var p256 = EcdsaKeyPair.Generate();
        await Refusals.ExpectAsync(RefusalCode.KeyWeak, () => place.IssueAsync(place.Order(sm2, "T1", "code-signing")));
        await Refusals.ExpectAsync(RefusalCode.KeyWeak, () => place.IssueAsync(place.Sign(place.Order(sm2, "T2") with { Request = CertificationRequest.Create(TestAuthority.Name("x"), p256).Encode() })));
        Refusals.Expect(RefusalCode.StateWrong, () => place.Desks.TokenHierarchy.EffectsOf(place.Desks.Authorities.Demand(), Proposal));

        await using var without = await CaPlace.OpenAsync();
        Refusals.Expect(RefusalCode.DeviceUnavailable, () => without.Desks.TokenHierarchy.EffectsOf(without.Desks.Authorities.Demand(), Proposal));
    }

    [Fact]
    public void R16_small_P256_keys_are_refused()
    {
        using var small = System.Security.Cryptography.ECDsa.Create(new System.Security.Cryptography.ECParameters
        {
            Curve = System.Security.Cryptography.ECCurve.NamedCurves.nistP256,
            D = [.. new byte[31], 7],
        });
        var q = small.ExportParameters(false).Q;
        Refusals.Expect(RefusalCode.KeyWeak, () => KeyIsAcceptable.Demand(SubjectPublicKeyInfo.FromP256([4, .. q.X!, .. q.Y!]), KeyAlgorithm.P256, "request"));
        using var good = EcdsaKeyPair.Generate();
        KeyIsAcceptable.Demand(good.PublicKey, KeyAlgorithm.P256, "request");
    }
}
