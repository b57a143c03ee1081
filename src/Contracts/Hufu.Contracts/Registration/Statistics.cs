namespace Hufu.Contracts;

/// <summary>How long a row of the statistics is.</summary>
public enum StatisticsStep
{
    /// <summary>A day of policy's time zone.</summary>
    Day,

    /// <summary>A calendar month.</summary>
    Month,
}

/// <summary>What somebody came to registration for.</summary>
public enum RegistrationPath
{
    /// <summary>A first certificate.</summary>
    Apply,

    /// <summary>Renewal with the same key.</summary>
    Renew,

    /// <summary>Renewal with a new key.</summary>
    Rekey,

    /// <summary>Revocation of what was issued.</summary>
    Revoke,
}

/// <summary>
/// Reads the figures of registration: <c>POST /api/ra/statistics</c>, act <see cref="ActNames.RaStatisticsRead"/>, object <c>statistics/registration</c>; answered with <see cref="RegistrationStatistics"/>. Figures are kept, not
/// counted, and bounded by the reader's offices.
/// </summary>
/// <param name="From">First day.</param>
/// <param name="Until">Last day; at most 400 days by day, 120 months by month.</param>
/// <param name="Step">How long a row is.</param>
/// <param name="Profile">Only this type, or null.</param>
public sealed record StatisticsQuery(DateOnly From, DateOnly Until, StatisticsStep Step = StatisticsStep.Day, string? Profile = null);

/// <summary>The figures of registration.</summary>
/// <param name="At">As of when.</param>
/// <param name="Standing">How many applications stand where now, by type and state.</param>
/// <param name="Moves">What came into which state in which period, oldest first. Counted since this version: earlier moves are not among them.</param>
public sealed record RegistrationStatistics(DateTimeOffset At, IReadOnlyList<StandingCount> Standing, IReadOnlyList<MoveCount> Moves);

/// <summary>How many stand in a state now.</summary>
/// <param name="Profile">Type.</param>
/// <param name="State">State.</param>
/// <param name="Applications">How many.</param>
public sealed record StandingCount(string Profile, ApplicationState State, long Applications);

/// <summary>How many came into a state in a period.</summary>
/// <param name="Period">The day, or the first day of the month.</param>
/// <param name="Profile">Type.</param>
/// <param name="Path">What they came for; <see cref="RegistrationPath.Revoke"/> stands with <see cref="ApplicationState.Revoked"/> and only there.</param>
/// <param name="To">The state that they came into; Draft is "made".</param>
/// <param name="Applications">How many.</param>
public sealed record MoveCount(DateOnly Period, string Profile, RegistrationPath Path, ApplicationState To, long Applications);
