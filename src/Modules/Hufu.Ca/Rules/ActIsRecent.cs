using Hufu.Contracts;

namespace Hufu.Ca.Rules;

/// <summary>A staff act on an order counts for a time only: an approval that lay somewhere for years does not issue a certificate.</summary>
internal static class ActIsRecent
{
    /// <exception cref="RefusedException">StatementStale.</exception>
    public static void Demand(ActStatement act, DateTimeOffset now, TimeSpan life, string field)
    {
        if (now - act.Time > life)
        {
            throw new RefusedException(RefusalCode.StatementStale, $"The act is of {act.Time:u}; it counts for {life.TotalDays:0} days.", field);
        }
    }
}
