using System.Diagnostics;
using System.Text.Json;
using Hufu.Ca.Rules;
using Hufu.Ca.Services;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>R18: certificates of the platform that have ended are put in force again by people, though nobody believes a sealed message any more.</summary>
public sealed class RepairTests
{
    private static readonly TimeSpan s_sixYears = TimeSpan.FromDays(6 * 366);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.2.6.1-a")]
    [Clause("6.6.2.6-e")]
    public async Task R18_AfterEveryCertificateHasEndedAnOrderGoesThroughAgain()
    {
        using var folder = new TempFolder();
        await using var ca = await BornCa.OpenAsync(lasting: true);
        var ra = await TestRoom.OpenAsync(Rooms.Ra, beside: ca.Room, folder: folder.Path);
        try
        {
            await ca.RegisterAsync(ra);
            ra.Context.Post.Start();
            using TestPerson manager = new("郑主管"), auditor = new("何审计");
            manager.Certificate = Certificate.Decode((await Ordered(ra, Roles.BusinessAdministrator, manager)).Certificate);
            await ra.EnrolAsync(Roles.BusinessAdministrator, manager.Name, manager.Certificate);
            var old = ca.Room.Context.Identity.SigningCertificate!;

            // The machine is off for six years.
            await ra.DisposeAsync();
            await ca.OffForAsync(s_sixYears);
            ra = await TestRoom.OpenAsync(Rooms.Ra, beside: ca.Room, folder: folder.Path);
            ra.Context.Post.Start();
            Assert.False((await ca.Room.Context.CheckHealthAsync(Ct)).Single(check => check.Name == "certificates").Healthy);
            await UntilAsync(ca, "SELECT count(*) FROM ca_alarms WHERE kind = 'certificate-ends' AND cleared_at IS NULL AND words LIKE '%hufu repair%' AND words LIKE '%room/ca%'", 3);
            Assert.Equal(RefusalCode.MessageNotAuthentic, (await Assert.ThrowsAsync<RefusedException>(() => ca.Room.Context.Post.ReceiveAsync(Fact(ra), Ct))).Refusal.Code);
            Assert.Equal("person-suspended", await ca.Site.RefusedAsync("/api/ca/overview", ca.Act(ca.Operator, ActNames.CaOverviewRead, "ca/overview", new OverviewQuery(ca.Room.Clock.GetUtcNow(), ca.Room.Clock.GetUtcNow().AddDays(1)))));

            // What is needed goes by hand; who proposes has a certificate that has ended, as everybody has.
            RepairNeeds ours = await IdentityRepair.NeedsAsync(ca.Room.Context, Ct), theirs = await IdentityRepair.NeedsAsync(ra.Context, Ct);
            Assert.Equal((3, 9, 3, 1), (ours.Services.Count, ours.People.Count, theirs.Services.Count, theirs.People.Count));
            var plan = new RepairPlan("六年停机后恢复", [.. ours.Services, .. theirs.Services], [.. ours.People, .. theirs.People], [.. ours.Proofs!, .. theirs.Proofs!]);
            var standing = await ca.Site.PostAsync<ActRequest, RepairStanding>("/api/ca/repairs", ca.Act(ca.Administrator, ActNames.CaRepairPropose, "repair/new", plan));
            Assert.Equal(2, standing.Needed.Count);

            // Nobody on the network reads it; at the machine it is read though no session begins any more.
            Assert.Contains(ca.Administrator.Name, Assert.Single(standing.SignedBy), StringComparison.Ordinal);
            foreach (string address in new[] { "/api/ca/repairs", $"/api/ca/repairs/{standing.Id}" })
            {
                using HttpResponseMessage refused = await ca.Site.Client.GetAsync(address, Ct);
                Assert.Equal("session-missing", await TestSite.CodeAsync(refused));
            }

            Assert.Equal(standing.State, Assert.Single(await ca.Module.WaitingRepairsAsync(Ct)).State);
            Assert.Equal(standing.SignedBy, (await ca.Module.RepairAsync(standing.Id, Ct)).SignedBy);

            Assert.Equal("role-missing", await RefusedAsync(ca.Operator));
            Assert.Equal("role-missing", await RefusedAsync(ca.Administrator));
            Assert.StartsWith("3 of the share holders", Assert.Single((await SignAsync(ca.AuditAdministrator)).Needed), StringComparison.Ordinal);
            Assert.Equal("same-person", await RefusedAsync(ca.AuditAdministrator));
            Assert.StartsWith("2 of", Assert.Single((await SignAsync(ca.Holders[0])).Needed), StringComparison.Ordinal);
            Assert.StartsWith("1 of", Assert.Single((await SignAsync(ca.Holders[3])).Needed), StringComparison.Ordinal);
            Assert.Equal(old, ca.Room.Context.Identity.SigningCertificate);
            var done = await SignAsync(ca.Holders[4]);
            Assert.StartsWith("done/", done.State, StringComparison.Ordinal);
            Assert.Equal((6, 10), (done.Services.Count, done.People.Count));
            Assert.Equal("state-wrong", await RefusedAsync(ca.Super));

            // The CA goes on under its new certificates at once, and the RA once it has taken in what was carried to it.
            var identity = ca.Room.Context.Identity;
            foreach (var use in new[] { "sign", "encrypt", "audit" })
            {
                Assert.True(identity.CertificateFor(use)!.NotAfter > ca.Room.Clock.GetUtcNow(), use);
            }

            Assert.NotEqual(old.PublicKey, identity.SigningCertificate!.PublicKey);
            Assert.Equal(old.Subject, identity.SigningCertificate.Subject);
            var changed = 0;
            foreach (var certified in done.Services)
            {
                changed += await IdentityRepair.TakeInAsync(ra.Context, certified, Ct) ? 1 : 0;
                Assert.False(await IdentityRepair.TakeInAsync(ra.Context, certified, Ct));
            }

            // Its own three, and the CA's two that messages are sealed with.
            Assert.Equal(5, changed);
            foreach (var person in done.People)
            {
                Assert.Equal(person.Room == Rooms.Ra, await IdentityRepair.TakeInAsync(ra.Context, person, Ct));
            }

            Assert.NotNull((await Ordered(ra, Roles.Auditor, auditor)).Certificate);
            var lines = await ca.Room.LedgerAsync();
            Assert.Equal(5, lines.Count(line => line.Contains("\"certificateEnded\":true", StringComparison.Ordinal) && line.Contains("ca.repair.", StringComparison.Ordinal)));
            Assert.Contains(lines, line => line.Contains("\"ca.repair.carried-out\"", StringComparison.Ordinal) && line.Contains("\"done\"", StringComparison.Ordinal));

            // People sign with the key that they have: their own conditions of office are renewed first, as for everybody who was away.
            Renewed(ca.Super, done);
            Renewed(ca.Administrator, done);
            var number = (await ca.Room.Context.Database.ReadAsync(session => ca.Room.Context.Staff.FindByCertificate(session, ActStatement.Digest(ca.Administrator.Certificate!.RawData.Span)), Ct))!.PersonId;
            foreach (var kind in Enum.GetValues<FitnessKind>())
            {
                using var answer = await ca.Site.PostAsync($"/api/ca/staff/{number}/fitness", ca.Act(ca.Super, ActNames.StaffFitness, $"person/{number}", new FitnessRecord(kind, ca.Room.Clock.GetUtcNow(), "1")));
                Assert.True(answer.IsSuccessStatusCode, kind.ToString());
            }

            var overview = await ca.Site.PostAsync<ActRequest, CaOverview>("/api/ca/overview", ca.Act(ca.Administrator, ActNames.CaOverviewRead, "ca/overview", new OverviewQuery(ca.Room.Clock.GetUtcNow(), ca.Room.Clock.GetUtcNow().AddDays(1))));
            Assert.DoesNotContain(overview.Authorities, authority => authority.State == "ended");

            Task<RepairStanding> SignAsync(TestPerson person) => ca.Site.PostAsync<ActRequest, RepairStanding>($"/api/ca/repairs/{standing.Id}/approval", Approval(person));

            Task<string?> RefusedAsync(TestPerson person) => ca.Site.RefusedAsync($"/api/ca/repairs/{standing.Id}/approval", Approval(person));

            ActRequest Approval(TestPerson person) =>
                person.Act(Rooms.Ca, ActNames.CaRepairApprove, $"repair/{standing.Id}", new RepairApproval("同意"), ca.Room.Clock.GetUtcNow(), standing.State);
        }
        finally
        {
            await ra.DisposeAsync();
        }
    }

    [Fact]
    [Clause("6.6.2.6-e")]
    public async Task R18_TwoPeopleInValidityAreEnoughAndABrokenOffRepairGoesOn()
    {
        using var folder = new TempFolder();
        await using var ca = await BornCa.OpenAsync(lasting: true);
        var ocsp = await TestRoom.OpenAsync(Rooms.Ocsp, beside: ca.Room, folder: folder.Path);
        try
        {
            await ca.RegisterAsync(ocsp, withEncryption: false);

            // A status service's certificate lives a year, administrators' two.
            await ocsp.DisposeAsync();
            await ca.OffForAsync(TimeSpan.FromDays(400));
            ocsp = await TestRoom.OpenAsync(Rooms.Ocsp, beside: ca.Room, folder: folder.Path);
            var old = ocsp.Context.Identity.SigningCertificate!;
            var needs = await IdentityRepair.NeedsAsync(ocsp.Context, Ct);
            Assert.Equal("sign", Assert.Single(needs.Services).Use);
            Assert.Empty(needs.People);
            var standing = await ca.Site.PostAsync<ActRequest, RepairStanding>("/api/ca/repairs", ca.Act(ca.Administrator, ActNames.CaRepairPropose, "repair/new", new RepairPlan("x", needs.Services, [], needs.Proofs)));
            Assert.StartsWith("A super or audit administrator", Assert.Single(standing.Needed), StringComparison.Ordinal);

            // The process dies between the last signature and the certificates.
            await ca.Room.Context.Database.WriteAsync(session => session.Execute("UPDATE ca_repairs SET state = 'approved'"), Ct);
            await ca.Module.Repairing.GoOnAsync(Ct);
            await ca.Module.Repairing.GoOnAsync(Ct);
            var certified = Assert.Single((await ca.Module.RepairAsync(standing.Id, Ct)).Services);
            Assert.True(await IdentityRepair.TakeInAsync(ocsp.Context, certified, Ct));
            Assert.True(ocsp.Context.Identity.SigningCertificate!.NotAfter > ca.Room.Clock.GetUtcNow());
            Assert.Equal(1, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_certificates WHERE profile = 'room-ocsp' AND holder = 'room/ocsp' AND issued_at > " + old.NotAfter.ToUnixTimeMilliseconds()));

            // Asked once more, signed by two: the same certificate (R03). Over another key: refused.
            var again = await ca.Site.PostAsync<ActRequest, RepairStanding>("/api/ca/repairs", ca.Act(ca.Administrator, ActNames.CaRepairPropose, "repair/new", new RepairPlan("x", needs.Services, [], needs.Proofs)));
            var repeated = await ca.Site.PostAsync<ActRequest, RepairStanding>(
                $"/api/ca/repairs/{again.Id}/approval", ca.Super.Act(Rooms.Ca, ActNames.CaRepairApprove, $"repair/{again.Id}", new RepairApproval(""), ca.Room.Clock.GetUtcNow(), again.State));
            Assert.Equal(certified.Certificate, Assert.Single(repeated.Services).Certificate);
            using var key = Sm2KeyPair.Generate();
            var another = needs.Services[0] with { Request = CertificationRequest.Create(TestAuthority.Name("x"), key).Encode() };
            Assert.Equal("field-invalid", await ProposedAsync(ca, another, proof: needs.Proofs![0]));
            Assert.Equal("state-wrong", await ProposedAsync(ca, another, by: ocsp));
        }
        finally
        {
            await ocsp.DisposeAsync();
        }
    }

    [Fact]
    [Clause("6.2.6.1-a")]
    public async Task R18_ARepairGivesNobodyWhatTheyHadNot()
    {
        await using var ca = await BornCa.OpenAsync(lasting: true);
        await using var ra = await TestRoom.OpenAsync(Rooms.Ra, beside: ca.Room);
        var registered = await ca.RegisterAsync(ra);
        var (signing, audit) = (Certificate.Decode(registered.SigningCertificate), Certificate.Decode(registered.AuditCertificate));
        var request = ra.Context.Identity.AskFollowing("sign")!.Request;
        var asked = new ServiceRenewalAsked(Rooms.Ra, "sign", signing.SerialHex, request);
        Assert.Equal("outside-renewal-window", await ProposedAsync(ca, asked));
        Assert.Equal("outside-renewal-window", await ProposedAsync(ca, people: new PersonEnded(Rooms.Ca, ca.Operator.Certificate!.SerialHex)));
        await ca.OffForAsync(TimeSpan.FromDays((3 * 366) + 10));
        Assert.Equal("field-missing", await ProposedAsync(ca, asked));
        Assert.Equal("unknown-object", await ProposedAsync(ca, asked with { Room = Rooms.Tsa }));
        Assert.Equal("unknown-object", await ProposedAsync(ca, asked with { OldSerial = Certificate.Decode(ca.Born.CaCertificate).SerialHex }));
        Assert.Equal("unknown-object", await ProposedAsync(ca, people: new PersonEnded(Rooms.Ca, signing.SerialHex)));
        Assert.Equal("unknown-object", await ProposedAsync(ca, people: new PersonEnded(Rooms.Ra, ca.Operator.Certificate!.SerialHex)));
        Assert.Equal("field-invalid", await ProposedAsync(ca, asked with { Use = "encrypt" }));
        Assert.Equal("field-invalid", await ProposedAsync(ca));
        Assert.Equal("outside-renewal-window", await ProposedAsync(ca, new ServiceRenewalAsked(Rooms.Ra, "audit", audit.SerialHex, ra.Context.Identity.AskFollowing("audit")!.Request)));
        Assert.Equal("key-reused", await ProposedAsync(ca, asked with { Request = ra.Context.Identity.AskFollowing("audit")!.Request }, by: ra));
        var forged = request.ToArray();
        forged[^1] ^= 1;
        Assert.Equal("possession-not-proven", await ProposedAsync(ca, asked with { Request = forged }, by: ra));
        Assert.Equal("field-invalid", await ProposedAsync(ca, asked with { Request = forged }, proof: ProofOf(ra, asked)));
        Assert.Equal(0, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_repairs"));
        Assert.Null(await ProposedAsync(ca, asked, by: ra));
        var shown = Assert.Single(Assert.Single(await Task.WhenAll((await ca.Module.WaitingRepairsAsync(Ct)).Select(one => ca.Module.RepairAsync(one.Id, Ct)))).Asked);
        Assert.Contains(ActStatement.Digest(CertificationRequest.Decode(request).PublicKey.RawData.Span), shown, StringComparison.Ordinal);
        Assert.Contains(signing.SerialHex, shown, StringComparison.Ordinal);

        // Whoever left has no part in it, with whichever certificate.
        await ca.Room.Context.Database.WriteAsync(session => ca.Room.Context.Staff.RevokeCertificate(session, ca.Administrator.Certificate!.SerialHex), Ct);
        Assert.Equal("certificate-not-valid", await ProposedAsync(ca, asked, by: ra));
    }

    [Fact]
    [Clause("6.2.6.1-a")]
    public async Task RepairIsAskedByTheRoom_WhoeverCarriesTheRequestPutsNoOtherKeyIntoIt()
    {
        await using var ca = await BornCa.OpenAsync(lasting: true);
        await using var ra = await TestRoom.OpenAsync(Rooms.Ra, beside: ca.Room);
        await using var ocsp = await TestRoom.OpenAsync(Rooms.Ocsp, beside: ca.Room);
        await ca.RegisterAsync(ra);
        await ca.RegisterAsync(ocsp, withEncryption: false);
        await ca.OffForAsync(TimeSpan.FromDays((3 * 366) + 10));
        var needs = await IdentityRepair.NeedsAsync(ra.Context, Ct);
        var (asked, proof) = (needs.Services[0], needs.Proofs![0]);
        Assert.Equal(ProofOf(ra, asked).SignerSerial, proof.SignerSerial);

        // Another key; another room's word; a certificate of this room that signs no messages; one that nobody knows; a broken signature.
        using var key = Sm2KeyPair.Generate();
        var other = asked with { Request = CertificationRequest.Create(ra.Context.Identity.SigningCertificate!.Subject, key).Encode() };
        Assert.Equal("field-invalid", await ProposedAsync(ca, other, proof: proof));
        Assert.Equal("certificate-not-valid", await ProposedAsync(ca, asked, by: ocsp));
        Assert.Equal("certificate-not-valid", await ProposedAsync(ca, asked, proof: proof with { SignerSerial = ra.Context.Identity.CertificateFor("audit")!.SerialHex }));
        Assert.Equal("certificate-not-valid", await ProposedAsync(ca, asked, proof: proof with { SignerSerial = "00" }));
        Assert.Equal("field-invalid", await ProposedAsync(ca, asked, proof: proof with { Signature = [1, 2, 3] }));
        Assert.Equal("field-invalid", await ProposedAsync(ca, asked, proof: proof with { Signature = [] }));
        Assert.Equal("field-missing", await ProposedAsync(ca, asked, proof: proof with { OldSerial = "00" }));

        // The room's own word for one use is none for another.
        Assert.Equal("field-invalid", await ProposedAsync(ca, asked, proof: needs.Proofs![1] with { OldSerial = asked.OldSerial }));
        Assert.Null(await ProposedAsync(ca, asked, proof: proof));
    }

    [Fact]
    public async Task R27_WhatCannotBeInstalledStaysCertifiedAndHoldsUpNothingElse()
    {
        await using var ca = await BornCa.OpenAsync();
        string[] ids = [Hufu.Crypto.SecureRandom.NewId(), Hufu.Crypto.SecureRandom.NewId()];
        byte[] plan = JsonSerializer.SerializeToUtf8Bytes(new RepairPlan("x", [], []), ContractJson.Options);
        RepairResult result = new([new ServiceCertified(Rooms.Ca, "sign", ca.Room.Context.Identity.SigningCertificate!.SerialHex, [1], [])], []);
        await ca.Room.Context.Database.WriteAsync(
            session =>
            {
                RepairStore.Insert(session, new RepairRow(ids[0], plan, "d1", RepairRow.Done, null), 1);
                RepairStore.SetState(session, ids[0], RepairRow.Done, JsonSerializer.SerializeToUtf8Bytes(result, ContractJson.Options));
                RepairStore.Insert(session, new RepairRow(ids[1], plan, "d2", RepairRow.Approved, null), 2);
            },
            Ct);
        await ca.Module.Repairing.GoOnAsync(Ct);
        await ca.Module.Repairing.GoOnAsync(Ct);
        var kept = await ca.Module.RepairAsync(ids[0], Ct);
        Assert.Equal("done/d1", kept.State);
        Assert.Equal([1], Assert.Single(kept.Services).Certificate);
        Assert.Equal("done/d2", (await ca.Module.RepairAsync(ids[1], Ct)).State);
        Assert.Equal(1, (await ca.Room.LedgerAsync()).Count(line => line.Contains($"repair/{ids[0]}", StringComparison.Ordinal) && line.Contains("refused", StringComparison.Ordinal)));
    }

    [Theory]
    [Clause("6.6.2.6-e")]
    [InlineData("business-administrator", 1)]
    [InlineData("business-administrator super-administrator", 0)]
    [InlineData("business-administrator audit-administrator", 0)]
    [InlineData("super-administrator audit-administrator", 0)]
    [InlineData("business-administrator share-holder share-holder share-holder", 1)]
    [InlineData("business-administrator! audit-administrator", 1)]
    [InlineData("business-administrator!", 2)]
    [InlineData("business-administrator audit-administrator!", 1)]
    [InlineData("business-administrator audit-administrator! super-administrator", 0)]
    [InlineData("business-administrator! audit-administrator share-holder! share-holder!", 1)]
    [InlineData("business-administrator! audit-administrator share-holder! share-holder! share-holder!", 0)]
    public void RepairIsSignedByEnough_TwoPeopleOrTheShareHoldersBesideThem(string signed, int missing)
    {
        RepairSigner[] signers = [.. signed.Split(' ').Select(word => new RepairSigner([word.TrimEnd('!')], word.EndsWith('!')))];
        Assert.Equal(missing, RepairIsSignedByEnough.Missing(signers, 3).Count);
    }

    private static Task<string?> ProposedAsync(BornCa ca, ServiceRenewalAsked? service = null, PersonEnded? people = null, TestRoom? by = null, RepairProof? proof = null)
    {
        proof ??= by is null || service is null ? null : ProofOf(by, service);
        return ca.Site.RefusedAsync(
            "/api/ca/repairs",
            ca.Act(ca.Administrator, ActNames.CaRepairPropose, "repair/new", new RepairPlan("x", service is null ? [] : [service], people is null ? [] : [people], proof is null ? null : [proof])));
    }

    private static RepairProof ProofOf(TestRoom room, ServiceRenewalAsked asked) =>
        new(asked.OldSerial, room.Context.Identity.SigningCertificate!.SerialHex, room.Context.Identity.Signer.Sign(RepairProof.ToSign(asked)));

    private static Task<StaffCertificateIssued> Ordered(TestRoom ra, string role, TestPerson person) =>
        ra.Context.Post.AskAsync(Rooms.Ca, new IssueStaffCertificate(role, person.Name, person.Request().Request, null), null, Ct);

    private static byte[] Fact(TestRoom ra) => SealedMessage.Sign(
        new MessageHeader(Hufu.Crypto.SecureRandom.NewId(), "ServiceRenewalAsked", Rooms.Ra, Rooms.Ca, ra.Clock.GetUtcNow()), "{}"u8, ra.Context.Identity.Signer, ra.Context.Identity.SigningCertificate!);

    private static void Renewed(TestPerson person, RepairStanding done) =>
        person.Certificate = done.People.Where(one => one.Serial == person.Certificate!.SerialHex).Select(one => Certificate.Decode(one.Certificate)).Single();

    // The room works beside the test and its pauses are the test's clock's; a minute of the machine's time at most.
    private static async Task UntilAsync(BornCa ca, string sql, long expected)
    {
        var watch = Stopwatch.StartNew();
        while (await InitialisationTests.CountAsync(ca, sql) != expected)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"{sql} did not become {expected} within a minute.");
            ca.Room.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20, Ct);
        }
    }
}
