namespace Hufu.Ca.Rules;

/// <summary>CRL numbers strictly grow, and so does thisUpdate (R09).</summary>
internal static class CrlNumberGrows
{
    /// <exception cref="InvalidOperationException">They do not.</exception>
    public static void Demand(long? lastNumber, DateTimeOffset? lastUpdate, long number, DateTimeOffset thisUpdate)
    {
        if (number < 1 || number <= lastNumber || thisUpdate < lastUpdate)
        {
            throw new InvalidOperationException($"CRL {number} of {thisUpdate:u} would not come after CRL {lastNumber} of {lastUpdate:u} (R09).");
        }
    }
}
