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
/// <param name="Refusals">How soon refusals reached their applicants (6.2.2.2-b), all types and offices together.</param>
public sealed record RegistrationStatistics(DateTimeOffset At, IReadOnlyList<StandingCount> Standing, IReadOnlyList<MoveCount> Moves, RefusalTelling Refusals);

/// <summary>How soon refusals of a time reached their applicants; measured from the decision to the first notice that was taken by a mail server or gateway.</summary>
/// <param name="Within">How long it may take, by policy.</param>
/// <param name="InTime">So many in time.</param>
/// <param name="Late">So many late, or not yet and late by now.</param>
/// <param name="Waiting">So many not yet, and not late.</param>
/// <param name="Longest">The longest that was told.</param>
public sealed record RefusalTelling(TimeSpan Within, long InTime, long Late, long Waiting, TimeSpan Longest);

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
