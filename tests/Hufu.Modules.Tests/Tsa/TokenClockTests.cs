using Hufu.Contracts;
using Hufu.Testing;
using Hufu.Tsa.Tokens;
using Xunit;

namespace Hufu.Modules.Tests.Tsa;

public sealed class TokenClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, 123, TimeSpan.Zero);

    private static readonly ClockBounds Bounds = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), false);

    private static long Micros(DateTimeOffset time) => time.ToUnixTimeMilliseconds() * 1000;

    [Fact]
    public void Time_is_the_clocks_to_the_millisecond()
    {
        var clock = new FakeClock(Start.AddTicks(4567));
        Assert.Equal(Micros(Start), new TokenClock(clock, 0, Bounds).Next());
    }

    [Fact]
    public void A_clock_that_went_back_beyond_the_bound_gives_no_time()
    {
        var clock = new FakeClock(Start);
        var tokens = new TokenClock(clock, 0, Bounds);
        tokens.Next();
        clock.Set(Start.AddMilliseconds(-1001));
        Assert.Equal(RefusalCode.DeviceUnavailable, Assert.Throws<RefusedException>(() => tokens.Next()).Refusal.Code);
        clock.Set(Start.AddMilliseconds(1));
        Assert.Equal(Micros(Start) + 1000, tokens.Next());
    }

    [Fact]
    public void The_bound_holds_over_a_restart()
    {
        var clock = new FakeClock(Start.AddHours(-1));
        Assert.Throws<RefusedException>(() => new TokenClock(clock, Micros(Start), Bounds).Next());
    }

    [Fact]
    public void Inside_the_bound_time_stands_still_and_never_goes_back()
    {
        var clock = new FakeClock(Start);
        var tokens = new TokenClock(clock, 0, Bounds);
        var first = tokens.Next();
        clock.Set(Start.AddMilliseconds(-900));
        Assert.Equal(first, tokens.Next());
    }

    [Fact]
    public void With_ordering_no_two_tokens_have_the_same_time()
    {
        var tokens = new TokenClock(new FakeClock(Start), 0, Bounds with { Ordering = true });
        var times = Enumerable.Range(0, 1000).Select(_ => tokens.Next()).ToList();
        Assert.Equal(times.Distinct().Order(), times);
    }

    [Fact]
    public void With_ordering_time_never_leaves_the_stated_accuracy()
    {
        var tokens = new TokenClock(new FakeClock(Start), 0, Bounds with { Ordering = true, Accuracy = TimeSpan.FromMilliseconds(1) });
        for (var i = 0; i <= 1000; i++)
        {
            tokens.Next();
        }

        Assert.Throws<RefusedException>(() => tokens.Next());
    }
}
