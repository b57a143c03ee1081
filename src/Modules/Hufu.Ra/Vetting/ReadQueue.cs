using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;

namespace Hufu.Ra.Vetting;

/// <summary>Shows those who may act what is due first (R25); the look itself is an act and in the ledger.</summary>
internal sealed class ReadQueue(RaDesk desk)
{
    public Task<QueuePage> RunAsync(ActRequest request, CancellationToken ct)
    {
        var query = request.Payload<QueueQuery>();
        if (query.State is not (ApplicationState.Submitted or ApplicationState.Entered) || query.Limit is < 1 or > 100)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A queue is submitted or entered, its page 1 to 100 rows.", "state");
        }

        var name = query.State == ApplicationState.Submitted ? "submitted" : "entered";
        return desk.Context.Acts.RunAsync(
            request,
            new ExpectedAct(ActNames.RaQueueRead, $"queue/{name}"),
            (session, _) => new QueuePage([.. ApplicationStore.Queue(session, query.State, query.Limit).Select(ToRow)], ApplicationStore.Count(session, query.State)),
            ct);
    }

    private static QueueRow ToRow(ApplicationRow row) => new(
        row.Id, row.Title, row.Profile, DateTimeOffset.FromUnixTimeMilliseconds(row.WaitingSince), DateTimeOffset.FromUnixTimeMilliseconds(row.DueAt),
        ApplicationData.StateText(row.State, row.DataDigest));
}
