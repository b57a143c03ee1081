namespace Hufu.Ca.Rules;

/// <summary>notBefore lies within policy of the moment of signing, and the clock has not run back behind what this CA has signed already (R04, 6.6.2.8-a).</summary>
internal static class NotBackdated
{
    /// <summary>Whether bytes with this notBefore may be signed now.</summary>
    /// <param name="notBefore">As it stands in the bytes.</param>
    /// <param name="now">The trusted clock.</param>
    /// <param name="limit">How far back policy allows.</param>
    public static bool Allows(DateTimeOffset notBefore, DateTimeOffset now, TimeSpan limit) => notBefore <= now && now - notBefore <= limit;

    /// <summary>Whether the clock may be trusted: it does not lie before what was signed last, but for the same allowance.</summary>
    /// <param name="lastIssue">The newest moment at which this CA has signed, or null.</param>
    /// <param name="now">The clock.</param>
    /// <param name="limit">How far back policy allows.</param>
    public static bool ClockIsTrusted(DateTimeOffset? lastIssue, DateTimeOffset now, TimeSpan limit) => lastIssue is not { } last || now >= last - limit;
}
