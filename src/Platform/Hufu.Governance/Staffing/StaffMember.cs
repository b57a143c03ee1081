namespace Hufu.Governance;

/// <summary>A member of staff as the room knows them.</summary>
/// <param name="PersonId">Their number in this room, such as <c>P0007</c>.</param>
/// <param name="Name">Their real name.</param>
/// <param name="Roles">Roles in force.</param>
public sealed record StaffMember(string PersonId, string Name, IReadOnlyList<string> Roles)
{
    /// <summary>Name and number, for the ledger and for evidence: <c>李录入 (P0007)</c>.</summary>
    public override string ToString() => $"{Name} ({PersonId})";
}
