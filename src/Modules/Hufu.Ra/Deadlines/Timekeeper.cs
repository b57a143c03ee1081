using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Ra.Applications;
using Hufu.Ra.Fees;
using Hufu.Ra.Notices;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Ra.Deadlines;

/// <summary>
/// Looks at the clocks every minute: holders are reminded of expiry (60, 30, 7 days), the duty address of what is due soon and of what is overdue; each once, recorded. All by index, a limited
/// number at a look. What was never submitted within the life of a draft is withdrawn, so that its papers come under retention, archive and destruction as those of every ended application do.
/// </summary>
internal sealed partial class Timekeeper(RaDesk desk, GatewayPayments payments, TellHolders telling) : IAsyncDisposable
{
    private const int MostAtOnce = 200;
    private const string TooOld = "在规定期限内未提交，已自动撤回。Not submitted in time, withdrawn.";

    private readonly CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;

    public void Start() => running = Task.Run(() => LoopAsync(stopping.Token));

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
    }

    /// <summary>One look at all clocks.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        await desk.Context.Database.WriteAsync(
            session =>
            {
                RemindOfExpiry(session);
                RemindOfDeadlines(session);
                WithdrawOldDrafts(session);
            },
            ct);
        await telling.TellAsync(ct);
        await payments.LookAsync(ct);
    }

    [Clause("6.2.6.1-a")]
    private void RemindOfExpiry(Session session)
    {
        var now = desk.Context.Clock.GetUtcNow();
        // The nearest first: whoever is inside seven days gets that reminder, not three.
        foreach (var (name, before) in desk.Context.Policy.Values.Registration.ExpiryReminders.OrderBy(reminder => reminder.Before.After(now)))
        {
            foreach (var row in session.Query<ApplicationRow>(
                $"""
                SELECT {ApplicationStore.Columns} FROM ra_applications AS ending WHERE not_after > @Now AND not_after <= @Until AND state = 'Accepted'
                    AND NOT EXISTS (SELECT 1 FROM ra_reminders WHERE object = ending.id AND kind = @Name)
                    AND NOT EXISTS (SELECT 1 FROM ra_applications AS next WHERE next.renewal_of = ending.signing_serial AND next.state NOT IN ('Refused', 'Withdrawn'))
                ORDER BY not_after LIMIT {MostAtOnce}
                """,
                new { desk.Now, Until = before.After(now).ToUnixTimeMilliseconds(), Name = name }))
            {
                var end = DateTimeOffset.FromUnixTimeMilliseconds(row.NotAfter!.Value);
                desk.Notify(session, row, NoticeText.Expiring(row.Id, row.Title, row.SigningSerial!, desk.Context.Policy.Values.LocalText(end), (int)Math.Ceiling((end - now).TotalDays)));
                // A later, wider reminder of the same certificate would say nothing new.
                foreach (var (other, _) in desk.Context.Policy.Values.Registration.ExpiryReminders.Where(other => !other.Before.IsAtMost(before) || other.Name == name))
                {
                    Remember(session, row.Id, other);
                }

                desk.Record(session, "system", "ra.expiry.remind", row.Id, LedgerOutcome.Done, new JsonObject { ["kind"] = name });
            }
        }
    }

    [Clause("6.2.2.3-a")]
    private void RemindOfDeadlines(Session session)
    {
        var soon = desk.Now + (long)desk.Context.Policy.Values.Registration.DeadlineReminder.TotalMilliseconds;
        foreach (var state in (ApplicationState[])[ApplicationState.Submitted, ApplicationState.Entered, ApplicationState.Excepted])
        {
            foreach (var (kind, until) in new[] { ("overdue", desk.Now), ("due-soon", soon) })
            {
                foreach (var due in session.Query<DueRow>(
                    $"""
                    SELECT id, due_at FROM ra_applications WHERE state = @State AND due_at <= @Until
                        AND NOT EXISTS (SELECT 1 FROM ra_reminders WHERE object = ra_applications.id AND kind = @Kind AND at >= ra_applications.waiting_since) ORDER BY due_at LIMIT {MostAtOnce}
                    """,
                    new { State = state, Until = until, Kind = kind }))
                {
                    Escalate(session, due.Id, kind, state.ToString(), due.DueAt);
                }
            }
        }

        foreach (var due in session.Query<DueRow>(
            $"""
            SELECT id, due_at FROM ra_cases WHERE state IN ('Entered', 'Approved') AND kind IN ('Revocation', 'Suspension', 'Resumption') AND due_at <= @Soon
                AND NOT EXISTS (SELECT 1 FROM ra_reminders WHERE object = ra_cases.id AND kind = 'due-soon') ORDER BY due_at LIMIT {MostAtOnce}
            """,
            new { Soon = desk.Now + (long)desk.Context.Policy.Values.Registration.CaseReminder.TotalMilliseconds }))
        {
            Escalate(session, due.Id, "due-soon", "case", due.DueAt);
        }
    }

    // Whoever changes a draft by a correction begins its life again. The applicant reads why in the application's status; the key may be used in another one.
    [Clause("6.2.1.2-a")]
    [Clause("6.6.1.5-b")]
    private void WithdrawOldDrafts(Session session)
    {
        var now = desk.Context.Clock.GetUtcNow();
        var life = desk.Context.Policy.Values.Registration.DraftLife;
        foreach (var row in session.Query<ApplicationRow>(
            $"SELECT {ApplicationStore.Columns} FROM ra_applications WHERE state = 'Draft' AND waiting_since <= @Before ORDER BY waiting_since, id LIMIT {MostAtOnce}",
            new { Before = life.Before(now).ToUnixTimeMilliseconds() }))
        {
            desk.Move(session, row, ApplicationState.Withdrawn, desk.Now, TooOld);
            StepStore.Add(session, desk.Cipher, row.Id, "withdrawn", "system", TooOld, desk.Now);
            desk.Record(session, "system", "ra.application.withdraw", row.Id, LedgerOutcome.Done, new JsonObject { ["was"] = nameof(ApplicationState.Draft), ["life"] = life.ToString() });
        }
    }

    private void Escalate(Session session, string id, string kind, string state, long due)
    {
        Remember(session, id, kind);
        desk.Context.Ledger.Append(session, new LedgerRecord
        {
            Actor = "system",
            Act = "ra.deadline.remind",
            Object = id[0] == 'A' ? $"application/{id}" : $"case/{id}",
            Outcome = LedgerOutcome.Done,
            Detail = new JsonObject { ["kind"] = kind, ["state"] = state },
        });
        if (desk.Options.DutyAddress is { } duty)
        {
            NoticeStore.Add(session, desk.Cipher, id, duty, desk.Notices.Fill(NoticeText.Deadline(id, kind == "overdue", state, desk.Context.Policy.Values.LocalText(DateTimeOffset.FromUnixTimeMilliseconds(due)))), desk.Now);
            session.OnCommitted(desk.NoticeIsLeft);
        }
    }

    private void Remember(Session session, string id, string kind) => session.Execute(
        "INSERT INTO ra_reminders (object, kind, at) VALUES (@Id, @Kind, @Now) ON CONFLICT (object, kind) DO UPDATE SET at = excluded.at", new { Id = id, Kind = kind, desk.Now });

    private async Task LoopAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), desk.Context.Clock);
        do
        {
            try
            {
                await LookAsync(ct);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogFault(desk.Context.Log, fault);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
        while (await timer.WaitForNextTickAsync(ct).AsTask().ContinueWith(static tick => tick.Status == TaskStatus.RanToCompletion && tick.Result, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default));
    }

    [LoggerMessage(EventId = 3121, Level = LogLevel.Error, Message = "A look at the clocks met a fault; the next one comes.")]
    private static partial void LogFault(ILogger log, Exception fault);

    private sealed class DueRow
    {
        public string Id { get; set; } = "";

        public long DueAt { get; set; }
    }
}
