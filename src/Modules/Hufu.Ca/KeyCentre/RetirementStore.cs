using Hufu.Records;

namespace Hufu.Ca.KeyCentre;

/// <summary>A pair that the key centre is still to be told of.</summary>
/// <param name="Task">taskNO.</param>
/// <param name="Serial">userCertNo, hex.</param>
internal sealed record Retirement(long Task, string Serial);

/// <summary>Tables: ca_retirements. A request is signed anew each time it is sent, because the key centre takes fresh ones only; so it waits here and not in the outbox.</summary>
internal static class RetirementStore
{
    // Task numbers of intents count from 1; those of retirements begin where no intent will come.
    private const long First = 1L << 48;

    /// <summary>Leaves a retirement in the caller's transaction; a second one of the same certificate does nothing.</summary>
    public static void Add(Session session, string serial, long now) => session.Execute(
        "INSERT INTO ca_retirements (serial, asked_at) VALUES (@serial, @now) ON CONFLICT (serial) DO NOTHING", new { serial, now });

    public static IReadOnlyList<Retirement> Waiting(Session session, int limit) =>
        session.Query<Retirement>("SELECT number + @First AS task, serial FROM ca_retirements WHERE done_at IS NULL ORDER BY number LIMIT @limit", new { First, limit });

    public static void Done(Session session, string serial, long now) => session.Execute("UPDATE ca_retirements SET done_at = @now WHERE serial = @serial", new { serial, now });
}
