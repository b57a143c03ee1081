using Hufu.Hosting;
using Hufu.Pki;

namespace Hufu.Tsa;

/// <summary>How the time-stamping authority works. Accuracy and the clock's bound stand in policy/values.yaml (time-stamp-accuracy, time-stamp-clock-bound).</summary>
public sealed record TsaOptions
{
    /// <summary>The policy under which tokens are given (RFC 3161 2.4.2), dotted. The operator sets one of its own arc; the default lies in the arc for examples (ITU-T X.660).</summary>
    public string PolicyOid { get; init; } = "2.999.1";

    /// <summary>Whether tokens can always be ordered by their time alone; then no two carry the same time.</summary>
    public bool Ordering { get; init; }

    /// <summary>What <c>/tsa</c> gives; <c>/tsa/gm</c> gives <see cref="MessageSyntax.Gm"/> always.</summary>
    public MessageSyntax Syntax { get; init; } = MessageSyntax.Cms;

    /// <summary>The accuracy that tokens state; null: the policy's. No more than that.</summary>
    public TimeSpan? Accuracy { get; init; }

    /// <summary>Requests that one address may send every second, twice as many at once; more is 429. 0: not limited here, for a proxy that limits.</summary>
    public int AddressPerSecond { get; init; } = 500;

    /// <summary>The largest request that is read, bytes.</summary>
    public int RequestLimit { get; init; } = 16 * 1024;

    /// <summary>
    /// Other sources of time, <c>host</c> or <c>host:port</c> of NTP servers that trace to the national time; two or more, so that one that lies is noticed. Empty: none is asked, and only what the operating system knows is
    /// shown. With servers, no tokens are given unless most of them agree with the clock within the policy's bound.
    /// </summary>
    public IReadOnlyList<string> TimeServers { get; init; } = [];

    /// <summary>How often they are asked. Three times as long without an answer, and no tokens are given.</summary>
    public TimeSpan AskTimeEvery { get; init; } = TimeSources.UsualPace;
}
