using Hufu.Contracts;
using Hufu.Kmc.Services;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>The key centre renews its own certificates by two people (decision 0050), beside a real CA: nothing is missed before, between and after, nobody does it alone, and an interrupted process leaves nothing half-made.</summary>
public sealed class ServiceRenewalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.2.6.1-a"), Clause("6.6.1.2-b")]
    public async Task R18_Pairs_are_handed_out_before_between_and_after_and_beyond_the_old_certificates_end()
    {
        await using var all = await RenewalPlace.OpenAsync();
        var number = SerialNumber.Create();
        var first = await all.PairAsync(1000, number);
        var old = all.Identity.SigningCertificate!;
        var ends = old.NotAfter;
        await all.GoOnAsync(ends - all.Clock.GetUtcNow() - TimeSpan.FromDays(50));

        // 1, 2: certified, and nothing has changed for anybody.
        var renewed = await all.RenewAsync(audit: true);
        Assert.Equal(ServiceRenewalState.Renewed, renewed.State);
        Assert.Equal(old, all.Identity.SigningCertificate);
        Assert.Equal(renewed.Peer!.SigningCertificate, (await all.ServicesAsync()).Waiting!.Peer!.SigningCertificate);
        var next = Certificate.Decode(renewed.Peer.SigningCertificate);
        Assert.Equal((old.Subject, old.KeyUsage), (next.Subject, next.KeyUsage));
        Assert.NotEqual(old.PublicKey, next.PublicKey);
        await all.PairAsync();

        // 3: in force; the CA knows the old ones still and is answered under them.
        await all.PutInForceAsync(renewed);
        Assert.Equal(next, all.Identity.SigningCertificate);
        Assert.Null((await all.ServicesAsync()).Waiting);
        await all.PairAsync();
        await all.RegisterAsync(renewed);
        var peer = (await all.Ca.Room.Context.Peers.FindAsync(Rooms.Kmc, Cancel))!;
        Assert.Equal(next, peer.Signing);
        Assert.Equal([old], peer.Earlier);
        await all.PairAsync();

        // A task of before: the same pair, now under the certificate that the CA knows.
        Assert.Equal(first.PublicKey, (await all.PairAsync(1000, number)).PublicKey);
        Assert.Equal(first.PublicKey, (await all.PairAsync(1000, number)).PublicKey);
        Assert.Equal(4, (await all.Place.Room.Context.Database.ReadAsync(Hufu.Kmc.Stores.PairStores.Count, Cancel)).InUse);

        await all.GoOnAsync(ends - all.Clock.GetUtcNow() + TimeSpan.FromDays(1));
        Assert.False(old.IsValidAt(all.Clock.GetUtcNow()));
        await all.PairAsync();
        var ledger = await all.Place.Room.LedgerAsync();
        foreach (var act in new[] { "kmc.service.renew", "kmc.service.certified", "kmc.service.put-in-force", "kmc.service.followed" })
        {
            Assert.Single(ledger, line => line.Contains($"\"{act}\"", StringComparison.Ordinal));
        }

        Assert.Contains(ledger, line => line.Contains("\"ledger.certificate\"", StringComparison.Ordinal) && line.Contains(Convert.ToBase64String(renewed.AuditCertificate!), StringComparison.Ordinal));
    }

    [Fact]
    public async Task R03_A_CA_that_has_registered_early_waits_and_gets_one_pair_when_the_certificates_are_in_force()
    {
        await using var all = await RenewalPlace.OpenAsync();
        var renewed = await all.RenewAsync();
        await all.RegisterAsync(renewed);
        var number = SerialNumber.Create();

        // Its order opens, enveloped to the new key; the answer is still given under the old certificate, which its client does not take for the key centre's present one.
        Assert.Equal(RefusalCode.RoomUnreachable, await all.NoPairAsync(7, number));
        await all.PutInForceAsync(renewed);
        var pair = await all.PairAsync(7, number);
        Assert.Equal(pair.PublicKey, (await all.PairAsync(7, number)).PublicKey);
        Assert.Equal(1, (await all.Place.Room.Context.Database.ReadAsync(Hufu.Kmc.Stores.PairStores.Count, Cancel)).InUse);
        Assert.Equal(1, await all.Place.Room.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT COUNT(*) FROM kmc_task"), Cancel));
    }

    [Fact]
    [Clause("6.2.6.1-a")]
    public async Task R18_Certificates_that_have_ended_are_repaired_by_the_same_two_acts()
    {
        await using var all = await RenewalPlace.OpenAsync();
        await all.PairAsync();
        await all.GoOnAsync(TimeSpan.FromDays(200));
        Assert.Equal(RefusalCode.RoomUnreachable, await all.NoPairAsync(20, SerialNumber.Create()));
        Assert.All((await all.ServicesAsync()).Lives, life => Assert.Equal(0, life.Alarm));
        Assert.Contains(await all.Place.Module.CheckHealthAsync(Cancel), check => check is { Name: "services", Healthy: false } && check.What.Contains("kmc.service.renew", StringComparison.Ordinal));
        var renewed = await all.RenewAsync(audit: true);
        await all.PutInForceAsync(renewed);
        await all.RegisterAsync(renewed, keepEarlier: false);
        await all.PairAsync();
        Assert.Contains(await all.Place.Module.CheckHealthAsync(Cancel), check => check is { Name: "services", Healthy: true });
    }

    [Fact]
    [Clause("6.6.1.2-b"), Clause("6.6.1.2-d")]
    public async Task R15_Nobody_renews_alone_and_nobody_in_another_role()
    {
        await using var all = await RenewalPlace.OpenAsync();
        var (place, staff) = (all.Place, all.Staff);
        Task<string?> Renewing(TestPerson by, long number = 1) => place.RefusedAsync("/services", by, ActNames.KmcServiceRenew, $"services/{number}", new ServiceRenewal(false, "试"));
        Assert.Equal("role-missing", await Renewing(staff.Operator));
        Assert.Equal("role-missing", await Renewing(staff.Auditor));
        Assert.Equal("statement-mismatch", await Renewing(staff.Business, 2));
        Assert.Equal("field-missing", await place.RefusedAsync("/services", staff.Business, ActNames.KmcServiceRenew, "services/1", new ServiceRenewal(false, " ")));
        Assert.Null((await all.ServicesAsync()).Waiting);

        var renewed = await all.RenewAsync();
        Assert.Equal("state-wrong", await Renewing(staff.Business, 2));
        Task<string?> Deciding(TestPerson by, string verb, string act, string? state = null, long number = 1) =>
            place.RefusedAsync($"/services/{number}/{verb}", by, act, $"services/{number}", RenewalPlace.Fine, state ?? renewed.StateToSign);
        foreach (var (verb, act) in new[] { ("put-in-force", ActNames.KmcServicePutInForce), ("refuse", ActNames.KmcServiceRefuse) })
        {
            Assert.Equal("role-missing", await Deciding(staff.Business, verb, act));
            Assert.Equal("role-missing", await Deciding(staff.Operator, verb, act));
            Assert.Equal("state-wrong", await Deciding(staff.Auditor, verb, act, "renewed " + new string('0', 64)));
            Assert.Equal("unknown-object", await Deciding(staff.Auditor, verb, act, number: 2));
        }

        // Somebody who has renewed and is an auditor since: one person all the same.
        await place.Room.Context.Database.WriteAsync(
            session => session.Execute("UPDATE acts_done SET person_id = (SELECT id FROM staff_people WHERE name = '周审计员') WHERE act = 'kmc.service.renew'"), Cancel);
        Assert.Equal("same-person", await Deciding(staff.Auditor, "put-in-force", ActNames.KmcServicePutInForce));
        await place.Room.Context.Database.WriteAsync(
            session => session.Execute("UPDATE acts_done SET person_id = (SELECT id FROM staff_people WHERE name = '孙业务') WHERE act = 'kmc.service.renew'"), Cancel);

        // Refused: never in force, and another may begin.
        Assert.Null(await Deciding(staff.Auditor, "refuse", ActNames.KmcServiceRefuse));
        Assert.Equal("state-wrong", await Deciding(staff.Auditor, "put-in-force", ActNames.KmcServicePutInForce));
        Assert.Equal(2, (await all.RenewAsync()).Number);
        Assert.NotEqual(renewed.Peer!.SigningCertificate, (await all.ServicesAsync()).Peer.SigningCertificate);
    }

    [Fact]
    public async Task Two_at_once_make_one_renewal_and_no_pair_is_missed_while_it_is_put_in_force()
    {
        await using var all = await RenewalPlace.OpenAsync();
        Task<string?> Renewing() => all.Place.RefusedAsync("/services", all.Staff.Business, ActNames.KmcServiceRenew, "services/1", new ServiceRenewal(false, "证书即将到期"));
        var both = await Task.WhenAll(Renewing(), Renewing());
        Assert.Single(both, code => code is null);
        Assert.Single(both, code => code is "state-wrong" or "statement-mismatch");
        var renewed = (await all.ServicesAsync()).Waiting!;
        Assert.Equal("services/2", (await all.ServicesAsync()).Object);

        Task<string?> Deciding() => all.Place.RefusedAsync("/services/1/put-in-force", all.Staff.Auditor, ActNames.KmcServicePutInForce, "services/1", RenewalPlace.Fine, renewed.StateToSign);
        var asked = Enumerable.Range(1, 24).Select(i => Task.Run(() => all.PairAsync(5000 + i), Cancel)).ToArray();
        var decided = await Task.WhenAll(Deciding(), Deciding());
        Assert.Equal(24, (await Task.WhenAll(asked)).DistinctBy(pair => pair.PublicKey).Count());
        Assert.Single(decided, code => code is null);
        Assert.Single(decided, code => code == "state-wrong");
        Assert.Equal(renewed.Peer!.SigningCertificate, all.Identity.SigningCertificate!.Encode());
    }

    [Fact]
    public async Task R10_Killed_between_the_act_and_the_signing_the_next_start_signs_under_the_reserved_serials()
    {
        using var folder = new TempFolder();
        await using var all = await RenewalPlace.OpenAsync(folder.Path);
        var act = all.Place.Act(all.Staff.Business, ActNames.KmcServiceRenew, "services/1", new ServiceRenewal(true, "证书即将到期"));
        var renewed = await all.Place.Site.PostAsync<ActRequest, RenewedServices>("/api/kmc/services", act);
        var again = await all.Place.Site.PostAsync<ActRequest, RenewedServices>("/api/kmc/services", act);
        Assert.Equal(renewed.Peer!.SigningCertificate, again.Peer!.SigningCertificate);

        await all.RestartAsync(folder.Path, "UPDATE kmc_service_certificate SET certificate = NULL; UPDATE kmc_service_renewal SET state = 'reserved'");
        var waiting = (await all.ServicesAsync()).Waiting!;
        Assert.Equal(ServiceRenewalState.Renewed, waiting.State);
        var (before, after) = (Certificate.Decode(renewed.Peer.SigningCertificate), Certificate.Decode(waiting.Peer!.SigningCertificate));
        Assert.Equal((before.SerialHex, before.PublicKey), (after.SerialHex, after.PublicKey));
        await all.PairAsync();
        await all.PutInForceAsync(waiting);
        await all.PairAsync();
    }

    [Fact]
    public async Task Killed_between_the_auditors_act_and_the_installation_the_next_start_installs()
    {
        using var folder = new TempFolder();
        await using var all = await RenewalPlace.OpenAsync(folder.Path);
        var renewed = await all.RenewAsync();
        await all.RestartAsync(folder.Path, "UPDATE kmc_service_renewal SET state = 'in-force'");
        Assert.Equal(renewed.Peer!.SigningCertificate, all.Identity.SigningCertificate!.Encode());
        Assert.Equal(renewed.Peer.EncryptionCertificate, all.Identity.EncryptionCertificate!.Encode());
        Assert.Single(await all.Place.Room.LedgerAsync(), line => line.Contains("\"kmc.service.followed\"", StringComparison.Ordinal));

        // The CA knows the old ones still, and again after the next start.
        await all.PairAsync();
        await all.RestartAsync(folder.Path);
        await all.PairAsync();
        await all.RegisterAsync(renewed);
        await all.PairAsync();
        Assert.Single(await all.Place.Room.LedgerAsync(), line => line.Contains("\"kmc.service.followed\"", StringComparison.Ordinal));
    }

    [Fact]
    [Clause("6.2.6.1-a")]
    public async Task R18_Alarms_stand_in_ledger_and_health_sixty_thirty_and_seven_days_before_and_name_the_act()
    {
        await using var all = await RenewalPlace.OpenAsync();
        var context = all.Place.Room.Context;
        using var renewals = new ServiceRenewals(context, () => Task.CompletedTask);
        await using var watch = new ServiceWatch(context, renewals);
        var ends = all.Identity.SigningCertificate!.NotAfter;
        foreach (var (left, raised) in new[] { (70, 0), (50, 1), (20, 2), (5, 3) })
        {
            await all.GoOnAsync(ends - all.Clock.GetUtcNow() - TimeSpan.FromDays(left));
            await watch.LookAsync(Cancel);
            await watch.LookAsync(Cancel);

            // Three certificates, each alarm once, whoever has looked first: this watch or the room's own.
            var alarms = (await all.Place.Room.LedgerAsync()).Where(line => line.Contains("\"kmc.service.ends\"", StringComparison.Ordinal)).ToList();
            Assert.Equal(3 * raised, alarms.Count);
            Assert.All(alarms, line => Assert.Contains("kmc.service.renew", line, StringComparison.Ordinal));
            var check = Assert.Single(await all.Place.Module.CheckHealthAsync(Cancel), check => check.Name == "services");
            Assert.Equal(left > 7, check.Healthy);
            Assert.Equal(raised > 0, check.What.Contains("kmc.service.renew", StringComparison.Ordinal));
        }

        await all.RenewAsync(audit: true);
        Assert.Contains("kmc.service.put-in-force", Assert.Single(await all.Place.Module.CheckHealthAsync(Cancel), check => check.Name == "services").What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R16_No_key_that_the_key_centre_has_had_or_will_have_for_itself_is_a_holders()
    {
        await using var all = await RenewalPlace.OpenAsync();
        var old = all.Identity.SigningCertificate!;
        var renewed = await all.RenewAsync();
        var next = Certificate.Decode(renewed.Peer!.EncryptionCertificate!);
        async Task<RefusalCode> AskedForAsync(Certificate certificate, long task) => (await Assert.ThrowsAsync<RefusedException>(() => all.Client.GetPairAsync(
            new Hufu.Ca.KeyCentre.PairTask(task, SerialNumber.Create(), certificate.PublicKey, all.Clock.GetUtcNow(), all.Clock.GetUtcNow().AddYears(1), "某单位"), Cancel))).Refusal.Code;
        Assert.Equal(RefusalCode.KeyCentreRefused, await AskedForAsync(next, 100));
        await all.PutInForceAsync(renewed);
        Assert.Equal(RefusalCode.KeyCentreRefused, await AskedForAsync(old, 101));
    }

    [Fact]
    public async Task R25_The_desk_says_who_renewed_and_who_may_go_on()
    {
        await using var all = await RenewalPlace.OpenAsync();
        var (business, auditing) = (await all.Place.SessionAsync(all.Staff.Business, "business"), await all.Place.SessionAsync(all.Staff.Auditor, "auditor"));
        var before = await all.Place.ReadAsync<ServicesDesk>("/api/kmc/services/desk", business);
        Assert.True(before.Renew.Allowed);
        Assert.Empty(before.Next);
        var renewed = await all.RenewAsync();
        var waiting = await all.Place.ReadAsync<ServicesDesk>("/api/kmc/services/desk", auditing);
        Assert.Equal([ActNames.KmcServicePutInForce, ActNames.KmcServiceRefuse], waiting.Next.Where(right => right.Allowed).Select(right => right.Act));
        Assert.All((await all.Place.ReadAsync<ServicesDesk>("/api/kmc/services/desk", business)).Next, right => Assert.Equal("role-missing", right.Code));
        await all.PutInForceAsync(renewed);
        var done = Assert.Single((await all.Place.ReadAsync<ServicesDesk>("/api/kmc/services/desk", auditing)).Renewals);
        Assert.StartsWith("孙业务", done.RenewedBy, StringComparison.Ordinal);
        Assert.StartsWith("周审计员", done.DecidedBy, StringComparison.Ordinal);
    }
}
