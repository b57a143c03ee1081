using System.Text.Json.Nodes;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Ca.Alarms;

/// <summary>What the room raises alarms about.</summary>
internal static class AlarmKinds
{
    /// <summary>A revocation was carried out after its deadline (6.2.7.3).</summary>
    public const string RevocationLate = "revocation-late";

    /// <summary>A revocation is on no CRL after the longest time (6.2.7.6-a).</summary>
    public const string RevocationUnlisted = "revocation-unlisted";

    /// <summary>A CRL did not pass its checks; the old one stands (R08, R09).</summary>
    public const string CrlRefused = "crl-refused";

    /// <summary>A CRL that is due was not made.</summary>
    public const string CrlLate = "crl-late";

    /// <summary>One of the platform's own certificates is about to end.</summary>
    public const string CertificateEnds = "certificate-ends";

    /// <summary>A CA is about to reach its stop-issuing date, or has (6.6.1.6-b).</summary>
    public const string StopIssuing = "stop-issuing";

    /// <summary>Other sources of time disagree with the clock, or none answers: nothing is signed (6.6.2.8-a).</summary>
    public const string ClockInDoubt = "clock-in-doubt";

    /// <summary>A CA's key is in no split backup (6.6.2.2-c).</summary>
    public const string KeyUnbacked = "key-unbacked";

    /// <summary>A CA's key is compromised.</summary>
    public const string CaCompromised = "ca-compromised";
}

/// <summary>A row of ca_alarms.</summary>
/// <param name="Number">Counts up.</param>
/// <param name="Kind">See <see cref="AlarmKinds"/>.</param>
/// <param name="Object">What it is about.</param>
/// <param name="Words">What is wrong.</param>
/// <param name="RaisedAt">Unix milliseconds UTC.</param>
/// <param name="ClearedAt">Unix milliseconds UTC; null while it stands.</param>
internal sealed record AlarmRow(long Number, string Kind, string Object, string Words, long RaisedAt, long? ClearedAt);

/// <summary>Tables: ca_alarms. An alarm is raised once while it stands: a row, a ledger record, a critical line in the log.</summary>
internal sealed partial class AlarmBook(Ledger ledger, TimeProvider clock, ILogger log)
{
    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Raises an alarm in the caller's transaction.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Raise(Session session, string kind, string target, string words)
    {
        var raised = session.Execute(
            "INSERT INTO ca_alarms (kind, object, words, raised_at) VALUES (@kind, @target, @words, @Now) ON CONFLICT (kind, object) WHERE cleared_at IS NULL DO NOTHING",
            new { kind, target, words, Now }) == 1;
        if (raised)
        {
            Record(session, "ca.alarm.raised", kind, target, words);
            session.OnCommitted(() => LogRaised(log, kind, target, words));
        }

        return raised;
    }

    /// <summary>Ends an alarm whose cause is gone.</summary>
    /// <returns>Whether it stood.</returns>
    public bool Clear(Session session, string kind, string target)
    {
        var cleared = session.Execute("UPDATE ca_alarms SET cleared_at = @Now WHERE kind = @kind AND object = @target AND cleared_at IS NULL", new { kind, target, Now }) == 1;
        if (cleared)
        {
            Record(session, "ca.alarm.cleared", kind, target, null);
        }

        return cleared;
    }

    /// <summary>Alarms that stand, newest first.</summary>
    public static IReadOnlyList<AlarmRow> Standing(Session session, int limit) =>
        session.Query<AlarmRow>("SELECT number, kind, object, words, raised_at, cleared_at FROM ca_alarms WHERE cleared_at IS NULL ORDER BY number DESC LIMIT @limit", new { limit });

    private void Record(Session session, string act, string kind, string target, string? words) => ledger.Append(session, new LedgerRecord
    {
        Actor = "system", Act = act, Object = target, Outcome = LedgerOutcome.Done, Detail = new JsonObject { ["kind"] = kind, ["words"] = words },
    });

    [LoggerMessage(3030, LogLevel.Critical, "Alarm {Kind} about {Target}: {Words}")]
    private static partial void LogRaised(ILogger log, string kind, string target, string words);
}
