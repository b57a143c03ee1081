using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;

namespace Hufu.Ra.Vetting;

/// <summary>录入: the entry clerk has compared form and papers.</summary>
internal sealed class EnterApplication(RaDesk desk)
{
    private const int RemarkLimit = 500;

    public Task<ApplicationStatus> RunAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        ApplicationRow row = null!;
        return desk.Context.Acts.RunAsync<EntryRecord, ApplicationStatus>(
            request,
            ActNames.RaApplicationEnter,
            entry => entry.Remark.Length > RemarkLimit
                ? throw new RefusedException(RefusalCode.TooLarge, $"At most {RemarkLimit} characters.", "remark")
                : new ExpectedAct(ActNames.RaApplicationEnter, $"application/{id}", session =>
                {
                    row = ApplicationStore.Get(session, id);
                    ApplicationStore.MustBe(row, ApplicationState.Submitted);
                    return row.StateText();
                }),
            (session, act, entry) =>
            {
                RaDesk.MustBeInReach(session, row, act.Person.PersonId);
                var now = desk.Now;
                desk.Move(session, row, ApplicationState.Entered, now);
                StaffActRow.Store(session, id, StaffActRow.Entry, act, StaffActRow.Seal(desk.Cipher, id, StaffActRow.Entry, request), now);
                StepStore.Add(session, desk.Cipher, id, "entered", act.Person.PersonId, entry.Remark, now);
                return row.ToStatus();
            },
            ct);
    }
}
