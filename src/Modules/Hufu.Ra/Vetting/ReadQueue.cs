using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;

namespace Hufu.Ra.Vetting;

/// <summary>
/// Shows exactly those who may act what is due first (R25): a queue opens to the roles that may do its next act, without what the reader has had a hand in. The look itself is an act and
/// in the ledger.
/// </summary>
internal sealed class ReadQueue(RaDesk desk)
{
    public Task<QueuePage> RunAsync(ActRequest request, CancellationToken ct)
    {
        var query = request.Payload<QueueQuery>();
        if (query.State is not (ApplicationState.Submitted or ApplicationState.Entered) || query.Limit is < 1 or > 100)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A queue is submitted or entered, its page 1 to 100 rows.", "state");
        }

        var next = desk.Context.Policy.Acts[query.State == ApplicationState.Submitted ? ActNames.RaApplicationEnter : ActNames.RaApplicationApprove];
        var name = query.State == ApplicationState.Submitted ? "submitted" : "entered";
        return desk.Context.Acts.RunAsync(
            request,
            new ExpectedAct(ActNames.RaQueueRead, $"queue/{name}"),
            (session, act) =>
            {
                if (!act.Person.Roles.Any(next.Roles.Contains))
                {
                    throw new RefusedException(RefusalCode.RoleMissing, $"The queue is for: {string.Join(", ", next.Roles.Order(StringComparer.Ordinal))}.", "person");
                }

                var person = act.Person.PersonId;
                return new QueuePage(
                    [.. ApplicationStore.Queue(session, query.State, person, query.Limit).Select(ToRow)], ApplicationStore.Count(session, query.State, person));
            },
            ct);
    }

    private static QueueRow ToRow(ApplicationRow row) => new(
        row.Id, row.Title, row.Profile, DateTimeOffset.FromUnixTimeMilliseconds(row.WaitingSince), DateTimeOffset.FromUnixTimeMilliseconds(row.DueAt),
        row.StateText());
}
