using System.Diagnostics;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Modules.Tests.Tsa;
using Hufu.Pki;
using Hufu.Testing;
using Hufu.Tsa;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

public sealed class TimeWatchTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.6.2.8-a")]
    public async Task Drift_past_the_bound_stops_signing_and_alarms_until_the_sources_agree_again()
    {
        await using var first = new NtpServer(TimeProvider.System);
        await using var second = new NtpServer(TimeProvider.System);
        await using var room = await TestRoom.OpenAsync(Rooms.Tsa, typeof(TsaModule).Assembly);
        room.Clock.Set(TimeProvider.System.GetUtcNow());
        var watch = new TimeWatch(room.Context, new TimeSources([first.Address, second.Address], TimeSources.UsualPace, TimeSpan.FromSeconds(30)));
        Assert.NotNull(watch.Doubt);
        await watch.AskAsync(Cancel);
        Assert.Null(watch.Doubt);

        // One of two says otherwise: nobody knows which is right.
        second.Offset = TimeSpan.FromMinutes(5);
        await watch.AskAsync(Cancel);
        Assert.Contains(second.Address, watch.Doubt!, StringComparison.Ordinal);
        second.Offset = TimeSpan.Zero;
        await watch.AskAsync(Cancel);
        Assert.Null(watch.Doubt);

        // The machine's clock runs away from both.
        room.Clock.Advance(TimeSpan.FromMinutes(2));
        await watch.AskAsync(Cancel);
        Assert.NotNull(watch.Doubt);
        room.Clock.Set(TimeProvider.System.GetUtcNow());
        await watch.AskAsync(Cancel);
        Assert.Null(watch.Doubt);
        var lines = await room.LedgerAsync();
        Assert.Equal(2, lines.Count(line => line.Contains("tsa.clock.doubted", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Servers_that_are_silent_out_of_step_or_blind_are_no_sources()
    {
        await using var server = new NtpServer(TimeProvider.System);
        await OffsetIsAsync(TimeSpan.Zero);
        server.Offset = TimeSpan.FromSeconds(-90);
        await OffsetIsAsync(TimeSpan.FromSeconds(-90));
        server.Leap = 3;
        Assert.Null(await SntpClient.OffsetAsync(server.Address, TimeProvider.System, Cancel));
        server.Leap = 0;
        server.Blind = true;
        Assert.Null(await SntpClient.OffsetAsync(server.Address, TimeProvider.System, Cancel));
        server.Blind = false;
        server.Silent = true;
        Assert.Null(await SntpClient.OffsetAsync(server.Address, TimeProvider.System, Cancel));

        // An offset is known no better than half of the way there and back; asking took longer than both.
        async Task OffsetIsAsync(TimeSpan expected)
        {
            var since = Stopwatch.GetTimestamp();
            var offset = (await SntpClient.OffsetAsync(server.Address, TimeProvider.System, Cancel))!.Value;
            Assert.InRange((offset - expected).Duration(), TimeSpan.Zero, Stopwatch.GetElapsedTime(since) + TimeSpan.FromMilliseconds(50));
        }
    }

    [Fact]
    [Clause("6.6.2.8-a")]
    public async Task Without_right_time_no_token_is_given()
    {
        await using var server = new NtpServer(TimeProvider.System) { Offset = TimeSpan.FromHours(1) };
        await using var place = await TsaPlace.OpenAsync(options: new TsaOptions { TimeServers = [server.Address] });
        var request = TimeStampRequest.Create(MessageImprint.OfData("x"u8), null, false).Encode();
        var response = await place.AskAsync(request);
        Assert.Equal((TimeStampStatus.Rejection, TimeStampFailure.TimeNotAvailable), (response.Status, response.Failure!.Value));
        Assert.False((await place.Module.CheckHealthAsync(Cancel)).Single(check => check.Name == "time-source").Healthy);
    }

    [Fact]
    public void What_the_system_knows_of_its_clock_is_read()
    {
        var (synchronised, what) = KernelClock.Read();
        Assert.NotEmpty(what);
        Assert.True(synchronised is not null || !OperatingSystem.IsLinux() || what.Contains("not allowed", StringComparison.Ordinal), what);
    }
}
