using Hufu.Contracts;

namespace Hufu.Hosting;

/// <summary>A room that puts ended certificates of the platform in force again (R18; docs/decisions/0047): what the host's local door reads of it when nobody can sign in any more. What a module's public type implements beside <see cref="IRoom"/>.</summary>
public interface IRepairingRoom
{
    /// <summary>The repairs that wait for signatures, the newest twenty.</summary>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyList<RepairStanding>> WaitingRepairsAsync(CancellationToken ct);

    /// <summary>A repair, whichever its state.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="RefusedException">UnknownObject.</exception>
    Task<RepairStanding> RepairAsync(string id, CancellationToken ct);
}
