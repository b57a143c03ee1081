using Hufu.Contracts;

namespace Hufu.Messaging;

/// <summary>Which refusals pass by themselves.</summary>
public static class Passing
{
    /// <summary>
    /// True for a refusal that says nothing about the order itself: the room was not ready, busy, unreachable, or failed. Such an answer is not kept as the
    /// order's receipt, and an order in the outbox is tried again. Every other refusal is final.
    /// </summary>
    public static bool IsPassing(RefusalCode code) => code is RefusalCode.NotInitialised or RefusalCode.RoomUnreachable or RefusalCode.LedgerUnavailable
        or RefusalCode.DeviceUnavailable or RefusalCode.TooManyRequests or RefusalCode.Fault or RefusalCode.PeerUnknown or RefusalCode.StatementStale
        or RefusalCode.MessageNotAuthentic or RefusalCode.ClockInDoubt or RefusalCode.BackupMissing;
}
