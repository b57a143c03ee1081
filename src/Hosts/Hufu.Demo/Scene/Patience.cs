namespace Hufu.Demo.Scene;

/// <summary>How long the story waits for what one room tells another: a minute, however slow the machine, looking forty times a second. Longer is a fault.</summary>
internal sealed class Patience
{
    /// <summary>The limit in words.</summary>
    public const string Words = "a minute";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly long began = TimeProvider.System.GetTimestamp();

    /// <summary>Pauses before the next look; false when the limit has passed.</summary>
    public async Task<bool> WaitAsync()
    {
        await Task.Delay(Pause);
        return TimeProvider.System.GetElapsedTime(began) < Limit;
    }
}
