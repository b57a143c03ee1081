using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>The status service's signer for a P-256 CA: two people certify its key, then it is followed by the room's own asking.</summary>
[Collection(SoftHsm.Collection)]
public sealed class StatusSignerTests
{
    private const string Door = "/api/ca/services/signers", Transport = "transport";

    [Fact]
    public async Task R15_two_people_certify_a_signer_and_R18_it_is_followed_by_its_own_CA()
    {
        using var hsm = new SoftHsm();
        await using var ca = await BornCa.OpenAsync(options: hsm.Options);
        await using var ocsp = await TestRoom.OpenAsync(Rooms.Ocsp, beside: ca.Room);
        await ca.RegisterAsync(ocsp, withEncryption: false);
        var authority = Certificate.Decode((await CreateAsync(ca)).Certificate!);
        using EcdsaKeyPair key = EcdsaKeyPair.Generate(), next = EcdsaKeyPair.Generate(), stranger = EcdsaKeyPair.Generate();
        var asked = new StatusSignerRegistration(Transport, "P-256 证书状态", Request(key));

        // Nobody does it alone, not even the first time.
        Assert.Equal("second-needed", await ca.Site.RefusedAsync(Door, Act(ca, asked)));
        var certified = await ca.Site.PostAsync<ActRequest, StatusSignerCertified>(Door, Seconded(ca, asked));
        var signer = Certificate.Decode(certified.Certificate);
        Assert.Equal((Transport, key.PublicKey, true), (certified.Ca, signer.PublicKey, signer.IsSignedBy(authority)));
        Assert.Contains(Oids.PurposeOcspSigning, signer.ExtendedKeyUsage!.Purposes);
        Assert.NotNull(signer.FindExtension(Oids.OcspNoCheck));
        Assert.Equal(1, await CountAsync(ca, "fact:StatusSignerCertified"));

        // In time the room asks; the answer comes from the same CA, and to the room alone.
        ocsp.Context.Post.Start();
        ca.Room.Clock.Advance(TimeSpan.FromDays(320));
        var others = await CountAsync(ca, "fact:ServiceCertified");
        var renewal = new ServiceRenewalAsked(Rooms.Ocsp, "sign", signer.SerialHex, Request(next));
        await NoteAsync(renewal with { Request = SmRequest() });
        Assert.Equal(0, await ca.Module.Desks.Renewals.CarryOutAsync(CancellationToken.None));
        Assert.Contains("KeyWeak", (await ca.Room.LedgerAsync()).Last(line => line.Contains("ca.service.renew", StringComparison.Ordinal)), StringComparison.Ordinal);
        await NoteAsync(renewal);
        await ca.Module.Desks.Renewals.CarryOutAsync(CancellationToken.None);
        var followed = Certificate.Decode((await ca.Room.Context.Database.ReadAsync(
            session => session.QueryFirst<byte[]>("SELECT c.der FROM ca_service_renewals r JOIN ca_certificates c ON c.issuer = r.issuer AND c.serial = r.serial WHERE r.sender = 'ocsp'"), CancellationToken.None))!);
        Assert.Equal((next.PublicKey, signer.Subject, true), (followed.PublicKey, followed.Subject, followed.IsSignedBy(authority)));
        Assert.True(followed.NotAfter > signer.NotAfter);
        Assert.Equal((2L, others), (await CountAsync(ca, "fact:StatusSignerCertified"), await CountAsync(ca, "fact:ServiceCertified")));

        // Another key for the same: refused, as with every room (R03).
        await NoteAsync(renewal with { Request = Request(stranger) });
        Assert.Equal(0, await ca.Module.Desks.Renewals.CarryOutAsync(CancellationToken.None));
        Assert.Contains("StateWrong", (await ca.Room.LedgerAsync()).Last(line => line.Contains("ca.service.renew", StringComparison.Ordinal)), StringComparison.Ordinal);

        Task NoteAsync(ServiceRenewalAsked one) => ca.Room.Context.Database.WriteAsync(
            session => ca.Module.Desks.Renewals.Note(session, Hufu.Crypto.SecureRandom.NewId(), Rooms.Ocsp, one), CancellationToken.None);
    }

    [Fact]
    public async Task What_no_signer_can_be_certified_for_is_refused_before_a_serial_is_spent()
    {
        using var hsm = new SoftHsm();
        await using var ca = await BornCa.OpenAsync(options: hsm.Options);
        await CreateAsync(ca);
        using var key = EcdsaKeyPair.Generate();
        var good = new StatusSignerRegistration(Transport, "P-256 证书状态", Request(key));
        var forged = good.Request.ToArray();
        forged[^1] ^= 1;
        var reserved = await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_reservations");
        foreach (var (asked, code) in new (StatusSignerRegistration, string)[]
        {
            (good with { Ca = "operational" }, "state-wrong"), (good with { Ca = "transportroot" }, "state-wrong"), (good with { Ca = "nowhere" }, "unknown-object"), (good with { Request = SmRequest() }, "key-weak"),
            (good with { Request = forged }, "possession-not-proven"), (good with { Request = [1, 2] }, "malformed"), (good with { Name = "" }, "field-missing"),
        })
        {
            Assert.Equal(code, await ca.Site.RefusedAsync(Door, Act(ca, asked)));
        }

        Assert.Equal(reserved, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_reservations"));
    }

    [Fact]
    [Clause("6.6.1.6-a")]
    public async Task A_closing_CA_is_not_held_open_by_its_signer_and_every_CA_below_a_root_says_that_it_is_at_work()
    {
        using var hsm = new SoftHsm();
        await using var ca = await BornCa.OpenAsync(options: hsm.Options);
        await using var ocsp = await TestRoom.OpenAsync(Rooms.Ocsp, beside: ca.Room);
        await ca.RegisterAsync(ocsp, withEncryption: false);
        await CreateAsync(ca);
        using EcdsaKeyPair key = EcdsaKeyPair.Generate(), next = EcdsaKeyPair.Generate();
        var signer = Certificate.Decode((await ca.Site.PostAsync<ActRequest, StatusSignerCertified>(Door, Seconded(ca, new StatusSignerRegistration(Transport, "P-256 证书状态", Request(key))))).Certificate);
        await CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.ChangeKey, Transport, "使用期届满"));
        ca.Room.Clock.Advance(TimeSpan.FromDays(320));
        await ca.Room.Context.Database.WriteAsync(
            session => ca.Module.Desks.Renewals.Note(session, Hufu.Crypto.SecureRandom.NewId(), Rooms.Ocsp, new ServiceRenewalAsked(Rooms.Ocsp, "sign", signer.SerialHex, Request(next))), CancellationToken.None);
        Assert.Equal(0, await ca.Module.Desks.Renewals.CarryOutAsync(CancellationToken.None));
        Assert.Contains("is closing", (await ca.Room.LedgerAsync()).Last(line => line.Contains("ca.service.renew", StringComparison.Ordinal) && line.Contains("ocsp", StringComparison.Ordinal)), StringComparison.Ordinal);

        // The beat runs beside the test. The clock goes on: standing still it would leave a beat that has just looked waiting for a moment that never comes.
        string[] names = ["operational", "root", Transport, "transport-2", "transportroot"];
        List<string> told = [];
        for (var i = 0; i < 2400 && told.Count < 3; i++)
        {
            var bodies = await ca.Room.Context.Database.ReadAsync(session => session.Query<string>("SELECT DISTINCT CAST(body AS TEXT) FROM outbox_item WHERE kind = 'fact:AuthorityAlive'"), CancellationToken.None);
            told = [.. names.Where(name => bodies.Any(body => body.Contains($"\"{name}\"", StringComparison.Ordinal)))];
            await Task.Delay(25, TestContext.Current.CancellationToken);
            ca.Room.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["operational", Transport, "transport-2"], told);
    }

    private static Task<DeedDone> CreateAsync(BornCa ca) => CarryOutAsync(ca, new AuthorityProposal(AuthorityDeed.Create, Transport, "浏览器与机器之间的 TLS", CommonName: "虎符测试传输 CA", Algorithm: KeyAlgorithm.P256));

    private static async Task<DeedDone> CarryOutAsync(BornCa ca, AuthorityProposal proposal)
    {
        var made = await ca.Site.PostAsync<ActRequest, ProposalStanding>("/api/ca/deeds", ca.Act(ca.Super, ActNames.CaProposalMake, $"ca/{proposal.Name}", proposal));
        return await ca.Site.PostAsync<ActRequest, DeedDone>(
            $"/api/ca/deeds/{made.Id}/approval", ca.AuditAdministrator.Act(Rooms.Ca, ActNames.CaProposalApprove, $"proposal/{made.Id}", new ProposalApproval("同意"), ca.Room.Clock.GetUtcNow(), made.State));
    }

    internal static ActRequest Act(BornCa ca, StatusSignerRegistration asked) => ca.Act(ca.Administrator, ActNames.CaServiceRegister, StatusSignerRegistration.ObjectOf(asked.Ca), asked);

    internal static ActRequest Seconded(BornCa ca, StatusSignerRegistration asked)
    {
        var request = Act(ca, asked);
        return request with { Second = ca.Act(ca.Super, ActNames.Second, $"proposal/{Hufu.Governance.Proposals.IdOf(request.Act.Statement)}", asked).Act };
    }

    private static byte[] Request(EcdsaKeyPair key) => CertificationRequest.Create(TestAuthority.Name("x"), key).Encode();

    private static byte[] SmRequest()
    {
        using var key = Sm2KeyPair.Generate();
        return CertificationRequest.Create(TestAuthority.Name("x"), key).Encode();
    }

    private static Task<long> CountAsync(BornCa ca, string kind) => InitialisationTests.CountAsync(ca, $"SELECT count(*) FROM outbox_item WHERE kind = '{kind}'");
}
