using Hufu.Contracts;

namespace Hufu.Tsa.Tokens;

/// <summary>What the time in tokens is held to.</summary>
/// <param name="Accuracy">The accuracy stated; a token's time is no further from the clock than this.</param>
/// <param name="Backward">How far the clock may lie behind the latest token; no more than the accuracy.</param>
/// <param name="Ordering">Whether no two tokens may carry the same time.</param>
internal sealed record ClockBounds(TimeSpan Accuracy, TimeSpan Backward, bool Ordering);

/// <summary>The time that stands in tokens. Never earlier than in a token before, and refused when the machine's clock cannot be believed (6.6.2.8-a).</summary>
/// <param name="clock">The machine's clock.</param>
/// <param name="latest">The latest time in any token so far, Unix microseconds; 0 when there is none.</param>
/// <param name="bounds">What it is held to.</param>
/// <param name="doubt">Why the clock cannot be believed now, by other sources of time; null when it can.</param>
internal sealed class TokenClock(TimeProvider clock, long latest, ClockBounds bounds, Func<string?>? doubt = null)
{
    private readonly Lock _lock = new();
    private long _latest = latest;

    /// <summary>The time for the next token, Unix microseconds UTC, a whole number of milliseconds unless ordering needs more.</summary>
    /// <exception cref="RefusedException">DeviceUnavailable: other sources of time say otherwise, the clock went back beyond the bound, or tokens are asked for faster than they can be told apart within the accuracy.</exception>
    public long Next()
    {
        if (doubt?.Invoke() is { } why)
        {
            throw new RefusedException(RefusalCode.DeviceUnavailable, why, "clock");
        }

        lock (_lock)
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
            if (_latest - now > bounds.Backward.Ticks / TimeSpan.TicksPerMicrosecond)
            {
                throw new RefusedException(
                    RefusalCode.DeviceUnavailable, $"The clock is {(_latest - now) / 1000} ms behind the latest token; {bounds.Backward.TotalMilliseconds} ms are allowed.", "clock");
            }

            var time = Math.Max(now, bounds.Ordering ? _latest + 1 : _latest);
            if (time - now > bounds.Accuracy.Ticks / TimeSpan.TicksPerMicrosecond)
            {
                throw new RefusedException(RefusalCode.DeviceUnavailable, "The time of the next token would lie outside the stated accuracy.", "clock");
            }

            return _latest = time;
        }
    }
}
