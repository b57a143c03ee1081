using System.Net.Http.Json;
using Hufu.Contracts;
using Hufu.Kmc.StorageKeys;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>Keeping escrowed keys: retention, drill, another storage key, forecast.</summary>
public sealed class KeepingTests
{
    private static readonly CaseRemark Fine = new("按策略执行");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pairs_are_destroyed_after_their_retention_by_three_people_and_never_before()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var ca = await place.CaBesideAsync(business: staff.Business);
        using var holder = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();
        var given = await place.GiveAsync(ca, number, holder.PublicKey);
        await place.AskAsync(ca, new RevokeKeyRequest(number));
        var database = place.Room.Context.Database;
        var pair = await database.ReadAsync(session => PairStores.Find(session, Rooms.Ca, number.ToString())!, Cancel);
        var proposal = new DestructionProposal([pair.Pair], "保存期满");

        Task<string?> Refused(DestructionProposal of) => place.RefusedAsync("/destructions", staff.Operator, ActNames.KmcDestructionPropose, "destruction/new", of);

        Assert.Equal("state-wrong", await Refused(proposal));
        Assert.Equal("field-invalid", await Refused(proposal with { Pairs = [] }));
        Assert.Empty((await place.Site.Client.GetFromJsonAsync<DestructionDue>("/api/kmc/destructions/due", ContractJson.Options, Cancel))!.Pairs);
        await database.WriteAsync(session => session.Execute("UPDATE kmc_history SET not_after = @at", new { at = place.Now.AddYears(-11).ToUnixTimeMilliseconds() }), Cancel);
        Assert.Equal([pair.Pair], (await place.Site.Client.GetFromJsonAsync<DestructionDue>("/api/kmc/destructions/due", ContractJson.Options, Cancel))!.Pairs);
        Assert.Equal("state-wrong", await Refused(proposal with { Pairs = [pair.Pair, pair.Pair + 1] }));

        // A request for recovery holds it.
        using var asking = new TestPerson("某单位经办人");
        var recovery = await place.DoAsync<RecoveryRequest, CaseStep>(
            "/recoveries", staff.Operator, ActNames.KmcRecoveryEnter, "recovery/new", new RecoveryRequest(Rooms.Ca, [number.ToString()], asking.Name, RecoveryGround.Damaged, "介质损坏", asking.Request().Request));
        Assert.Equal("state-wrong", await Refused(proposal));
        await place.DoAsync<CaseRemark, CaseStep>($"/recoveries/{recovery.Id}/refuse", staff.Business, ActNames.KmcRecoveryRefuse, $"recovery/{recovery.Id}", Fine, recovery.StateToSign);

        var step = await place.DoAsync<DestructionProposal, CaseStep>("/destructions", staff.Operator, ActNames.KmcDestructionPropose, "destruction/new", proposal);
        var at = $"destruction/{step.Id}";
        step = await place.DoAsync<CaseRemark, CaseStep>($"/destructions/{step.Id}/approve", staff.Business, ActNames.KmcDestructionApprove, at, Fine, step.StateToSign);
        Assert.Equal("state-wrong", await place.RefusedAsync($"/destructions/{step.Id}/perform", staff.Operator, ActNames.KmcDestructionPerform, at, Fine, step.StateToSign));
        step = await place.DoAsync<CaseRemark, CaseStep>($"/destructions/{step.Id}/witness", staff.Auditor, ActNames.KmcDestructionWitness, at, Fine, step.StateToSign);
        step = await place.DoAsync<CaseRemark, CaseStep>($"/destructions/{step.Id}/perform", staff.Operator, ActNames.KmcDestructionPerform, at, Fine, step.StateToSign);

        Assert.Equal(CaseState.Done, step.State);
        Assert.Equal(0, (await place.Site.Client.GetFromJsonAsync<KeyStores>("/api/kmc/stores", ContractJson.Options, Cancel))!.History);
        Assert.IsType<ErrorResult>(Assert.Single(await place.AskAsync(ca, TestCa.Restore(number, holder.PublicKey))));

        // R16 holds for what is gone: its public half is never a holder's signing key.
        Assert.IsType<ErrorResult>(Assert.Single(await place.AskAsync(ca, place.Apply(SerialNumber.Create(), given.PublicKey))));
    }

    [Fact]
    [Clause("6.2.8-a")]
    public async Task The_drill_proves_that_escrowed_keys_open_and_finds_one_that_does_not()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await place.WaitForSparesAsync();
        var database = place.Room.Context.Database;
        Task<DrillReport> Run(int pairs) => place.DoAsync<RecoveryDrill, DrillReport>("/drills", staff.Operator, ActNames.KmcDrillRun, "store/escrow", new RecoveryDrill(pairs));

        var good = await Run(1000);
        Assert.Equal((place.Room.Context.Policy.Values.SpareKeysFull, place.Room.Context.Policy.Values.SpareKeysFull), (good.Tried, good.Opened));
        await database.WriteAsync(
            session => session.Execute("UPDATE kmc_spare SET sealed = (SELECT sealed FROM kmc_spare WHERE pair = 1) WHERE pair = 2"), Cancel);
        var bad = await Run(1000);
        Assert.Equal([2L], bad.Failed);
        Assert.Equal(bad.Tried - 1, bad.Opened);
        Assert.NotEqual(good.Evidence, bad.Evidence);
        Assert.Equal("field-invalid", await place.RefusedAsync("/drills", staff.Operator, ActNames.KmcDrillRun, "store/escrow", new RecoveryDrill(0)));
        Assert.Equal("role-missing", await place.RefusedAsync("/drills", staff.Business, ActNames.KmcDrillRun, "store/escrow", new RecoveryDrill(1)));
        var ledger = await place.Room.LedgerAsync();
        Assert.Equal(2, ledger.Count(line => line.Contains("\"kmc.drill.report\"", StringComparison.Ordinal)));
        Assert.Contains(await place.Module.CheckHealthAsync(Cancel), check => check is { Name: "recovery-drill", Healthy: true });
        place.Room.Clock.Advance(TimeSpan.FromDays(93));
        Assert.Contains(await place.Module.CheckHealthAsync(Cancel), check => check is { Name: "recovery-drill", Healthy: false });
    }

    [Fact]
    [Clause("6.2.8-a"), Clause("6.6.2.2-c")]
    public async Task Another_storage_key_takes_every_pair_over_and_the_old_one_is_destroyed()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var ca = await place.CaBesideAsync(business: staff.Business);
        using var holder = Sm2KeyPair.Generate();
        SerialNumber[] numbers = [SerialNumber.Create(), SerialNumber.Create()];
        var given = new[] { await place.GiveAsync(ca, numbers[0], holder.PublicKey), await place.GiveAsync(ca, numbers[1], holder.PublicKey) };
        await place.AskAsync(ca, new RevokeKeyRequest(numbers[1]));
        await place.WaitForSparesAsync();

        Assert.Equal("role-missing", await place.RefusedAsync("/storage-key", staff.Operator, ActNames.KmcStorageKeyChange, "storage-key/1", Fine));
        var act = place.Act(staff.Business, ActNames.KmcStorageKeyChange, "storage-key/1", Fine);
        var changed = await place.Site.PostAsync<ActRequest, StorageKeyChanged>("/api/kmc/storage-key", act);

        // The answer was lost on its way: the very act again gets the very shares, another act a refusal.
        var again = await place.Site.PostAsync<ActRequest, StorageKeyChanged>("/api/kmc/storage-key", act);
        Assert.Equal(changed.Shares.Select(share => Convert.ToHexString(share.EnvelopedShare)), again.Shares.Select(share => Convert.ToHexString(share.EnvelopedShare)));
        Assert.Equal("statement-mismatch", await place.RefusedAsync("/storage-key", staff.Business, ActNames.KmcStorageKeyChange, "storage-key/1", Fine));
        Assert.Equal((1, 2, 5), (changed.From, changed.To, changed.Shares.Count));
        Assert.Equal(place.Holders.Select(one => one.Name), changed.Shares.Select(share => share.Holder));
        StorageKeyState state;
        var tries = 0;
        do
        {
            await Task.Delay(20, Cancel);
            state = (await place.Site.Client.GetFromJsonAsync<StorageKeyState>("/api/kmc/storage-key", ContractJson.Options, Cancel))!;
        }
        while (state.From is not null && tries++ < 3000);

        Assert.Equal((2, null), (state.Generation, state.From));
        Assert.Equal([1L], state.Destroyed);
        Assert.Equal(state.Total, state.Resealed);
        Assert.DoesNotContain(PairMetadata.StorageKeyLabel(1), place.Room.Context.Identity.Device.Labels);
        Assert.Equal(0, await place.Room.Context.Database.ReadAsync(session => ResealStore.Left(session, 2), Cancel));

        // Everything still opens: in use, in history, spare; and is backed up under the new shares.
        for (var i = 0; i < numbers.Length; i++)
        {
            var restored = Assert.IsType<RestoreKeyResult>(Assert.Single(await place.AskAsync(ca, TestCa.Restore(numbers[i], holder.PublicKey))));
            using var before = given[i].ToEnvelopedKey().Open(holder);
            using var after = restored.Key.ToEnvelopedKey().Open(holder);
            Assert.Equal(before.PublicKey, after.PublicKey);
        }

        var fresh = await place.GiveAsync(ca, SerialNumber.Create(), holder.PublicKey);
        using (fresh.ToEnvelopedKey().Open(holder))
        {
            var drill = await place.DoAsync<RecoveryDrill, DrillReport>("/drills", staff.Operator, ActNames.KmcDrillRun, "store/escrow", new RecoveryDrill(1000));
            Assert.Equal(drill.Tried, drill.Opened);
        }

        foreach (var number in new[] { 1, 3, 5 })
        {
            Assert.Equal("share-invalid", await place.Site.RefusedAsync("/api/kmc/ceremony/shares", place.Share(number, place.Holders[number - 1])));
            Assert.Null(await place.Site.RefusedAsync("/api/kmc/ceremony/shares", place.Share(number, place.Holders[number - 1], changed.Shares)));
        }

        var compared = await place.DoAsync<BackupCheck, BackupChecked>("/ceremony/backup-check", staff.Operator, ActNames.BackupVerify, "device/kmc", new BackupCheck("更换后核对"));
        Assert.True(compared.KeysCompared > 0);
        Assert.Contains(await place.Room.LedgerAsync(), line => line.Contains("\"kmc.storage-key.destroyed\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_re_encryption_that_was_interrupted_goes_on_and_pairs_given_meanwhile_are_not_left_behind()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 450);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        centre.Device.GenerateStorageKey(PairMetadata.StorageKeyLabel(2));
        await centre.Database.WriteAsync(session => ResealStore.Begin(session, 1, 2, "孙业务 P0003", 0), Cancel);
        var at = (await centre.Database.ReadAsync(ResealStore.Unfinished, Cancel))!;

        await using (var first = Job())
        {
            // Pairs lent before the batch are given after it: the stale copy is never stored.
            var lent = (await centre.Reserve.LendAsync(Cancel))!;
            await first.StepAsync(at, Cancel);
            Assert.False(await centre.Database.WriteAsync(session => PairStores.Give(session, [new GivenPair(lent, new Holder("ca", "1", holder.PublicKey.Sm2!.Encode(), 0, 1, null, null, null), 0)]), Cancel));
            centre.Reserve.Settle(lent, given: true);
        }

        var number = SerialNumber.Create();
        var key = Assert.IsType<ApplyKeyResult>(Assert.Single((await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey)))).Results)).Key;
        Assert.Equal(200, (await centre.Database.ReadAsync(ResealStore.Unfinished, Cancel))!.Resealed);

        await using (var second = Job())
        {
            Assert.True(await second.RunAsync(Cancel));
            Assert.False(await second.RunAsync(Cancel));
        }

        Assert.False(centre.Device.Contains(PairMetadata.StorageKeyLabel(1)));
        Assert.Equal(0, await centre.Database.ReadAsync(session => ResealStore.Left(session, 2), Cancel));
        var restored = Assert.IsType<RestoreKeyResult>(Assert.Single((await centre.AskAsync(ca, ca.Ask(TestCa.Restore(number, holder.PublicKey)))).Results));
        using var before = key.ToEnvelopedKey().Open(holder);
        using var after = restored.Key.ToEnvelopedKey().Open(holder);
        Assert.Equal(before.PublicKey, after.PublicKey);

        ResealJob Job() => new(centre.Database, centre.Ledger, () => centre.Device, centre.Reserve, TimeProvider.System, fault => throw fault);
    }

    [Fact]
    public async Task Growth_is_measured_and_forecast()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 30);
        var clock = new FakeClock();
        var growth = new StoreGrowth(centre.Database, clock);
        Assert.Equal(0, (await growth.ForecastAsync(Cancel)).Days);
        await growth.NoteAsync(Cancel);
        clock.Advance(TimeSpan.FromDays(10));
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        for (var i = 0; i < 20; i++)
        {
            var number = SerialNumber.Create();
            await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey)));
            if (i < 10)
            {
                await centre.AskAsync(ca, ca.Ask(new RevokeKeyRequest(number)));
            }
        }

        Assert.Equal(new StoreForecast(new KeyStores(10, 10, 10), 10, 2, 1, 375, 375, 5), await growth.ForecastAsync(Cancel));
    }
}
