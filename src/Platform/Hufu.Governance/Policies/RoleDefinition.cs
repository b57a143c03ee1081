namespace Hufu.Governance;

/// <summary>A trusted role (可信岗位) as policy/roles.yaml defines it.</summary>
/// <param name="Id">One of <see cref="Hufu.Contracts.Roles"/>.</param>
/// <param name="TitleZh">Title in Chinese.</param>
/// <param name="TitleEn">Title in English.</param>
/// <param name="Duty">What the role is for, one sentence in English.</param>
/// <param name="AppointedBy">Room name to the role whose holder appoints in that room, or <see cref="ByInitialisation"/>; a room that is not named does not have the role.</param>
/// <param name="IncompatibleWith">Roles that the same person cannot hold in the same room; symmetric (6.6.1.2-d).</param>
public sealed record RoleDefinition(
    string Id, string TitleZh, string TitleEn, string Duty, IReadOnlyDictionary<string, string> AppointedBy, IReadOnlySet<string> IncompatibleWith)
{
    /// <summary>What must be on record and not lapsed while the role is used.</summary>
    public IReadOnlyList<Contracts.FitnessKind> Conditions { get; init; } = [];

    /// <summary>Instead of a role in <see cref="AppointedBy"/>: people come into the role at the room's initialisation only.</summary>
    public const string ByInitialisation = "initialisation";

    /// <summary>Whether the room has this role.</summary>
    public bool ExistsIn(string room) => AppointedBy.ContainsKey(room);
}
