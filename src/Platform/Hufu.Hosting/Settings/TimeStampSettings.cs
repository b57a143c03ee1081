using System.Globalization;

namespace Hufu.Hosting;

/// <summary>The section <c>timeStamps</c> of <c>hufu.json</c>: how the time-stamping authority works. What is left out keeps its usual value. The policy's OID is <c>timeStampPolicyOid</c>.</summary>
public sealed record TimeStampSettings
{
    /// <summary>NTP servers, <c>host</c> or <c>host:port</c>, none or 2 to 8: with one alone nobody could say which of two clocks lies.</summary>
    public IReadOnlyList<string>? TimeServers { get; init; }

    /// <summary>How often they are asked, seconds, 1 to 3600.</summary>
    public int? AskEverySeconds { get; init; }

    /// <summary>The accuracy that tokens state, milliseconds, 1 to 60000; no more than the policy's <c>time-stamp-accuracy</c>.</summary>
    public int? AccuracyMilliseconds { get; init; }

    /// <summary>Whether no two tokens carry the same time (ordering).</summary>
    public bool? Ordering { get; init; }

    /// <summary>What <c>/tsa</c> gives: <c>cms</c>, the identifiers of CMS, or <c>gm</c>, those of GM/T 0010 that GM/T 0033 wants. <c>/tsa/gm</c> gives gm always.</summary>
    public string? Profile { get; init; }

    /// <summary>Requests that one address may send every second, 0 to 1,000,000; 0: not limited here.</summary>
    public int? AddressPerSecond { get; init; }

    /// <exception cref="SettingsException">They cannot be used.</exception>
    internal void Check()
    {
        if (TimeServers is { } servers && (servers.Count is 1 or > 8 || servers.Any(server => !IsServer(server)) || servers.Distinct(StringComparer.OrdinalIgnoreCase).Count() != servers.Count))
        {
            throw new SettingsException("timeStamps.timeServers is empty or names 2 to 8 different servers as host or host:port: with one alone nobody could say which of two clocks lies.");
        }

        if (Profile is not (null or "cms" or "gm"))
        {
            throw new SettingsException("timeStamps.profile is \"cms\" or \"gm\".");
        }

        SettingsFigures.Check("timeStamps.askEverySeconds", AskEverySeconds, 1, 3600);
        SettingsFigures.Check("timeStamps.accuracyMilliseconds", AccuracyMilliseconds, 1, 60_000);
        SettingsFigures.Check("timeStamps.addressPerSecond", AddressPerSecond, 0, 1_000_000);
    }

    private static bool IsServer(string server)
    {
        var colon = server.LastIndexOf(':');
        return Uri.CheckHostName(colon < 0 ? server : server[..colon]) is UriHostNameType.Dns or UriHostNameType.IPv4
            && (colon < 0 || (int.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65_535));
    }
}
