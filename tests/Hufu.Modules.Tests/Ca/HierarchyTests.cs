using System.Net.Http.Json;
using Hufu.Ca.Hierarchy;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>Several CAs, change of keys with links, joining a root above, compromise: each by two people (6.6.1.6, 6.6.2.6-e, GM/T 0037).</summary>
public sealed class HierarchyTests
{
    [Fact]
    [Clause("6.6.1.6-a")]
    public async Task AChangedKeyIsLinkedBothWaysAndTheOldOneSignsCrlsOnly()
    {
        await using var ca = await BornCa.OpenAsync();
        var old = Certificate.Decode(ca.Born.CaCertificate);
        var done = await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.ChangeKey, "operational", "使用期届满"));
        var made = Certificate.Decode(done.Certificate!);
        Assert.Equal(("operational-2", old.Subject.ToString()), (done.Name, made.Subject.ToString()));
        Assert.NotEqual(old.PublicKey, made.PublicKey);
        var links = done.Links.Select(der => Certificate.Decode(der)).ToList();
        Assert.True(links[0].PublicKey.Equals(made.PublicKey) && links[0].IsSignedBy(old), "The new key certified by the old one.");
        Assert.True(links[1].PublicKey.Equals(old.PublicKey) && links[1].IsSignedBy(made), "The old key certified by the new one.");
        Assert.All(links, link => Assert.True(link.NotAfter <= old.NotAfter && link.NotAfter <= made.NotAfter));

        // Both sign CRLs; only the new one issues.
        var oldList = await CrlAsync(ca, "operational");
        var newList = await CrlAsync(ca, "operational-2");
        Assert.True(CertificateRevocationList.Decode(oldList.Der).IsSignedBy(old));
        Assert.True(CertificateRevocationList.Decode(newList.Der).IsSignedBy(made));
        using var person = new TestPerson("郑新人");
        await ca.AppointAsync(ca.Administrator, Roles.Operator, person);
        Assert.True(person.Certificate!.IsSignedBy(made));
        Assert.EndsWith("/crl/operational-2.crl", CrlDistributionPoints.Decode(person.Certificate.Extensions.Single(one => one.Oid == Oids.CrlDistributionPoints)).Uris.Single(), StringComparison.Ordinal);

        // A certificate under the old key is still revoked, on the old key's list.
        await ca.Site.PostAsync<ActRequest, PairRevoked>("/api/ca/revocations", ca.Act(
            ca.Administrator, ActNames.CaRevoke, $"certificate/operational/{ca.Operator.Certificate!.SerialHex}",
            new CertificateRevocation("operational", ca.Operator.Certificate.SerialHex, new RevocationCase(RevocationGround.JobChanged, RevocationAsker.Authority), "x", ca.Room.Clock.GetUtcNow())));
        var entries = await ca.Module.Desks.Crls.IssueAsync("operational", Hufu.Ca.Crls.CrlOccasion.OnDemand, "t", TestContext.Current.CancellationToken);
        Assert.Equal(1, entries.Entries);
    }

    [Fact]
    [Clause("6.6.2.6-e")]
    public async Task NobodyApprovesTheirOwnProposalAndNothingHappensBefore()
    {
        await using var ca = await BornCa.OpenAsync();
        var proposal = await ProposeAsync(ca, ca.Super, new AuthorityProposal(AuthorityDeed.ChangeKey, "operational", "x"));
        Assert.Contains(proposal.Effects, effect => effect.Contains("linking", StringComparison.Ordinal));
        Assert.StartsWith("proposed/", proposal.State, StringComparison.Ordinal);
        Assert.Equal(proposal.Id, Assert.Single((await ca.Site.Client.GetFromJsonAsync<IReadOnlyList<ProposalStanding>>("/api/ca/deeds", ContractJson.Options, TestContext.Current.CancellationToken))!).Id);
        Assert.Equal("same-person", await ca.Site.RefusedAsync($"/api/ca/deeds/{proposal.Id}/approval", Approval(ca, ca.Super, proposal)));

        // The approver signs for exactly this proposal.
        Assert.Equal("state-wrong", await ca.Site.RefusedAsync($"/api/ca/deeds/{proposal.Id}/approval", Approval(ca, ca.AuditAdministrator, proposal with { State = "proposed/00" })));
        Assert.Equal("role-missing", await ca.Site.RefusedAsync($"/api/ca/deeds/{proposal.Id}/approval", Approval(ca, ca.Operator, proposal)));
        Assert.Equal(["root", "operational"], ca.Module.Desks.Authorities.Demand().Names);
        Assert.Equal("field-invalid", await ca.Site.RefusedAsync("/api/ca/deeds", ca.Act(
            ca.Super, ActNames.CaProposalMake, "ca/../x", new AuthorityProposal(AuthorityDeed.Create, "../x", "x", CommonName: "x"))));
    }

    [Fact]
    [Clause("6.6.1.6-a")]
    public async Task ACompromisedCaIsRevokedTheRaIsToldAndASuccessorIssues()
    {
        await using var ca = await BornCa.OpenAsync();
        var old = Certificate.Decode(ca.Born.CaCertificate);
        var since = ca.Room.Clock.GetUtcNow() - TimeSpan.FromDays(1);
        var done = await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.Compromise, "operational", "密钥疑似泄露", InvalidFrom: since));
        Assert.Empty(done.Links);
        Assert.Contains(done.Next, next => next.Contains("rooms", StringComparison.Ordinal));
        Assert.Equal("operational-2", ca.Module.Desks.Authorities.Demand().Operational.Name);
        var arl = CertificateRevocationList.Decode(await File.ReadAllBytesAsync(Path.Combine(ca.Room.Context.DataDirectory, "crls", "root-2.crl"), TestContext.Current.CancellationToken));
        var entry = arl.Entries.Single();
        Assert.Equal((old.SerialHex, Hufu.Pki.RevocationReason.KeyCompromise, since.ToUnixTimeSeconds()), (entry.SerialNumber.ToString(), entry.Reason, entry.InvalidityDate!.Value.ToUnixTimeSeconds()));
        Assert.Equal(1, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_alarms WHERE kind = 'ca-compromised'"));
        Assert.Equal(1, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM outbox_item WHERE kind = 'fact:AuthorityCompromised' AND destination = 'ra'"));
        Assert.Equal("state-wrong", await ca.Site.RefusedAsync("/api/ca/deeds", ca.Act(ca.Super, ActNames.CaProposalMake, "ca/root", new AuthorityProposal(AuthorityDeed.Compromise, "root", "x"))));
    }

    // GM/T 0037 8.10: a request goes out, a certificate comes back.
    [Fact]
    public async Task ACaJoinsARootAboveByFiles()
    {
        await using var ca = await BornCa.OpenAsync();
        var asked = await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.Create, "national", "接入上级根", CommonName: "虎符国密运营 CA", FromAbove: true));
        var request = CertificationRequest.Decode(asked.Request!);
        using var above = new TestAuthority(ca.Room.Clock);
        var certificate = above.Issue("虎符国密运营 CA", request.PublicKey, KeyUsages.Authority, null, new BasicConstraints(true, 0).ToExtension());
        byte[][] chain = [above.Ca.Encode(), above.Root.Encode()];
        using var stranger = Sm2KeyPair.Generate();
        var wrong = above.Issue("x", stranger.PublicKey, KeyUsages.Authority, null, new BasicConstraints(true, 0).ToExtension());
        Assert.Equal("state-wrong", await RefusedAsync(ca, new AuthorityProposal(AuthorityDeed.Install, "national", "x", Certificate: wrong.Encode(), Chain: chain)));
        Assert.Equal("field-missing", await RefusedAsync(ca, new AuthorityProposal(AuthorityDeed.Install, "national", "x", Certificate: certificate.Encode())));
        var noCa = above.Issue("x", request.PublicKey);
        Assert.Equal("certificate-not-valid", await RefusedAsync(ca, new AuthorityProposal(AuthorityDeed.Install, "national", "x", Certificate: noCa.Encode(), Chain: chain)));
        var done = await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.Install, "national", "安装", Certificate: certificate.Encode(), Chain: chain));
        Assert.Equal("national", done.Name);
        Assert.True(CertificateRevocationList.Decode((await CrlAsync(ca, "national")).Der).IsSignedBy(certificate));

        // After a restart it is there with its key.
        await ca.Module.Desks.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("national", ca.Module.Desks.Authorities.Demand().DemandActive("national").Name);
    }

    [Fact]
    public async Task AFurtherCaStandsBelowTheRootAndAnotherIsCrossCertified()
    {
        await using var ca = await BornCa.OpenAsync();
        var done = await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.Create, "devices", "设备证书", CommonName: "虎符设备 CA"));
        Assert.True(Certificate.Decode(done.Certificate!).IsSignedBy(Certificate.Decode(ca.Born.RootCertificate)));
        using var other = new TestAuthority(ca.Room.Clock);
        var cross = await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.Cross, "partner", "互认", Certificate: other.Ca.Encode()));
        var certificate = Certificate.Decode(cross.Links.Single());
        Assert.True(certificate.IsSignedBy(Certificate.Decode(ca.Born.RootCertificate)) && certificate.PublicKey.Equals(other.Ca.PublicKey) && certificate.Subject.Equals(other.Ca.Subject));
    }

    [Fact]
    public async Task R16_ABlockedKeyIsNeverCertified()
    {
        await using var ca = await BornCa.OpenAsync();
        using var person = new TestPerson("钱泄露");
        var digest = ActStatement.Digest(person.Key.PublicKey.RawData.Span);
        await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.BlockKeys, "keys", "公开的泄露名单", Keys: [digest, new string('a', 64)]));
        Assert.Equal("key-weak", await ca.Site.RefusedAsync("/api/ca/staff", ca.Act(ca.Administrator, ActNames.StaffAppoint, "role/operator", new Appointment(Roles.Operator, person.Request()))));
        Assert.Equal("field-invalid", await RefusedAsync(ca, new AuthorityProposal(AuthorityDeed.BlockKeys, "keys", "x", Keys: ["short"])));
    }

    [Fact]
    [Clause("6.6.1.6-b")]
    public async Task TheStopIssuingDateIsRightToTheSecond()
    {
        await using var place = await CaPlace.OpenAsync();
        var authority = place.Desks.Authorities.Demand().Operational;
        var stop = StopIssuing.DateOf(authority, CaPlace.Policy, new Dictionary<string, string>());
        var longest = CaPlace.Policy.Profiles.Values.Where(profile => profile.Issuers.Contains(ProfileIssuer.Operational)).Select(profile => profile.Life).ToList();
        Assert.True(longest.Any(life => life.InclusiveEnd(stop) > authority.Certificate.NotAfter), "From that second on one certificate would outlive the CA.");
        Assert.All(longest, life => Assert.True(life.InclusiveEnd(stop.AddSeconds(-1)) <= authority.Certificate.NotAfter));

        // The rule of issuing agrees.
        using var holder = Sm2KeyPair.Generate();
        var profile = CaPlace.Policy.Profile("organisation");
        var last = stop.AddSeconds(-1);
        IssuerOutlivesCertificate.Demand(authority.Certificate.NotBefore, authority.Certificate.NotAfter, last, profile.Life.InclusiveEnd(last));
    }

    // R18: the platform's own certificates alarm at 60, 30 and 7 days.
    [Fact]
    public async Task R18_OwnCertificatesAlarmAt60And30And7Days()
    {
        await using var place = await CaPlace.OpenAsync();
        var end = place.Clerk.Certificate!.NotAfter;
        Assert.Equal(0, await AlarmsAsync(61));
        Assert.Equal(1, await AlarmsAsync(60));
        Assert.Equal(2, await AlarmsAsync(30));
        Assert.Equal(3, await AlarmsAsync(7));

        async Task<long> AlarmsAsync(int days)
        {
            place.Clock.Set(end - TimeSpan.FromDays(days));
            Assert.True(await place.Desks.Lives.LookAsync(TestContext.Current.CancellationToken));
            return await place.CountAsync($"SELECT count(*) FROM ca_alarms WHERE kind = 'certificate-ends' AND object LIKE 'certificate/operational/{place.Clerk.Certificate.SerialHex}/%'");
        }
    }

    [Fact]
    public async Task TheOverviewShowsNumbersAgesAndAlarmsToThoseWhoMay()
    {
        await using var ca = await BornCa.OpenAsync();
        var now = ca.Room.Clock.GetUtcNow();
        var query = new OverviewQuery(now.AddDays(-1), now.AddDays(1));
        var overview = await ca.Site.PostAsync<ActRequest, CaOverview>("/api/ca/overview", ca.Act(ca.Operator, ActNames.CaOverviewRead, "ca/overview", query));
        Assert.Contains(overview.Issued, count => count is { Type: "administrator", Count: 4 });
        Assert.Equal(["root", "operational"], overview.Authorities.Select(authority => authority.Name));
        Assert.All(overview.Authorities, authority => Assert.True(authority is { State: "active", Online: true, CrlNumber: >= 1 } && authority.CrlDue > now && authority.StopIssuing < authority.NotAfter));
        Assert.Equal("role-missing", await ca.Site.RefusedAsync("/api/ca/overview", ca.Act(ca.Holders[0], ActNames.CaOverviewRead, "ca/overview", query)));
    }

    private static async Task<ProposalStanding> ProposeAsync(BornCa ca, TestPerson person, AuthorityProposal proposal)
    {
        var made = await ca.Site.PostAsync<ActRequest, ProposalStanding>("/api/ca/deeds", ca.Act(person, ActNames.CaProposalMake, $"ca/{proposal.Name}", proposal));
        var read = (await ca.Site.Client.GetFromJsonAsync<ProposalStanding>($"/api/ca/deeds/{made.Id}", ContractJson.Options))!;
        Assert.Equal(made.State, read.State);
        return read;
    }

    private static ActRequest Approval(BornCa ca, TestPerson person, ProposalStanding proposal) =>
        person.Act(Rooms.Ca, ActNames.CaProposalApprove, $"proposal/{proposal.Id}", new ProposalApproval("同意"), ca.Room.Clock.GetUtcNow(), proposal.State);

    private static async Task<DeedDone> CarryOutAsync(BornCa ca, AuthorityProposal proposal)
    {
        var made = await ProposeAsync(ca, ca.Super, proposal);
        return await ca.Site.PostAsync<ActRequest, DeedDone>($"/api/ca/deeds/{made.Id}/approval", Approval(ca, ca.AuditAdministrator, made));
    }

    private static Task<string?> RefusedAsync(BornCa ca, AuthorityProposal proposal) => ca.Site.RefusedAsync("/api/ca/deeds", ca.Act(ca.Super, ActNames.CaProposalMake, $"ca/{proposal.Name}", proposal));

    private static Task<CrlSigned> CrlAsync(BornCa ca, string name) =>
        ca.Site.PostAsync<ActRequest, CrlSigned>("/api/ca/crls", ca.Act(ca.Operator, ActNames.CaCrlIssue, $"ca/{name}", new CrlRequest(name)));
}
