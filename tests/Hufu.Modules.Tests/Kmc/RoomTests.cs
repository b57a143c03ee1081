using System.Net.Http.Json;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Kmc.Serving;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>The key centre through its doors, clause by clause of GM/T 0038 in our words.</summary>
public sealed class RoomTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.2.8-a"), Clause("6.6.2.2-a")]
    public async Task Gmt0038_initialisation_goes_key_backup_certificate_administrators()
    {
        await using var place = await KmcPlace.OpenAsync();
        Assert.False((await place.Site.Client.GetFromJsonAsync<SetupState>("/api/kmc/setup", ContractJson.Options, Cancel))!.Initialised);

        var request = place.Request();
        var done = await place.InitialiseAsync();

        Assert.Collection(
            done.Ceremony.Select(step => step.What),
            what => Assert.Contains("生成密钥管理机构密钥", what, StringComparison.Ordinal),
            what => Assert.Contains("备份", what, StringComparison.Ordinal),
            what => Assert.Contains("签发密钥管理机构证书", what, StringComparison.Ordinal),
            what => Assert.Contains("签名、加密、审计证书", what, StringComparison.Ordinal),
            what => Assert.Contains("超级管理员", what, StringComparison.Ordinal));
        var km = Certificate.Decode(done.KmCertificate);
        Assert.True(km.IsSelfIssued && km.IsAuthority && km.IsSignedBy(km));
        foreach (var der in new[]
        {
            done.Identity.SigningCertificate, done.Identity.EncryptionCertificate!, done.SuperAdministrator.Certificate, done.AuditAdministrator.Certificate,
        }.Concat(done.ShareHolders.Select(holder => holder.Certificate)))
        {
            var certificate = Certificate.Decode(der);
            Assert.True(certificate.IsSignedBy(km) && certificate.Issuer.Equals(km.Subject) && !certificate.IsAuthority);
            Assert.InRange(certificate.SerialNumber.Content.Length, 16, 20);
        }

        Assert.Equal([1, 2, 3, 4, 5], done.Shares.Select(share => share.Number));
        Assert.Equal(place.Holders.Select(holder => holder.Name), done.Shares.Select(share => share.Holder));
        Assert.True((await place.Site.Client.GetFromJsonAsync<SetupState>("/api/kmc/setup", ContractJson.Options, Cancel))!.Initialised);
        Assert.Equal("already-initialised", await place.Site.RefusedAsync("/api/kmc/initialise", request));
    }

    [Fact]
    public async Task The_same_initialisation_again_gets_the_same_shares_and_any_other_is_refused()
    {
        await using var place = await KmcPlace.OpenAsync();
        var request = place.Request();
        var first = await place.Site.PostAsync<KmcInitialisation, KmcInitialised>("/api/kmc/initialise", request);
        var again = await place.Site.PostAsync<KmcInitialisation, KmcInitialised>("/api/kmc/initialise", request);
        Assert.Equal(JsonSerializer.Serialize(first, ContractJson.Options), JsonSerializer.Serialize(again, ContractJson.Options));
        Assert.Equal(5, again.Shares.Count);
        Assert.Equal("already-initialised", await place.Site.RefusedAsync("/api/kmc/initialise", request with { Name = "另一密钥管理中心" }));
        Assert.Equal("already-initialised", await place.Site.RefusedAsync("/api/kmc/initialise", request with { SetupCode = new string('0', 32) }));
        Assert.Equal(1, await place.Room.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT COUNT(*) FROM kmc_backup"), Cancel));
    }

    [Fact]
    public async Task A_client_that_is_gone_after_its_request_was_carried_out_finds_everything_later()
    {
        await using var place = await KmcPlace.OpenAsync();
        var request = place.Request();
        using var gone = new CancellationTokenSource();
        var asked = place.Site.Client.PostAsJsonAsync("/api/kmc/initialise", request, ContractJson.Options, gone.Token);
        for (var i = 0; i < 12_000 && place.Room.Context.SetupCode.Pending is not null; i++)
        {
            await Task.Delay(5, Cancel);
        }

        await gone.CancelAsync();
        try
        {
            (await asked).Dispose();
        }
        catch (OperationCanceledException)
        {
            // Its answer is lost, as it should be here; when it was quicker, it is thrown away.
        }

        var found = await place.Site.PostAsync<KmcInitialisation, KmcInitialised>("/api/kmc/initialise", request);
        Assert.Equal(place.Holders.Select(holder => holder.Name), found.Shares.Select(share => share.Holder));
        await place.WaitForSparesAsync();
        Assert.True((await place.Site.Client.GetFromJsonAsync<KeyStores>("/api/kmc/stores", ContractJson.Options, Cancel))!.Spare > 0);
    }

    [Fact]
    public async Task A_wrong_initialisation_leaves_nothing_behind()
    {
        await using var place = await KmcPlace.OpenAsync();
        var good = place.Request();
        using var stranger = new TestPerson("陌生人");
        var forged = good.SuperAdministrator.Request.ToArray();
        forged[^3] ^= 1;

        Assert.Equal("setup-code-wrong", await place.Site.RefusedAsync("/api/kmc/initialise", good with { SetupCode = new string('0', 32) }));
        Assert.Equal("field-invalid", await place.Site.RefusedAsync("/api/kmc/initialise", good with { ShareHolders = [.. good.ShareHolders.Take(4)] }));
        Assert.Equal("same-person", await place.Site.RefusedAsync("/api/kmc/initialise", good with { AuditAdministrator = stranger.Request() with { Name = good.SuperAdministrator.Name } }));
        Assert.Equal("key-reused", await place.Site.RefusedAsync("/api/kmc/initialise", good with { AuditAdministrator = good.AuditAdministrator with { Request = good.SuperAdministrator.Request } }));
        Assert.Equal("possession-not-proven", await place.Site.RefusedAsync("/api/kmc/initialise", good with { SuperAdministrator = good.SuperAdministrator with { Request = forged } }));
        Assert.Equal("name-too-long", await place.Site.RefusedAsync("/api/kmc/initialise", good with { Name = new string('长', 200) }));
        var people = await place.Room.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT COUNT(*) FROM staff_people"), Cancel);
        Assert.Equal(0, people);
        Assert.False(place.Room.Context.Identity.IsInstalled);
        await place.InitialiseAsync();
    }

    [Fact]
    public async Task Gmt0038_super_administrator_to_operators_audit_administrator_to_auditors()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var candidate = new TestPerson("候选人");
        Assert.Equal("role-missing", await place.Site.RefusedAsync("/api/kmc/staff", place.Appointment(place.Audit, Roles.BusinessAdministrator, candidate)));
        Assert.Equal("role-missing", await place.Site.RefusedAsync("/api/kmc/staff", place.Appointment(place.Super, Roles.Operator, candidate)));
        Assert.Equal("role-missing", await place.Site.RefusedAsync("/api/kmc/staff", place.Appointment(place.Super, Roles.Auditor, candidate)));
        using var business = await place.AppointAsync(place.Super, Roles.BusinessAdministrator, "孙业务");
        using var operate = await place.AppointAsync(business, Roles.Operator, "李操作");
        using var auditor = await place.AppointAsync(place.Audit, Roles.Auditor, "周审计员");
        var km = Certificate.Decode(place.Initialised!.KmCertificate);
        Assert.All(new[] { business, operate, auditor }, person => Assert.True(person.Certificate!.IsSignedBy(km)));
    }

    [Fact]
    [Clause("6.2.8-a")]
    public async Task Gmt0038_the_spare_store_fills_by_itself_and_by_hand_and_is_counted()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        var full = place.Room.Context.Policy.Values.SpareKeysFull;
        Assert.Equal(new KeyStores(full, 0, 0), await StoresAsync(place, full));
        using var business = await place.AppointAsync(place.Super, Roles.BusinessAdministrator, "孙业务");
        using var operate = await place.AppointAsync(business, Roles.Operator, "李操作");

        ActRequest Refill(TestPerson person, int pairs) => person.Act(Rooms.Kmc, ActNames.KmcRefill, "store/spare", new KeyRefill(pairs), place.Now);

        Assert.Equal("role-missing", await place.Site.RefusedAsync("/api/kmc/refills", Refill(business, 3)));
        Assert.Equal("field-invalid", await place.Site.RefusedAsync("/api/kmc/refills", Refill(operate, 0)));
        Assert.Equal("field-invalid", await place.Site.RefusedAsync("/api/kmc/refills", Refill(operate, 10_001)));
        var act = Refill(operate, 7);
        Assert.Equal(new KeyStores(full + 7, 0, 0), await place.Site.PostAsync<ActRequest, KeyStores>("/api/kmc/refills", act));
        Assert.Equal("statement-replayed", await place.Site.RefusedAsync("/api/kmc/refills", act));
        Assert.Equal(new KeyStores(full + 7, 0, 0), await StoresAsync(place, full + 7));
        var ledger = await place.Room.LedgerAsync();
        Assert.Contains(ledger, line => line.Contains("kmc.pairs.made", StringComparison.Ordinal) && line.Contains("李操作", StringComparison.Ordinal));
    }

    [Fact]
    [Clause("6.6.2.2-a"), Clause("6.6.2.2-c")]
    public async Task Gmt0038_the_backup_is_proven_by_three_of_five_holders()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var business = await place.AppointAsync(place.Super, Roles.BusinessAdministrator, "孙业务");
        using var operate = await place.AppointAsync(business, Roles.Operator, "李操作");
        ActRequest Check() => operate.Act(Rooms.Kmc, ActNames.BackupVerify, "device/kmc", new BackupCheck("初始化后核对"), place.Now);

        Assert.Equal(1, (await place.Site.PostAsync<ActRequest, SharesPresented>("/api/kmc/ceremony/shares", place.Share(1, place.Holders[0]))).Presented);
        Assert.Equal("share-invalid", await place.Site.RefusedAsync("/api/kmc/ceremony/shares", place.Share(1, place.Holders[1])));
        Assert.Equal("shares-too-few", await place.Site.RefusedAsync("/api/kmc/ceremony/backup-check", Check()));
        await place.Site.PostAsync<ActRequest, SharesPresented>("/api/kmc/ceremony/shares", place.Share(3, place.Holders[2]));
        await place.Site.PostAsync<ActRequest, SharesPresented>("/api/kmc/ceremony/shares", place.Share(5, place.Holders[4]));

        var compared = await place.Site.PostAsync<ActRequest, BackupChecked>("/api/kmc/ceremony/backup-check", Check());

        Assert.True(compared.AllEqual);
        Assert.Equal(place.Room.Context.Identity.Device.Labels.Count, compared.KeysCompared);
    }

    [Fact]
    [Clause("6.1.3.2-a"), Clause("6.6.2.2-b")]
    public async Task A_CA_is_served_by_sealed_orders_and_a_repeated_order_gets_the_same_answer()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        await using var ca = await place.CaBesideAsync();
        var identity = ca.Context.Identity;
        using var holder = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();
        var request = CaRequest.Sign(
            identity.SigningCertificate!, identity.Signer, [Apply(place, number, holder.PublicKey)], place.Now, SerialNumber.FromInt64(1), Gmt0014Options.Hufu);
        var km = Certificate.Decode(place.Initialised!.Identity.SigningCertificate);

        var id = SecureRandom.NewId();
        var first = await ca.Context.Post.AskDerAsync(Rooms.Kmc, Gmt0014Exchange.MessageType, request.Encode(), id, Cancel);
        var again = await ca.Context.Post.AskDerAsync(Rooms.Kmc, Gmt0014Exchange.MessageType, request.Encode(), SecureRandom.NewId(), Cancel);

        Assert.Equal(first.ToArray(), again.ToArray());
        var answer = KmRespond.Decode(first);
        answer.Check(km, request, Gmt0014Options.Hufu);
        using var opened = Assert.IsType<ApplyKeyResult>(Assert.Single(answer.Results)).Key.ToEnvelopedKey().Open(holder);
        var revoke = CaRequest.Sign(identity.SigningCertificate!, identity.Signer, [new RevokeKeyRequest(number)], place.Now, SerialNumber.FromInt64(2), Gmt0014Options.Hufu);
        var revoked = KmRespond.Decode(await ca.Context.Post.AskDerAsync(Rooms.Kmc, Gmt0014Exchange.MessageType, revoke.Encode(), null, Cancel));
        Assert.IsType<RevokeKeyResult>(Assert.Single(revoked.Results));
        var ledger = await place.Room.LedgerAsync();
        Assert.Single(ledger, line => line.Contains("\"kmc.key.given\"", StringComparison.Ordinal));
        Assert.Single(ledger, line => line.Contains("\"kmc.key.retired\"", StringComparison.Ordinal));
        Span<byte> d = stackalloc byte[32];
        opened.Export(d);
        var hex = Convert.ToHexStringLower(d);
        Assert.DoesNotContain(ledger, line => line.Contains(hex, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_request_in_another_CAs_name_is_refused_in_the_form_of_Gmt0014()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        await using var ca = await place.CaBesideAsync();
        using var other = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var forged = CaRequest.Sign(
            ca.Context.Identity.SigningCertificate!, other.Signer, [Apply(place, SerialNumber.Create(), holder.PublicKey)], place.Now, SerialNumber.FromInt64(1), Gmt0014Options.Hufu);

        var answer = KmRespond.Decode(await ca.Context.Post.AskDerAsync(Rooms.Kmc, Gmt0014Exchange.MessageType, forged.Encode(), null, Cancel));

        Assert.Equal(ErrorNumbers.NotAuthentic, Assert.IsType<ErrorResult>(Assert.Single(answer.Results)).Number);
        Assert.Equal(0, (await StoresAsync(place, null)).InUse);
        Assert.Contains(await place.Room.LedgerAsync(), line => line.Contains("kmc.request.refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_counts_the_stores()
    {
        await using var place = await KmcPlace.OpenAsync();
        Assert.DoesNotContain(await place.Module.CheckHealthAsync(Cancel), check => check.Name == "spare-keys");
        await place.InitialiseAsync();
        await StoresAsync(place, place.Room.Context.Policy.Values.SpareKeysFull);
        Assert.Contains(await place.Module.CheckHealthAsync(Cancel), check => check is { Name: "spare-keys", Healthy: true });
    }

    private static ApplyKeyRequest Apply(KmcPlace place, SerialNumber number, SubjectPublicKeyInfo holder) =>
        ApplyKeyRequest.ForSm2(new AppUserInfo(number, holder, place.Now, place.Now.AddYears(1), "某单位", null, null));

    // The job works beside the test: waits until the spare store has the expected number.
    private static async Task<KeyStores> StoresAsync(KmcPlace place, int? spare)
    {
        KeyStores stores;
        var tries = 0;
        do
        {
            stores = (await place.Site.Client.GetFromJsonAsync<KeyStores>("/api/kmc/stores", ContractJson.Options, Cancel))!;
            await Task.Delay(20, Cancel);
        }
        while (spare is { } wanted && stores.Spare != wanted && tries++ < 3000);
        return stores;
    }
}
