namespace Hufu.Tsa;

/// <summary>How the time-stamping authority works.</summary>
public sealed record TsaOptions
{
    /// <summary>The policy under which tokens are given (RFC 3161 2.4.2), dotted. The operator sets one of its own arc; the default lies in the arc for examples (ITU-T X.660).</summary>
    public string PolicyOid { get; init; } = "2.999.1";

    /// <summary>The accuracy stated in tokens (RFC 3161 2.4.2): whole milliseconds, 1 ms to 60 s.</summary>
    public TimeSpan Accuracy { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether tokens can always be ordered by their time alone; then no two carry the same time.</summary>
    public bool Ordering { get; init; }

    /// <summary>How far the clock may lie behind the latest token before tokens are refused with timeNotAvailable (6.6.2.8-a).</summary>
    public TimeSpan BackwardBound { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The largest request that is read, bytes.</summary>
    public int RequestLimit { get; init; } = 16 * 1024;

    internal void Check()
    {
        if (Accuracy < TimeSpan.FromMilliseconds(1) || Accuracy > TimeSpan.FromSeconds(60) || Accuracy.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            throw new InvalidOperationException("The accuracy is whole milliseconds, 1 ms to 60 s.");
        }

        if (BackwardBound < TimeSpan.Zero || BackwardBound > Accuracy)
        {
            throw new InvalidOperationException("The clock may fall back no further than the stated accuracy.");
        }
    }
}
