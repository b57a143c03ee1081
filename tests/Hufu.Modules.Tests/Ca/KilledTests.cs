using Hufu.Ca.Issuing;
using Hufu.Contracts;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>The process dies at every step of issuing, before it and after it; then it is started again.</summary>
public sealed class KilledTests
{
    public static TheoryData<int, bool> EveryStep()
    {
        var data = new TheoryData<int, bool>();
        foreach (var step in Enum.GetValues<IssuingStep>())
        {
            data.Add((int)step, false);
            data.Add((int)step, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryStep))]
    public async Task R10_KilledAtAStepEverythingIsSettledOnce(int number, bool done)
    {
        var step = (IssuingStep)number;
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        await place.RestartAsync(new Killer(step, done));
        await Assert.ThrowsAsync<KilledException>(() => place.IssueAsync(order));
        await place.RestartAsync();

        // Nobody signed anything without a committed intent, and an intent is there exactly when step 3 was durable.
        var reserved = step > IssuingStep.Reserve || (step == IssuingStep.Reserve && done);
        Assert.Equal(reserved ? 1 : 0, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        var stored = step == IssuingStep.Reply && done;
        Assert.Equal(stored ? 2 : 0, await PairsAsync(place));

        // At start, intents without results are listed and settled.
        var settlement = await place.Desks.Settling.SettleAsync(CancellationToken.None);
        Assert.Equal(new Settlement(reserved && !stored ? 1 : 0, reserved && !stored ? 1 : 0, 0, 0), settlement);
        Assert.Equal(reserved ? 2 : 0, await PairsAsync(place));
        Assert.Equal(new Settlement(0, 0, 0, 0), await place.Desks.Settling.SettleAsync(CancellationToken.None));

        // The RA repeats its order, and once more: one request, one certificate (R03).
        var first = await place.IssueAsync(order);
        Assert.Equal(IssuingTests.Bytes(first), IssuingTests.Bytes(await place.IssueAsync(place.Sign(order))));
        Assert.Equal(2, await PairsAsync(place));
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        Assert.Equal(1, place.KeyCentre.Pairs);
        Assert.Equal(2, place.Facts.Facts.OfType<CertificateIssued>().Count(fact => fact.Profile == "organisation"));
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_intents WHERE state = 'done' AND ledger_entry IS NOT NULL AND order_sealed IS NULL"));
        using var opened = Sm2EnvelopedKey.Decode(first.EnvelopedKey!).Open(holder);
        Assert.Equal(Certificate.Decode(first.EncryptionCertificate!).PublicKey.Sm2, opened.PublicKey);

        // One ledger entry for the issue, and it tells the digests of the bytes that were signed.
        var lines = await LedgerAsync(place);
        var entry = Assert.Single(lines, line => line.Contains("\"ca.issue\"", StringComparison.Ordinal));
        Assert.Contains(ActStatement.Digest(Certificate.Decode(first.SigningCertificate).TbsData.Span), entry, StringComparison.Ordinal);
        Assert.Contains(ActStatement.Digest(Certificate.Decode(first.EncryptionCertificate!).TbsData.Span), entry, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((int)IssuingStep.AskKeyCentre)]
    [InlineData((int)IssuingStep.Sign)]
    [InlineData((int)IssuingStep.Facts)]
    public async Task R03_KilledAgainAndAgainStillOneCertificate(int number)
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        for (var i = 0; i < 4; i++)
        {
            await place.RestartAsync(new Killer((IssuingStep)number, done: i % 2 == 0));
            await Assert.ThrowsAsync<KilledException>(() => place.IssueAsync(order));
        }

        await place.RestartAsync();
        var first = await place.IssueAsync(order);
        Assert.Equal(IssuingTests.Bytes(first), IssuingTests.Bytes(await place.IssueAsync(order)));
        Assert.Equal(2, await PairsAsync(place));
        Assert.Equal(1, place.KeyCentre.Pairs);
    }

    // 50 deaths, with HUFU_LONG=1 (./test --long) a thousand: at every step in turn, over one database that keeps all that the earlier ones left.
    [Fact]
    public async Task R03_ManyDeathsOverOneDatabaseOneCertificateEach()
    {
        var runs = Environment.GetEnvironmentVariable("HUFU_LONG") == "1" ? 1_000 : 50;
        await using var place = await CaPlace.OpenAsync();
        var steps = Enum.GetValues<IssuingStep>();
        for (var run = 0; run < runs; run++)
        {
            using var holder = Sm2KeyPair.Generate();
            var order = place.Order(holder, $"K{run:D6}");
            await place.RestartAsync(new Killer(steps[run * 7 % steps.Length], done: run / steps.Length % 2 == 0));
            await Assert.ThrowsAsync<KilledException>(() => place.IssueAsync(order));
            await place.RestartAsync();
            if (run % 2 == 0)
            {
                await place.Desks.Settling.SettleAsync(CancellationToken.None);
            }

            var first = await place.IssueAsync(order);
            Assert.Equal(IssuingTests.Bytes(first), IssuingTests.Bytes(await place.IssueAsync(order)));
            await RevocationTests.RevokeAsync(place, new RevokePair(RevocationTests.Serial(first.SigningCertificate), Hufu.Contracts.RevocationReason.Superseded, "next", place.Clock.GetUtcNow()));
        }

        Assert.Equal(2 * runs, await PairsAsync(place));
        Assert.Equal(runs, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        Assert.Equal(runs, await place.CountAsync("SELECT count(*) FROM ca_intents WHERE state = 'done' AND ledger_entry IS NOT NULL"));
        Assert.Equal(2 * runs, (await place.Desks.Crls.IssueAsync("operational", Hufu.Ca.Crls.CrlOccasion.OnDemand, "t", CancellationToken.None)).Entries);
    }

    [Fact]
    public async Task R10_WhenSigningBeginsTheIntentAndItsBytesAreDurable()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var seen = new Observer(place);
        await place.RestartAsync(seen);
        var issued = await place.IssueAsync(place.Order(holder));
        Assert.NotNull(seen.Tbs);
        Assert.True(Certificate.Decode(issued.SigningCertificate).TbsData.Span.SequenceEqual(seen.Tbs));
    }

    [Fact]
    public async Task R04_BytesWrittenLongAgoAreNotSignedButMadeAnew()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        await place.RestartAsync(new Killer(IssuingStep.Sign, done: false));
        await Assert.ThrowsAsync<KilledException>(() => place.IssueAsync(order));
        place.Clock.Advance(TimeSpan.FromMinutes(6));
        await place.RestartAsync();
        Assert.Equal(new Settlement(1, 1, 0, 0), await place.Desks.Settling.SettleAsync(CancellationToken.None));
        Assert.Equal(0, await PairsAsync(place));
        var signing = Certificate.Decode((await place.IssueAsync(place.Sign(order))).SigningCertificate);
        Assert.True(place.Clock.GetUtcNow() - signing.NotBefore < TimeSpan.FromSeconds(1));
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_intents WHERE state = 'failed'"));

        // The pair of the first try is of no use: the key centre is told.
        await place.Desks.Settling.SettleAsync(CancellationToken.None);
        Assert.Single(place.KeyCentre.Retired);
    }

    [Fact]
    public async Task R04_AnOpenIntentIsDatedAnewAndKeepsItsTask()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        await place.RestartAsync(new Killer(IssuingStep.Build, done: false));
        await Assert.ThrowsAsync<KilledException>(() => place.IssueAsync(order));
        place.Clock.Advance(TimeSpan.FromHours(7));
        await place.RestartAsync();
        Assert.Equal(new Settlement(1, 1, 0, 0), await place.Desks.Settling.SettleAsync(CancellationToken.None));
        var signing = Certificate.Decode((await place.IssueAsync(order)).SigningCertificate);
        Assert.True(place.Clock.GetUtcNow() - signing.NotBefore < TimeSpan.FromSeconds(1));
        Assert.Equal(1, place.KeyCentre.Pairs);
    }

    [Fact]
    public async Task R12_AnIntentTakenUpLaterIsDecidedByTheRulesInForceThen()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        place.KeyCentre.Mood = KeyCentreMood.NotReached;
        await Refusals.ExpectAsync(RefusalCode.RoomUnreachable, () => place.IssueAsync(order));
        place.KeyCentre.Mood = KeyCentreMood.Good;

        // Between decision and settling the vetter's certificate is revoked.
        await place.Desks.Revocation.RevokeAsync(
            new RevokePair(place.Vetter.Certificate!.SerialHex, Contracts.RevocationReason.PrivilegeWithdrawn, "ra", place.Clock.GetUtcNow()), Rooms.Ra, static (_, _) => { }, CancellationToken.None);
        Assert.Equal(new Settlement(1, 0, 1, 0), await place.Desks.Settling.SettleAsync(CancellationToken.None));
        Assert.Equal(0, await PairsAsync(place));

        // Nothing half-made stays: key, name and application are free again (R27).
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_subjects WHERE subject LIKE '%大数据局%'"));
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_keys WHERE use = 'signing'"));
    }

    [Fact]
    public async Task R24_WithoutTheLedgerNothingIsSigned()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var order = place.Order(holder);
        await place.RestartAsync(new Undoing(place));
        await Assert.ThrowsAnyAsync<Exception>(() => place.IssueAsync(order));
        Assert.Equal(0, await PairsAsync(place));
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_intents WHERE state = 'open' AND sign_tbs IS NULL"));
    }

    private static Task<long> PairsAsync(CaPlace place) => place.CountAsync("SELECT count(*) FROM ca_certificates WHERE kind = 'signing' OR kind = 'encryption'");

    internal static async Task<string[]> LedgerAsync(CaPlace place)
    {
        await place.Ledger.SignHeadAsync(CancellationToken.None);
        return await File.ReadAllLinesAsync(Path.Combine(place.AuditFolder, "records.jsonl"));
    }

    internal sealed class KilledException : Exception;

    internal sealed class Killer(IssuingStep step, bool done) : IIssuingProbe
    {
        public void At(IssuingStep now, bool over)
        {
            if (now == step && over == done)
            {
                throw new KilledException();
            }
        }
    }

    // Reads beside the line what is durable when signing begins.
    private sealed class Observer(CaPlace place) : IIssuingProbe
    {
        public byte[]? Tbs { get; private set; }

        public void At(IssuingStep now, bool over)
        {
            if (now == IssuingStep.Sign && !over)
            {
                Tbs = place.Database.ReadAsync(
                    session => session.QueryFirst<byte[]>("SELECT sign_tbs FROM ca_intents WHERE state = 'written' AND ledger_entry IS NOT NULL"), CancellationToken.None).GetAwaiter().GetResult();
            }
        }
    }

    // The ledger goes away just before step 7.
    private sealed class Undoing(CaPlace place) : IIssuingProbe
    {
        public void At(IssuingStep now, bool over)
        {
            if (now == IssuingStep.AppendToLedger && !over)
            {
                place.Ledger.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
    }
}
