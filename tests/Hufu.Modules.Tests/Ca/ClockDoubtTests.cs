using Hufu.Ca;
using Hufu.Ca.Alarms;
using Hufu.Ca.Crls;
using Hufu.Ca.Issuing;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ca;

/// <summary>6.6.2.8-a: certificates and CRLs are not signed while other sources of time disagree with the clock.</summary>
public sealed class ClockDoubtTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private const string Why = "The clock is off by +9000 ms by 192.0.2.1; 5000 ms are allowed.";

    [Fact]
    [Clause("6.6.2.8-a")]
    public async Task AnOrderIsRefusedAndAnIntentWaitsUntilTheTimeIsGoodAgain()
    {
        await using var place = await CaPlace.OpenAsync();
        using Sm2KeyPair holder = Sm2KeyPair.Generate(), other = Sm2KeyPair.Generate();
        string? doubt = null;
        await place.RestartAsync(new AfterWriting(() => doubt = Why));
        place.Desks.Authorities.WatchedBy(() => doubt);

        // The doubt begins between commit B and the signature.
        var order = place.Order(holder);
        Assert.Contains("9000 ms", (await Refusals.ExpectAsync(RefusalCode.ClockInDoubt, () => place.IssueAsync(order))).Evidence, StringComparison.Ordinal);
        Assert.Equal("written", await StateAsync(place));
        Assert.Equal(new Settlement(1, 0, 0, 1), await place.Desks.Settling.SettleAsync(CancellationToken.None));

        // By a clock that is wrong nothing is judged either: not even that the bytes are too old by now.
        place.Clock.Advance(TimeSpan.FromHours(9));
        Assert.Equal(new Settlement(1, 0, 0, 1), await place.Desks.Settling.SettleAsync(CancellationToken.None));
        place.Clock.Advance(-TimeSpan.FromHours(9));
        Assert.Equal("written", await StateAsync(place));

        // A new order leaves its refusal in the ledger and no intent; many in one order wait together.
        var late = place.Order(other, "A2");
        await Refusals.ExpectAsync(RefusalCode.ClockInDoubt, () => place.IssueAsync(late));
        await Refusals.ExpectAsync(RefusalCode.ClockInDoubt, () => place.IssueManyAsync([late]));
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_intents"));
        Assert.Equal(0, await place.CountAsync("SELECT count(*) FROM ca_certificates WHERE kind = 'signing' OR kind = 'encryption'"));
        await place.Ledger.SignHeadAsync(CancellationToken.None);
        Assert.Contains(await File.ReadAllLinesAsync(Path.Combine(place.AuditFolder, "records.jsonl"), Cancel),
            line => line.Contains("A2", StringComparison.Ordinal) && line.Contains("refused", StringComparison.Ordinal) && line.Contains("ClockInDoubt", StringComparison.OrdinalIgnoreCase));

        doubt = null;
        Assert.Equal(new Settlement(1, 1, 0, 0), await place.Desks.Settling.SettleAsync(CancellationToken.None));
        Assert.Equal("done", await StateAsync(place));
        Assert.Equal(await place.IssueAsync(order), await place.IssueAsync(order), (one, again) => one.SigningCertificate.AsSpan().SequenceEqual(again.SigningCertificate));

        // What was done is answered in doubt too (R03): nothing is signed for it.
        doubt = Why;
        Assert.NotNull((await place.IssueAsync(order)).EncryptionCertificate);
        await Refusals.ExpectAsync(RefusalCode.ClockInDoubt, () => place.Desks.Direct.ReserveAsync("operational", ["room/ra"], CancellationToken.None));
    }

    [Fact]
    [Clause("6.6.2.8-a")]
    public async Task ACrlIsRefusedWithAnAlarmAndComesOnceTheTimeIsGoodAgain()
    {
        await using var place = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var signing = Certificate.Decode((await place.IssueAsync(place.Order(holder))).SigningCertificate);
        await place.Desks.Plan.RunDueAsync(CancellationToken.None);
        string? doubt = Why;
        place.Desks.Authorities.WatchedBy(() => doubt);
        await RevocationTests.RevokeAsync(place, new RevokePair(signing.SerialHex, RevocationReason.Superseded, "x", place.Clock.GetUtcNow()));
        await Refusals.ExpectAsync(RefusalCode.ClockInDoubt, () => place.Desks.Crls.IssueAsync("operational", CrlOccasion.OnDemand, "王主管", CancellationToken.None));
        place.Clock.Set(CaPlace.Policy.Values.NextCrlAfter(place.Clock.GetUtcNow()));
        await Assert.ThrowsAsync<AggregateException>(() => place.Desks.Plan.RunDueAsync(CancellationToken.None));
        Assert.Equal([AlarmKinds.CrlLate, AlarmKinds.CrlRefused], (await AlarmsAsync(place)).Order(StringComparer.Ordinal));
        Assert.Equal(1, await place.CountAsync("SELECT count(*) FROM ca_crls WHERE issuer = 'operational'"));

        doubt = null;
        Assert.Equal(["operational"], await place.Desks.Plan.RunDueAsync(CancellationToken.None));
        Assert.Empty(await AlarmsAsync(place));
        Assert.Equal(2, place.Facts.Facts.OfType<CrlIssued>().Last().Number);
    }

    [Fact]
    [Clause("6.6.2.8-a")]
    public async Task TheRoomWatchesItsSourcesAndSaysSo()
    {
        await using var room = await TestRoom.OpenAsync(Rooms.Ca, typeof(CaModule).Assembly);
        await using NtpServer first = new(room.Clock), second = new(room.Clock);
        var module = new CaModule(room.Context, new CaOptions { TimeServers = [first.Address, second.Address] });
        await using (module)
        {
            // It asks as soon as the room starts, and then waits for a minute of the room's clock, which stands: what follows asks by itself.
            Assert.Equal("No source of time has been heard yet.", module.Watch.Doubt);
            await module.StartAsync(Cancel);
            for (var i = 0; i < 6_000 && module.Watch.Doubt == "No source of time has been heard yet."; i++)
            {
                await Task.Delay(10, Cancel);
            }

            await AskUntilAsync(healthy: true);
            module.Desks.Authorities.DemandUndoubtedTime();
            first.Offset = second.Offset = CaPlace.Policy.Values.IssuingClockBound + TimeSpan.FromSeconds(1);
            await AskUntilAsync(healthy: false);
            Refusals.Expect(RefusalCode.ClockInDoubt, module.Desks.Authorities.DemandUndoubtedTime);
            Assert.Equal([AlarmKinds.ClockInDoubt], await StandingAsync());
            first.Offset = second.Offset = TimeSpan.Zero;
            await AskUntilAsync(healthy: true);
            Assert.Empty(await StandingAsync());
        }

        var lines = await room.LedgerAsync();
        Assert.Contains(lines, line => line.Contains("ca.clock.doubted", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("ca.clock.trusted", StringComparison.Ordinal));

        // An answer that is not there within two seconds is none; a machine that is busy is asked again.
        async Task AskUntilAsync(bool healthy)
        {
            for (var i = 0; i < 30 && module.Watch.Doubt is null != healthy; i++)
            {
                await module.Watch.AskAsync(Cancel);
            }

            Assert.Equal(healthy, (await module.CheckHealthAsync(Cancel)).Single(check => check.Name == "time-source").Healthy);
        }

        Task<IReadOnlyList<string>> StandingAsync() =>
            room.Context.Database.ReadAsync<IReadOnlyList<string>>(session => [.. AlarmBook.Standing(session, 10).Select(alarm => alarm.Kind)], Cancel);
    }

    private static Task<string> StateAsync(CaPlace place) => place.Database.ReadAsync(session => session.Scalar<string>("SELECT state FROM ca_intents")!, CancellationToken.None);

    private static Task<IReadOnlyList<string>> AlarmsAsync(CaPlace place) =>
        place.Database.ReadAsync<IReadOnlyList<string>>(session => [.. AlarmBook.Standing(session, 10).Select(alarm => alarm.Kind)], CancellationToken.None);

    private sealed class AfterWriting(Action then) : IIssuingProbe
    {
        public void At(IssuingStep step, bool done)
        {
            if (step == IssuingStep.AppendToLedger && done)
            {
                then();
            }
        }

        public void Awaits()
        {
        }
    }
}
