using Hufu.Contracts;

namespace Hufu.Hosting;

/// <summary>The ledgers that a room's auditors look after: its own, and at the CA those of the rooms in this process that have no staff (status, time stamps, repository).</summary>
/// <param name="own">The room.</param>
/// <param name="others">Rooms without staff.</param>
internal sealed class AuditedLedgers(RoomContext own, IReadOnlyList<RoomContext> others)
{
    public IReadOnlyList<RoomContext> All { get; } = [own, .. others];

    /// <summary>How statements name a ledger; <c>ledger/-</c> for one that is not looked after here, which no statement says.</summary>
    public string ObjectOf(string ledger) => $"ledger/{(All.Any(room => room.Name == ledger) ? ledger : "-")}";

    /// <exception cref="RefusedException">UnknownObject.</exception>
    public RoomContext Of(string ledger) =>
        All.FirstOrDefault(room => room.Name == ledger) ?? throw new RefusedException(RefusalCode.UnknownObject, $"The ledgers that are looked after here: {string.Join(", ", All.Select(room => room.Name))}.", "ledger");
}
