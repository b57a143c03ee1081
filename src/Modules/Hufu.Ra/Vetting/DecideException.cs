using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Ra.Issuing;
using Hufu.Ra.Notices;
using Hufu.Ra.Renewal;

namespace Hufu.Ra.Vetting;

/// <summary>复核: four eyes on an exception. A second vetter, neither the clerk nor the first one, lets it pass or sends it back.</summary>
internal sealed class DecideException(RaDesk desk, OrderPair orderPair)
{
    private const int ReasonLimit = 500;

    [Clause("6.1.3.2-f")]
    public async Task<ApplicationStatus> RunAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        var hands = await desk.Context.Database.ReadAsync(session => StaffActRow.Persons(session, id), ct);
        ApplicationRow row = null!;
        return await desk.Context.Acts.RunAsync<ExceptionDecision, ApplicationStatus>(
            request,
            ActNames.RaExceptionConfirm,
            decision => decision.Reason.Trim().Length is 0 or > ReasonLimit
                ? throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {ReasonLimit} characters.", "reason")
                : new ExpectedAct(decision.Confirm ? ActNames.RaExceptionConfirm : ActNames.RaExceptionRefuse, $"application/{id}", session =>
                {
                    row = ApplicationStore.Get(session, id);
                    ApplicationStore.MustBe(row, ApplicationState.Excepted);
                    return row.StateText();
                })
                {
                    MustDifferFrom = hands,
                },
            (session, done, decision) =>
            {
                RaDesk.MustBeInReach(session, row, done.Person.PersonId);
                var now = desk.Now;
                StaffActRow.Store(session, id, StaffActRow.Second, done, StaffActRow.Seal(desk.Cipher, id, StaffActRow.Second, request), now);
                StepStore.Add(session, desk.Cipher, id, decision.Confirm ? "exception-confirmed" : "refused", done.Person.PersonId, decision.Reason, now);
                if (decision.Confirm)
                {
                    CreateRenewal.MustStillBeGood(session, row);
                    desk.Move(session, row, ApplicationState.Approved, now);
                    orderPair.Enqueue(session, row);
                }
                else
                {
                    desk.Move(session, row, ApplicationState.Refused, now, decision.Reason);
                    desk.Notify(session, row, NoticeText.Refused(id, row.Title, decision.Reason));
                }

                return row.ToStatus();
            },
            ct);
    }
}
