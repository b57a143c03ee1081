using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;

namespace Hufu.Ra.Vetting;

/// <summary>
/// Shows exactly those who may act what is due first (R25): a queue opens to the roles that may do its next act, bounded by the reader's offices, without what the reader has had a hand in. The
/// look itself is an act and in the ledger.
/// </summary>
internal sealed class ReadQueue(RaDesk desk)
{
    private static readonly Dictionary<ApplicationState, (string Name, string NextAct)> Queues = new()
    {
        [ApplicationState.Submitted] = ("submitted", ActNames.RaApplicationEnter),
        [ApplicationState.Entered] = ("entered", ActNames.RaApplicationApprove),
        [ApplicationState.Excepted] = ("excepted", ActNames.RaExceptionConfirm),
    };

    public Task<QueuePage> RunAsync(ActRequest request, CancellationToken ct) => desk.Context.Acts.RunAsync<QueueQuery, QueuePage>(
        request,
        ActNames.RaQueueRead,
        Expected,
        (session, act, query) =>
        {
            var next = desk.Context.Policy.Acts[Queues[query.State].NextAct];
            if (!act.Person.Roles.Any(next.Roles.Contains))
            {
                throw new RefusedException(RefusalCode.RoleMissing, $"The queue is for: {string.Join(", ", next.Roles.Order(StringComparer.Ordinal))}.", "person");
            }

            var ask = new QueueStore.Ask(
                query.State, act.Person.PersonId, RaDesk.OfficesOf(session, act.Person.PersonId), query.Profile, query.Overdue ? desk.Now : null, QueueStore.ParseAfter(query.Order, query.After), query.Limit + 1,
                query.Order);
            var rows = QueueStore.Page(session, ask);
            return new QueuePage(
                [.. rows.Take(query.Limit).Select(ToRow)], QueueStore.Count(session, ask), rows.Count > query.Limit ? QueueStore.NextAfter(query.Order, rows[query.Limit - 1]) : null);
        },
        ct);

    private ExpectedAct Expected(QueueQuery query)
    {
        if (!Queues.TryGetValue(query.State, out var queue) || query.Limit is < 1 or > 100)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A queue is submitted, entered or excepted, its page 1 to 100 rows.", "state");
        }

        if (query.Profile is not null)
        {
            desk.HolderProfile(query.Profile);
        }

        if (!Enum.IsDefined(query.Order) || (query.Overdue && query.Order != QueueOrder.Due))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "What is overdue is read due first.", "order");
        }

        QueueStore.ParseAfter(query.Order, query.After);
        return new ExpectedAct(ActNames.RaQueueRead, $"queue/{queue.Name}");
    }

    private QueueRow ToRow(ApplicationRow row) => new(
        row.Id, row.Title, row.Profile, DateTimeOffset.FromUnixTimeMilliseconds(row.WaitingSince), DateTimeOffset.FromUnixTimeMilliseconds(row.DueAt), row.StateText(), row.DueAt < desk.Now, row.Channel,
        row.RenewalOf is not null, row.Office);
}
