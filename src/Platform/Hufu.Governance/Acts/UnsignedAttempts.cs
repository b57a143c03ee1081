using System.Text.Json.Nodes;

namespace Hufu.Governance;

/// <summary>
/// How much of what nobody has signed goes into the log one by one: a bucket that fills again over an hour. What is left out is counted, and the next record that is written tells how many there were.
/// Who is named by a valid signature is always recorded.
/// </summary>
internal sealed class UnsignedAttempts(int anHour, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private double _left = anHour;
    private DateTimeOffset _at = clock.GetUtcNow();
    private long _omitted;

    /// <summary>Whether this one is recorded; then its detail gets the number of those left out before it.</summary>
    public bool TryTake(JsonObject detail)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            _left = Math.Min(anHour, _left + (Math.Max(0, (now - _at).TotalHours) * anHour));
            _at = now;
            if (_left < 1)
            {
                _omitted++;
                return false;
            }

            _left--;
            if (_omitted > 0)
            {
                detail["unrecordedBefore"] = _omitted;
                _omitted = 0;
            }

            return true;
        }
    }
}
