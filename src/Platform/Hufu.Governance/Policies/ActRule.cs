namespace Hufu.Governance;

/// <summary>A row of policy/acts.csv: who may do an act, and where.</summary>
/// <param name="Act">The act's name, one of <see cref="Hufu.Contracts.ActNames"/>.</param>
/// <param name="Rooms">Rooms in which it exists.</param>
/// <param name="Roles">Roles of which one is needed.</param>
/// <param name="DiffersFrom">Acts whose persons, on the same object, must all be other persons.</param>
/// <param name="Clauses">Where the rule comes from.</param>
/// <param name="What">What the act is, in Chinese.</param>
public sealed record ActRule(
    string Act, IReadOnlySet<string> Rooms, IReadOnlySet<string> Roles, IReadOnlySet<string> DiffersFrom, IReadOnlyList<string> Clauses, string What);
