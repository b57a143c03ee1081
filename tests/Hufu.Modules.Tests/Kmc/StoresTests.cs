using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

public sealed class StoresTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.2.8-a")]
    public async Task Pairs_are_made_ahead_sealed_one_by_one_and_bound_to_their_metadata()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 3);
        var pairs = await centre.Database.ReadAsync(session => PairStores.Spares(session, 0, 10), Cancel);
        Assert.Equal([1L, 2L, 3L], pairs.Select(pair => pair.Pair));
        Assert.Equal(3, pairs.Select(pair => Convert.ToHexString(pair.Sealed)).Distinct().Count());
        using var holder = Sm2KeyPair.Generate();
        var pair = pairs[0];
        Assert.NotNull(Envelop(pair));
        Assert.Equal(DeviceError.Damaged, Assert.Throws<DeviceException>(() => Envelop(pair with { Pair = 2 })).Error);
        Assert.Equal(DeviceError.Damaged, Assert.Throws<DeviceException>(() => Envelop(pair with { MadeAt = pair.MadeAt + 1 })).Error);
        Assert.Equal(DeviceError.Damaged, Assert.Throws<DeviceException>(() => Envelop(pair with { PublicKey = pairs[1].PublicKey })).Error);
        Assert.Equal(DeviceError.Damaged, Assert.Throws<DeviceException>(() => Envelop(pair with { Sealed = pairs[1].Sealed })).Error);

        Sm2EnvelopedKey Envelop(SparePair of) => centre.Device.EnvelopEscrowed(
            PairMetadata.StorageKeyLabel(1), of.Sealed, PairMetadata.AssociatedData(of.Pair, of.Generation, of.MadeAt),
            SubjectPublicKeyInfo.FromSm2(Crypto.Sm2PublicKey.TryDecode(of.PublicKey, out var key) ? key : throw new InvalidDataException()), holder.PublicKey.Sm2!);
    }

    [Fact]
    public async Task The_job_fills_from_the_low_mark_to_the_full_one_and_no_further()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 4);
        await using var job = new RefillJob(centre.Database, centre.Maker, () => 1, () => (5, 12), new StoreGrowth(centre.Database, TimeProvider.System), TimeProvider.System, fault => throw fault);
        Assert.Equal(8, await job.LookAsync(Cancel));
        Assert.Equal((12, 0, 0), await centre.CountAsync());
        Assert.Equal(0, await job.LookAsync(Cancel));
    }

    [Fact]
    public async Task A_poked_job_refills_by_itself()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 6);
        var faults = new List<Exception>();
        await using var job = new RefillJob(centre.Database, centre.Maker, () => 1, () => (6, 9), new StoreGrowth(centre.Database, TimeProvider.System), TimeProvider.System, faults.Add);
        job.Start();
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        await centre.AskAsync(ca, ca.Ask(TestCa.Apply(SerialNumber.Create(), holder.PublicKey)));
        job.Poke();
        for (var i = 0; i < 2400 && (await centre.CountAsync()).Spare < 9; i++)
        {
            await Task.Delay(25, Cancel);
        }

        Assert.Equal((9, 1, 0), await centre.CountAsync());
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Numbers_go_on_after_a_restart()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 2);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        var number = SerialNumber.Create();
        await centre.AskAsync(ca, ca.Ask(TestCa.Apply(number, holder.PublicKey), TestCa.Apply(SerialNumber.Create(), holder.PublicKey)));
        await centre.AskAsync(ca, ca.Ask(new RevokeKeyRequest(number)));
        using var maker = new PairMaker(centre.Database, centre.Ledger, () => centre.Device, TimeProvider.System);
        await maker.StartAsync(Cancel);
        await maker.MakeAsync(1, "test", 1, Cancel);
        Assert.Equal(3, Assert.Single(await centre.Database.ReadAsync(session => PairStores.Spares(session, 0, 10), Cancel)).Pair);
    }

    [Fact]
    public async Task A_spare_pair_is_lent_to_one_request_at_a_time()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 2);
        var one = await centre.Reserve.LendAsync(Cancel);
        var two = await centre.Reserve.LendAsync(Cancel);
        Assert.NotEqual(one!.Pair, two!.Pair);
        Assert.Null(await centre.Reserve.LendAsync(Cancel));
        centre.Reserve.Settle(one, given: false);
        Assert.Equal(one.Pair, (await centre.Reserve.LendAsync(Cancel))!.Pair);
    }

    [Fact]
    public async Task R24_no_pair_is_given_when_the_ledger_takes_no_record()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 1);
        using var ca = new TestCa("ca");
        using var holder = Sm2KeyPair.Generate();
        Assert.SkipWhen(centre.OnPostgres, "the trigger that stands for a full disk is SQLite's");
        await centre.Database.WriteAsync(session => session.Execute("CREATE TRIGGER kmc_full BEFORE INSERT ON ledger_record BEGIN SELECT RAISE(ABORT, 'full'); END"), Cancel);
        await Assert.ThrowsAnyAsync<Exception>(() => centre.AskAsync(ca, ca.Ask(TestCa.Apply(SerialNumber.Create(), holder.PublicKey))));
        Assert.Equal((1, 0, 0), await centre.CountAsync());
    }

    [Fact]
    [Clause("6.2.8-a")]
    public async Task What_a_crash_in_the_middle_of_making_leaves_are_whole_batches_each_on_record()
    {
        await using var centre = await KeyCentre.OpenAsync();
        Assert.SkipWhen(centre.OnPostgres, "the files of a crash are SQLite's");
        var making = centre.Maker.MakeAsync(40_000, "test", 1, Cancel);
        while (centre.Maker.Progress.Made < 2_000 && !making.IsCompleted)
        {
            await Task.Yield();
        }

        // As the disk stands at some moment while batches are made and written: the log first, so that it has nothing that its database has not.
        var folder = Directory.CreateTempSubdirectory("hufu-kmc-crash-").FullName;
        foreach (var file in new[] { "kmc.db-wal", "kmc.db" })
        {
            File.WriteAllBytes(Path.Combine(folder, file), FileBytes.Read(Path.Combine(centre.Folder, file)));
        }

        await making;
        await using (var crashed = await Database.OpenAsync(
            new DatabaseOptions { Path = Path.Combine(folder, "kmc.db"), Clock = TimeProvider.System }, Migration.FromAssembly(typeof(Hufu.Kmc.KmcOptions).Assembly), Cancel))
        {
            var (spares, counted, known, recorded) = await crashed.ReadAsync(
                session => (
                    session.Scalar<long>("SELECT COUNT(*) FROM kmc_spare"), PairStores.Count(session).Spare, session.Scalar<long>("SELECT COALESCE(SUM(LENGTH(keys)), 0) / 8 FROM kmc_made"),
                    session.Scalar<long>("SELECT COUNT(*) FROM ledger_record WHERE CAST(line AS TEXT) LIKE '%\"kmc.pairs.made\"%'")),
                Cancel);
            Assert.True(spares >= 2_000, $"{spares} pairs: nothing was in the middle");
            Assert.Equal(0, spares % PairMaker.Batch);
            Assert.Equal((spares, spares, spares / PairMaker.Batch), (counted, known, recorded));
            using var holder = Sm2KeyPair.Generate();
            foreach (var pair in await crashed.ReadAsync(session => PairStores.Spares(session, spares - 8, 8), Cancel))
            {
                Assert.NotNull(centre.Device.EnvelopEscrowed(
                    PairMetadata.StorageKeyLabel(1), pair.Sealed, PairMetadata.AssociatedData(pair.Pair, pair.Generation, pair.MadeAt),
                    SubjectPublicKeyInfo.FromSm2(Crypto.Sm2PublicKey.TryDecode(pair.PublicKey, out var key) ? key : throw new InvalidDataException()), holder.PublicKey.Sm2!));
            }
        }

        Assert.Equal((40_000, 0, 0), await centre.CountAsync());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_cannot_be_written_is_told_and_what_was_written_before_it_stays()
    {
        await using var centre = await KeyCentre.OpenAsync(spares: 1);
        Assert.SkipWhen(centre.OnPostgres, "the trigger that stands for a full disk is SQLite's");
        await centre.Database.WriteAsync(session => session.Execute("CREATE TRIGGER kmc_full BEFORE INSERT ON kmc_made WHEN NEW.first > 3000 BEGIN SELECT RAISE(ABORT, 'full'); END"), Cancel);
        await Assert.ThrowsAnyAsync<Exception>(() => centre.Maker.MakeAsync(9_000, "test", 1, Cancel));
        Assert.Equal((3_001, 0, 0), await centre.CountAsync());
        Assert.False(centre.Maker.Progress.Running);
        Assert.Equal(3_000, centre.Maker.Progress.Made);
        await centre.Database.WriteAsync(session => session.Execute("DROP TRIGGER kmc_full"), Cancel);
        await centre.Maker.MakeAsync(1_500, "test", 1, Cancel);
        Assert.Equal((4_501, 0, 0), await centre.CountAsync());
    }
}
