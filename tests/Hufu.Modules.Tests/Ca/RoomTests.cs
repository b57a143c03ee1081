using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ca;

/// <summary>The room through its doors: HTTP for its people, sealed messages for RA and key centre.</summary>
public sealed class RoomTests
{
    [Fact]
    public async Task RoomsAreCertifiedByTheirKindAndRegistered()
    {
        await using var ca = await BornCa.OpenAsync();
        await using var ra = await TestRoom.OpenAsync(Rooms.Ra, beside: ca.Room);
        await using var ocsp = await TestRoom.OpenAsync(Rooms.Ocsp, beside: ca.Room);
        await using var tsa = await TestRoom.OpenAsync(Rooms.Tsa, beside: ca.Room);
        await ca.RegisterAsync(ra);
        var responder = Certificate.Decode((await ca.RegisterAsync(ocsp, withEncryption: false)).SigningCertificate);
        var stamper = Certificate.Decode((await ca.RegisterAsync(tsa, withEncryption: false)).SigningCertificate);
        Assert.Equal([Oids.PurposeOcspSigning], responder.ExtendedKeyUsage!.Purposes);
        Assert.NotNull(responder.FindExtension(Oids.OcspNoCheck));
        Assert.Equal([Oids.PurposeTimeStamping], stamper.ExtendedKeyUsage!.Purposes);
        Assert.True(stamper.FindExtension(Oids.ExtendedKeyUsage)!.Critical);
        Assert.NotNull((await ca.Room.Context.Peers.FindAsync(Rooms.Ra, CancellationToken.None))!.Encryption);

        // Again, for example after a repair: the same keys, new certificates, and two people.
        await ca.RegisterAsync(ra, second: ca.Super);
        var requests = ra.Context.Identity.MakeRequests(TestAuthority.Name("x"));
        Assert.Equal("role-missing", await RefusedAsync(ca.Operator, new ServiceRegistration(Rooms.Ra, "注册", requests), Rooms.Ra));
        Assert.Equal("statement-mismatch", await RefusedAsync(ca.Administrator, new ServiceRegistration(Rooms.Ra, "注册", requests), Rooms.Tsa));
        Assert.Equal("field-invalid", await RefusedAsync(ca.Administrator, new ServiceRegistration(Rooms.Kmc, "密钥", requests), Rooms.Kmc));
        Assert.Equal("field-missing", await RefusedAsync(ca.Administrator, new ServiceRegistration(Rooms.Ra, "注册", requests with { Encryption = null }), Rooms.Ra));
        Assert.Equal("key-reused", await RefusedAsync(ca.Administrator, new ServiceRegistration(Rooms.Publishing, "发布", requests), Rooms.Publishing));
        Assert.Equal("key-reused", await RefusedAsync(ca.Administrator, new ServiceRegistration(Rooms.Ra, "注册", requests with { Audit = requests.Signing }), Rooms.Ra));

        Task<string?> RefusedAsync(TestPerson person, ServiceRegistration registration, string room) =>
            ca.Site.RefusedAsync("/api/ca/services", ca.Act(person, ActNames.CaServiceRegister, $"room/{room}", registration));
    }

    [Fact]
    [Clause("6.2.7.5-a")]
    public async Task AnOperatorHasACrlSignedAtOnce()
    {
        await using var ca = await BornCa.OpenAsync();
        var signed = await ca.Site.PostAsync<ActRequest, CrlSigned>("/api/ca/crls", ca.Act(ca.Operator, ActNames.CaCrlIssue, "ca/operational", new CrlRequest("operational")));
        Assert.Equal(2, signed.Number);
        Assert.Equal("http://127.0.0.1:8080/crl/operational.crl", signed.Address);
        Assert.True(CertificateRevocationList.Decode(signed.Der).IsSignedBy(Certificate.Decode(ca.Born.CaCertificate)));
        var root = await ca.Site.PostAsync<ActRequest, CrlSigned>("/api/ca/crls", ca.Act(ca.Operator, ActNames.CaCrlIssue, "ca/root", new CrlRequest("root")));
        Assert.True(CertificateRevocationList.Decode(root.Der).IsSignedBy(Certificate.Decode(ca.Born.RootCertificate)));
        Assert.Equal("role-missing", await ca.Site.RefusedAsync("/api/ca/crls", ca.Act(ca.Super, ActNames.CaCrlIssue, "ca/operational", new CrlRequest("operational"))));
        Assert.Equal("unknown-object", await ca.Site.RefusedAsync("/api/ca/crls", ca.Act(ca.Operator, ActNames.CaCrlIssue, "ca/moon", new CrlRequest("moon"))));
        Assert.Equal(2, await InitialisationTests.CountAsync(ca, "SELECT max(number) FROM ca_crls WHERE issuer = 'operational'"));
    }

    [Fact]
    [Clause("6.2.3.1-a")]
    [Clause("6.6.2.1-c")]
    public async Task AnRaOrdersStaffPairsRenewalAndRevocationBySealedMessages()
    {
        await using var ca = await BornCa.OpenAsync();
        await using var ra = await TestRoom.OpenAsync(Rooms.Ra, beside: ca.Room);
        await ca.RegisterAsync(ra);
        await using var kmc = await TestRoom.OpenAsync(Rooms.Kmc, beside: ca.Room);
        using var keyCentre = await ConnectAsync(ca, kmc);
        ra.Context.Post.Start();

        using var administrator = new TestPerson("陈主管");
        using var clerk = new TestPerson("李录入");
        using var vetter = new TestPerson("赵审核");
        await HireAsync(Roles.BusinessAdministrator, administrator, null);
        await HireAsync(Roles.EntryClerk, clerk, administrator);
        await HireAsync(Roles.Vetter, vetter, administrator);

        using var holder = Sm2KeyPair.Generate();
        var order = Order(ca, holder, clerk, vetter);
        var issued = await ra.Context.Post.AskAsync(Rooms.Ca, order, "order-1", CancellationToken.None);
        using var opened = Sm2EnvelopedKey.Decode(issued.EnvelopedKey!).Open(holder);
        Assert.Equal(Certificate.Decode(issued.EncryptionCertificate!).PublicKey.Sm2, opened.PublicKey);

        // The same order under another message: the same bytes (R03). Refusals come back signed, with their code.
        Assert.Equal(IssuingTests.Bytes(issued), IssuingTests.Bytes(await ra.Context.Post.AskAsync(Rooms.Ca, order, "order-2", CancellationToken.None)));
        await Refusals.ExpectAsync(RefusalCode.StatementMismatch, () => ra.Context.Post.AskAsync(Rooms.Ca, order with { Application = "A9" }, "order-3", CancellationToken.None));

        // In an order of many: each its own outcome.
        var many = await ra.Context.Post.AskAsync(Rooms.Ca, new IssuePairs([order, order with { Application = "A9" }]), "order-many", CancellationToken.None);
        Assert.Equal(IssuingTests.Bytes(issued), IssuingTests.Bytes(many.Outcomes[0].Issued!));
        Assert.Equal((null, RefusalCode.StatementMismatch), (many.Outcomes[1].Issued, many.Outcomes[1].Refusal!.Code));

        var serial = Certificate.Decode(issued.SigningCertificate).SerialHex;
        var revoked = await ra.Context.Post.AskAsync(
            Rooms.Ca, new RevokePair(serial, RevocationReason.CessationOfOperation, "holder: challenge phrase", ca.Room.Clock.GetUtcNow()), "order-4", CancellationToken.None);
        Assert.Equal(2, revoked.Serials.Count);
        var signed = await ca.Site.PostAsync<ActRequest, CrlSigned>("/api/ca/crls", ca.Act(ca.Operator, ActNames.CaCrlIssue, "ca/operational", new CrlRequest("operational")));
        Assert.Equal(2, signed.Entries);
        var settlement = await ca.Module.Desks.Settling.SettleAsync(CancellationToken.None);
        Assert.Equal(0, settlement.Waiting);
        Assert.Single(keyCentre.Retired);

        async Task HireAsync(string role, TestPerson person, TestPerson? by)
        {
            var appointment = by is null ? null : CaPlace.Evidence(role, person, by, ca.Room.Clock.GetUtcNow());
            var reply = await ra.Context.Post.AskAsync(
                Rooms.Ca, new IssueStaffCertificate(role, person.Name, appointment is null ? person.Request().Request : CaPlace.RequestIn(appointment), appointment), null, CancellationToken.None);
            person.Certificate = Certificate.Decode(reply.Certificate);
        }
    }

    [Fact]
    public async Task R23_AnOrderWaitsForAKeyCentreThatIsNotThereYet()
    {
        await using var ca = await BornCa.OpenAsync();
        await using var ra = await TestRoom.OpenAsync(Rooms.Ra, beside: ca.Room);
        await ca.RegisterAsync(ra);
        ra.Context.Post.Start();
        var place = ca.Module.Desks.Staffing;
        using var administrator = new TestPerson("陈主管");
        using var clerk = new TestPerson("李录入");
        using var vetter = new TestPerson("赵审核");
        foreach (var (role, person, by) in new[] { (Roles.BusinessAdministrator, administrator, null), (Roles.EntryClerk, clerk, administrator), (Roles.Vetter, vetter, administrator) })
        {
            var act = by is null ? null : CaPlace.Evidence(role, person, by, ca.Room.Clock.GetUtcNow());
            var order = new IssueStaffCertificate(role, person.Name, act is null ? person.Request().Request : CaPlace.RequestIn(act), act);
            person.Certificate = Certificate.Decode((await place.CertifyAsync(order, Rooms.Ra, static (_, _) => { }, CancellationToken.None)).Certificate);
        }

        using var holder = Sm2KeyPair.Generate();
        var ordered = Order(ca, holder, clerk, vetter);
        await Refusals.ExpectAsync(RefusalCode.RoomUnreachable, () => ra.Context.Post.AskAsync(Rooms.Ca, ordered, "o", CancellationToken.None));
        await using var kmc = await TestRoom.OpenAsync(Rooms.Kmc, beside: ca.Room);
        using var keyCentre = await ConnectAsync(ca, kmc);
        Assert.Equal(1, (await ca.Module.Desks.Settling.SettleAsync(CancellationToken.None)).Settled);
        Assert.NotNull((await ra.Context.Post.AskAsync(Rooms.Ca, ordered, "o", CancellationToken.None)).EncryptionCertificate);
        Assert.Equal(1, keyCentre.Pairs);
        Assert.All(await ca.Module.CheckHealthAsync(CancellationToken.None), check => Assert.True(check.Healthy, check.What));
    }

    [Fact]
    public async Task R17_ARoomPutBackFromABackupIssuesNothingUntilItIsReconciled()
    {
        await using var ca = await BornCa.OpenAsync();
        await using var ra = await TestRoom.OpenAsync(Rooms.Ra, beside: ca.Room);
        await ca.RegisterAsync(ra);
        await using var kmc = await TestRoom.OpenAsync(Rooms.Kmc, beside: ca.Room);
        using var keyCentre = await ConnectAsync(ca, kmc);
        ra.Context.Post.Start();
        using var administrator = new TestPerson("陈主管");
        using var clerk = new TestPerson("李录入");
        using var vetter = new TestPerson("赵审核");
        foreach (var (role, person, by) in new[] { (Roles.BusinessAdministrator, administrator, null), (Roles.EntryClerk, clerk, administrator), (Roles.Vetter, vetter, administrator) })
        {
            person.Certificate = Certificate.Decode((await ra.Context.Post.AskAsync(Rooms.Ca, Staff(role, person, by), null, CancellationToken.None)).Certificate);
        }

        var now = ca.Room.Clock.GetUtcNow();
        new RestoreMark("b", now, now, 1, 1).Set(ca.Room.Context.DataDirectory);
        using var holder = Sm2KeyPair.Generate();
        using var another = new TestPerson("周新人");
        var order = Order(ca, holder, clerk, vetter);
        var staff = Staff(Roles.EntryClerk, another, administrator);
        var certificates = await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_certificates");
        await Refusals.ExpectAsync(RefusalCode.RoomUnreachable, () => ra.Context.Post.AskAsync(Rooms.Ca, order, "pair", CancellationToken.None));
        await Refusals.ExpectAsync(RefusalCode.RoomUnreachable, () => ra.Context.Post.AskAsync(Rooms.Ca, new IssuePairs([order]), "pairs", CancellationToken.None));
        await Refusals.ExpectAsync(RefusalCode.RoomUnreachable, () => ra.Context.Post.AskAsync(Rooms.Ca, staff, "staff", CancellationToken.None));
        Assert.Equal(certificates, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_certificates"));
        Assert.Equal(0, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_intents"));

        // Reconciled: the same orders under the same ids go.
        Assert.True(RestoreMark.Clear(ca.Room.Context.DataDirectory));
        var issued = await ra.Context.Post.AskAsync(Rooms.Ca, order, "pair", CancellationToken.None);
        Assert.Equal(IssuingTests.Bytes(issued), IssuingTests.Bytes((await ra.Context.Post.AskAsync(Rooms.Ca, new IssuePairs([order]), "pairs", CancellationToken.None)).Outcomes[0].Issued!));
        Assert.NotEmpty((await ra.Context.Post.AskAsync(Rooms.Ca, staff, "staff", CancellationToken.None)).Certificate);

        IssueStaffCertificate Staff(string role, TestPerson person, TestPerson? by)
        {
            var act = by is null ? null : CaPlace.Evidence(role, person, by, ca.Room.Clock.GetUtcNow());
            return new IssueStaffCertificate(role, person.Name, act is null ? person.Request().Request : CaPlace.RequestIn(act), act);
        }
    }

    // A key centre with an identity of its own, known to the CA by a signed act.
    private static async Task<TestKeyCentre> ConnectAsync(BornCa ca, TestRoom kmc)
    {
        kmc.InstallIdentity();
        var keyCentre = new TestKeyCentre(kmc.Clock, kmc.Context.Identity.SigningCertificate!, kmc.Context.Identity.Signer)
        {
            Self = (ca.Room.Context.Identity.SigningCertificate!, ca.Room.Context.Identity.Signer),
        };
        kmc.Context.Post.HandleDer(Gmt0014Exchange.MessageType, async (order, ct) =>
        {
            var answer = await keyCentre.ExchangeAsync(order.Body.ToArray(), ct);
            await kmc.Context.Database.WriteAsync(session => order.Reply(session, answer), ct);
        });
        kmc.Context.Post.Start();
        await kmc.Context.Database.WriteAsync(
            session => kmc.Context.Peers.Register(session, ca.Born.Identity, [Certificate.Decode(ca.Born.CaCertificate), Certificate.Decode(ca.Born.RootCertificate)]), CancellationToken.None);
        var registration = new PeerRegistration(kmc.Context.Identity.AsPeer(), [.. kmc.Authority.Chain.Select(certificate => certificate.Encode())]);
        Assert.Null(await ca.Site.RefusedAsync("/api/ca/peers", ca.Act(ca.Administrator, ActNames.PeerRegister, "room/kmc", registration)));
        return keyCentre;
    }

    private static IssuePair Order(BornCa ca, Sm2KeyPair holder, TestPerson clerk, TestPerson vetter)
    {
        var fields = CaPlace.Organisation();
        var request = CertificationRequest.Create(TestAuthority.Name("x"), holder).Encode();
        var digest = ApplicationData.Digest("organisation", fields, request);
        var now = ca.Room.Clock.GetUtcNow();
        return new IssuePair(
            "A2026112200000001", "organisation", fields, request, Hufu.Governance.HolderIdentifier.Of(SourceTree.Policy.HolderProfile("organisation"), fields), null,
            clerk.Act(Rooms.Ra, ActNames.RaApplicationEnter, "application/A2026112200000001", new EntryRecord("齐全"), now, ApplicationData.StateText(ApplicationState.Submitted, digest)).Act,
            clerk.Certificate!.Encode(),
            vetter.Act(Rooms.Ra, ActNames.RaApplicationApprove, "application/A2026112200000001", new VettingDecision(true, [], null), now, ApplicationData.StateText(ApplicationState.Entered, digest)).Act,
            vetter.Certificate!.Encode());
    }
}
