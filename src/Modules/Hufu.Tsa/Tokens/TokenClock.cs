using Hufu.Contracts;

namespace Hufu.Tsa.Tokens;

/// <summary>The time that stands in tokens. Never earlier than in a token before, and refused when the machine's clock cannot be believed (6.6.2.8-a).</summary>
/// <param name="clock">The machine's clock.</param>
/// <param name="latest">The latest time in any token so far, Unix microseconds; 0 when there is none.</param>
/// <param name="options">Bound, accuracy, ordering.</param>
internal sealed class TokenClock(TimeProvider clock, long latest, TsaOptions options)
{
    private readonly Lock _lock = new();
    private long _latest = latest;

    /// <summary>The time for the next token, Unix microseconds UTC, a whole number of milliseconds unless ordering needs more.</summary>
    /// <exception cref="RefusedException">DeviceUnavailable: the clock went back beyond the bound, or tokens are asked for faster than they can be told apart within the accuracy.</exception>
    [Clause("6.6.2.8-a")]
    public long Next()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
            if (_latest - now > options.BackwardBound.Ticks / TimeSpan.TicksPerMicrosecond)
            {
                throw new RefusedException(
                    RefusalCode.DeviceUnavailable, $"The clock is {(_latest - now) / 1000} ms behind the latest token; {options.BackwardBound.TotalMilliseconds} ms are allowed.", "clock");
            }

            var time = Math.Max(now, options.Ordering ? _latest + 1 : _latest);
            if (time - now > options.Accuracy.Ticks / TimeSpan.TicksPerMicrosecond)
            {
                throw new RefusedException(RefusalCode.DeviceUnavailable, "The time of the next token would lie outside the stated accuracy.", "clock");
            }

            return _latest = time;
        }
    }
}
