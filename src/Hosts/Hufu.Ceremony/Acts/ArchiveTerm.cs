using Hufu.Ceremony.Script;
using Hufu.Contracts;
using Hufu.Devices;

namespace Hufu.Ceremony.Acts;

/// <summary>How long an archived key is kept: at least ten years (6.6.2.2-d).</summary>
internal static class ArchiveTerm
{
    public const int Years = 10;

    /// <summary>From when on an archived key may be destroyed; null for a living one.</summary>
    public static DateTimeOffset? End(SoftwareDevice device, string key) => device.ArchivedAt(key)?.AddYears(Years);

    /// <summary>Refuses to destroy a key, or a device with one, before its term is over.</summary>
    /// <param name="device">The device.</param>
    /// <param name="key">The key; null for all.</param>
    /// <param name="now">The time.</param>
    [Clause("6.6.2.2-d")]
    public static void DemandOver(SoftwareDevice device, string? key, DateTimeOffset now)
    {
        foreach (string label in key is null ? device.Labels : [key])
        {
            if (End(device, label) is { } end && now < end)
            {
                throw new CeremonyRefusal($"The archived key {label} is kept until {end:yyyy-MM-dd HH:mm:ss} UTC, {Years} years from its archiving.", "Lock the device away; destroy it by a script of its own after that day.");
            }
        }
    }
}
