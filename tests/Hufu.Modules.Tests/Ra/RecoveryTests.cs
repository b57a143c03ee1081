using System.Net.Http.Json;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Modules.Tests.Kmc;
using Hufu.Pki;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>6.2.8-b from the counter to the holder's new token: two people of the RA, two of the key centre, one number and one place for the holder. And the old keys that a renewal brings along.</summary>
public sealed class RecoveryTests
{
    private static readonly CaseRemark Fine = new("已核对身份与理由");

    [Fact]
    [Clause("6.2.8-b")]
    public async Task A_recovery_entered_at_the_RA_becomes_the_key_centres_case_and_comes_back_through_the_RA()
    {
        await using var office = await RaOffice.OpenAsync();
        await using var place = await KmcPlace.OpenInitialisedAsync(beside: office.Ca.Room);
        using var staff = await place.StaffAsync();
        await JoinAsync(office, place, staff);
        using Applicant applicant = new(), fresh = new();
        var (filed, pair) = await office.AcceptedAsync(applicant);
        var given = await place.GiveAsync(office.Ca.Room, Certificate.Decode(pair.EncryptionCertificate!).SerialNumber, Sm2Of(pair.SigningCertificate));
        var id = await ApprovedAsync(office, filed, pair, fresh);

        // The key centre's own people have it, with the RA's words, and nothing is out yet.
        CaseRow? row = null;
        await office.UntilAsync(
            async () => (row = (await place.DoAsync<CaseQuery, CaseList>("/cases/read", staff.Operator, ActNames.KmcCasesRead, "cases/recovery", new CaseQuery(CaseKind.Recovery, CaseState.Requested))).Cases.SingleOrDefault()) is not null,
            "the case at the key centre");
        Assert.Contains("介质损坏", row!.Content, StringComparison.Ordinal);
        await office.UntilAsync(async () => (await ProgressAsync(office, id)).KeyCentre == CaseState.Requested, "the key centre's answer");
        Assert.Equal("state-wrong", await office.Site.RefusedAsync($"/api/ra/recoveries/{id}/download", new RecoveryDownload("AAAAA-AAAAA-AAAAA-AAAAA")));
        Assert.Equal("unknown-object", await office.Site.RefusedAsync("/api/ra/recoveries/C0/download", new RecoveryDownload("AAAAA-AAAAA-AAAAA-AAAAA")));

        var at = $"recovery/{row.Id}";
        var entered = await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{row.Id}/enter", staff.Operator, ActNames.KmcRecoveryEnter, at, Fine, row.StateToSign);
        var approved = await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{row.Id}/approve", staff.Business, ActNames.KmcRecoveryApprove, at, Fine, entered.StateToSign);
        var released = await place.DoAsync<CaseRemark, RecoveryReleased>($"/recoveries/{row.Id}/release", staff.Operator, ActNames.KmcRecoveryRelease, at, Fine, approved.StateToSign);
        await office.UntilAsync(async () => (await ProgressAsync(office, id)) is { KeyCentre: CaseState.Released } open && open.CodeUntil == released.Until, "the release seen at the RA");
        Assert.Contains(id, await office.MailAsync(filed.Id, "已批准您的密钥恢复"), StringComparison.Ordinal);

        Assert.Equal("code-wrong", await office.Site.RefusedAsync($"/api/ra/recoveries/{id}/download", new RecoveryDownload("AAAAA-AAAAA-AAAAA-AAAAA")));
        var keys = await office.Site.PostAsync<RecoveryDownload, RecoveredKeys>($"/api/ra/recoveries/{id}/download", new RecoveryDownload(released.Code.ToLowerInvariant()));
        Assert.Equal(SubjectPublicKeyInfo.FromSm2(given.PublicKey.RequireSm2()), fresh.Recover(Assert.Single(keys.Keys).EnvelopedKey));
        Assert.Throws<DeviceException>(() => applicant.Recover(keys.Keys[0].EnvelopedKey));
        await office.UntilAsync(async () => (await ProgressAsync(office, id)) is { State: CertificateCaseState.Done, KeyCentre: CaseState.Done, CodeUntil: null }, "the end seen at the RA");

        // An answer that was lost on its way is there again; the key centre's own door says that the code is used.
        var again = await office.Site.PostAsync<RecoveryDownload, RecoveredKeys>($"/api/ra/recoveries/{id}/download", new RecoveryDownload(released.Code));
        Assert.Equal(keys.Keys[0].EnvelopedKey, again.Keys[0].EnvelopedKey);
        Assert.Equal("code-used", await place.Site.RefusedAsync($"/api/kmc/recoveries/{row.Id}/download", new RecoveryDownload(released.Code)));
        Assert.Contains(await office.LedgerAsync(), line => line.GetProperty("act").GetString() == "ra.recovery.fetch");
        Assert.DoesNotContain(await office.LedgerAsync(), line => line.GetRawText().Contains(released.Code, StringComparison.Ordinal));
    }

    [Fact]
    [Clause("6.2.8-b")]
    public async Task What_the_key_centre_refuses_ends_the_case_and_the_holder_is_told()
    {
        await using var office = await RaOffice.OpenAsync();
        await using var place = await KmcPlace.OpenInitialisedAsync(beside: office.Ca.Room);
        using var staff = await place.StaffAsync();
        await JoinAsync(office, place, staff);
        using Applicant applicant = new(), other = new(), fresh = new();
        var (filed, pair) = await office.AcceptedAsync(applicant);

        // No pair was given for this certificate: the order itself is refused.
        var unknown = await ApprovedAsync(office, filed, pair, fresh);
        await office.UntilAsync(async () => (await ProgressAsync(office, unknown)).State == CertificateCaseState.Refused, "the refused order");
        await office.MailAsync(filed.Id, "未通过审核");

        // Its people say no.
        var (second, kept) = await office.AcceptedAsync(other);
        await place.GiveAsync(office.Ca.Room, Certificate.Decode(kept.EncryptionCertificate!).SerialNumber, Sm2Of(kept.SigningCertificate));
        var id = await ApprovedAsync(office, second, kept, fresh);
        await office.UntilAsync(async () => (await ProgressAsync(office, id)).KeyCentre == CaseState.Requested, "the case at the key centre");
        var row = Assert.Single((await place.DoAsync<CaseQuery, CaseList>("/cases/read", staff.Operator, ActNames.KmcCasesRead, "cases/recovery", new CaseQuery(CaseKind.Recovery, CaseState.Requested))).Cases);
        var entered = await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{row.Id}/enter", staff.Operator, ActNames.KmcRecoveryEnter, $"recovery/{row.Id}", Fine, row.StateToSign);
        await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{row.Id}/refuse", staff.Business, ActNames.KmcRecoveryRefuse, $"recovery/{row.Id}", Fine, entered.StateToSign);
        await office.UntilAsync(async () => (await ProgressAsync(office, id)) is { State: CertificateCaseState.Refused, KeyCentre: CaseState.Refused }, "the refusal seen at the RA");
        await office.MailAsync(second.Id, "未通过审核");
    }

    [Fact]
    [Clause("6.2.8-b")]
    public async Task The_old_keys_come_with_the_renewed_pair()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        using var old = Sm2KeyPair.Generate();
        var before = new RecoveredKey("0123456789abcdef", Sm2EnvelopedKey.Create(applicant.Signer.PublicKey.RequireSm2(), old.PrivateKey).Encode());
        office.Ca.Spoil = pair => pair with { History = [before] };
        var (_, fetched) = await office.AcceptedAsync(applicant);
        Assert.Equal((before.UserCertNo, old.PublicKey), (Assert.Single(fetched.History!).UserCertNo, applicant.Recover(fetched.History![0].EnvelopedKey)));

        // What is no envelope is not taken in: the order stays waiting.
        using var second = new Applicant();
        office.Ca.Spoil = pair => pair with { History = [before with { EnvelopedKey = [1, 2, 3] }] };
        var filed = await office.ApprovedAsync(second);
        await office.UntilAsync(() => Task.FromResult(office.Ca.Orders.Count >= 2), "the order at the CA");
        Assert.Equal("Approved", await office.StateAsync(filed));
    }

    [Fact]
    public async Task R17_nothing_is_ordered_handed_out_or_resumed_while_the_RA_is_marked_as_restored()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant waiting = new(), issued = new();
        var entered = await office.SubmitAsync(waiting);
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(entered)));
        var (filed, code) = await office.IssuedAsync(issued);
        new RestoreMark("b", office.Clock.GetUtcNow().AddHours(-1), office.Clock.GetUtcNow(), 1, 1).Set(office.Context.DataDirectory);

        Assert.Equal("room-unreachable", await RaOffice.CodeOf(await office.DecideAsync(entered)));
        Assert.Equal("Entered", await office.StateAsync(entered));
        Assert.Equal("room-unreachable", await office.FetchRefusedAsync(filed, code));
        Assert.Equal("Issued", await office.StateAsync(filed));
        var serial = await office.ReadAsync(session => session.Scalar<string>("SELECT signing_serial FROM ra_applications WHERE id = @Id", new { filed.Id }));
        Assert.Equal("room-unreachable", await office.Site.RefusedAsync(
            $"/api/ra/applications/{filed.Id}/hand-over", office.Clerk.Act(Rooms.Ra, ActNames.RaPairHandOver, $"application/{filed.Id}", new HandOver("张三", "身份证"), office.Clock.GetUtcNow(), $"issued/{serial}")));

        // The safe direction stays open, and reconciled everything goes on.
        Assert.NotEmpty((await office.Site.PostAsync<SelfRevocation, PairRevoked>("/api/ra/revocations", new SelfRevocation(serial, Applicant.Phrase, Hufu.Contracts.RevocationReason.KeyCompromise))).Serials);
        Assert.True(RestoreMark.Clear(office.Context.DataDirectory));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(entered)));
        await office.UntilStateAsync(entered, ApplicationState.Issued);
    }

    // Both sides' business administrators have registered the other, as CA and key centre have.
    private static async Task JoinAsync(RaOffice office, KmcPlace place, KmcStaff staff)
    {
        var (ca, authority) = (office.Ca.Room, office.Ca.Room.Authority);
        await place.KnowAsync(Rooms.Ca, ca.Context.Identity.AsPeer(), authority, staff.Business);
        await place.KnowAsync(Rooms.Ra, office.Context.Identity.AsPeer(), authority, staff.Business);
        var certificate = Certificate.Decode(place.Initialised!.KmCertificate);
        await ca.Context.Database.WriteAsync(session => ca.Context.Peers.Register(session, place.Initialised.Identity, [certificate]), RaOffice.Ct);
        await office.WriteAsync(session => office.Context.Peers.Register(session, place.Initialised.Identity, [certificate]));
    }

    private static async Task<string> ApprovedAsync(RaOffice office, Filed filed, FetchedPair pair, Applicant fresh)
    {
        var asked = new NewCertificateCase(
            CertificateCaseKind.Recovery, RaOffice.SerialOf(pair), RevocationAsker.OrganisationRepresentative, office.Clock.GetUtcNow(), "介质损坏", "查验授权书原件",
            Recovery: new RecoveryWish(RecoveryGround.Damaged, fresh.Request()));
        Assert.Equal("possession-not-proven", await office.Site.RefusedAsync("/api/ra/cases", Entry(asked with { Recovery = new RecoveryWish(RecoveryGround.Lost, Broken(fresh.Request())) })));
        var entered = await office.Site.PostAsync<ActRequest, CertificateCase>("/api/ra/cases", Entry(asked));
        Assert.Contains(entered.Id, await office.MailAsync(filed.Id, "密钥恢复申请已受理"), StringComparison.Ordinal);
        Assert.Null((await ProgressAsync(office, entered.Id)).KeyCentre);
        Assert.Null(await office.Site.RefusedAsync(
            $"/api/ra/cases/{entered.Id}/decision",
            office.Vetter.Act(Rooms.Ra, ActNames.RaCaseApprove, $"case/{entered.Id}", new CaseDecision(true, "核对一致"), office.Clock.GetUtcNow(), "entered")));
        return entered.Id;

        ActRequest Entry(NewCertificateCase what) => office.Clerk.Act(Rooms.Ra, ActNames.RaCaseEnter, "case/new", what, office.Clock.GetUtcNow());
    }

    private static byte[] Broken(byte[] request) => [.. request[..^3], (byte)(request[^3] ^ 1), .. request[^2..]];

    private static SubjectPublicKeyInfo Sm2Of(byte[] certificate) => Certificate.Decode(certificate).PublicKey;

    private static async Task<RecoveryProgress> ProgressAsync(RaOffice office, string id) =>
        (await office.Site.Client.GetFromJsonAsync<RecoveryProgress>($"/api/ra/recoveries/{id}", ContractJson.Options, RaOffice.Ct))!;
}
