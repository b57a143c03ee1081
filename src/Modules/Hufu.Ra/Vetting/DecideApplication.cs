using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Ra.Issuing;
using Hufu.Ra.Notices;
using Hufu.Ra.Renewal;
using Hufu.Ra.Sources;

namespace Hufu.Ra.Vetting;

/// <summary>审核: another person than the entry clerk answers the checklist of the form, then approves or refuses (R15).</summary>
internal sealed class DecideApplication(RaDesk desk, OrderPair orderPair)
{
    [Clause("6.2.2.2-a")]
    [Clause("6.6.1.2-d")]
    public async Task<ApplicationStatus> RunAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        var entry = await desk.Context.Database.ReadAsync(session => StaffActRow.Find(session, id, StaffActRow.Entry), ct);
        ApplicationRow row = null!;
        return await desk.Context.Acts.RunAsync<VettingDecision, ApplicationStatus>(
            request,
            ActNames.RaApplicationApprove,
            decision => new ExpectedAct(decision.Approve ? ActNames.RaApplicationApprove : ActNames.RaApplicationRefuse, $"application/{id}", session =>
            {
                row = ApplicationStore.Get(session, id);
                ApplicationStore.MustBe(row, ApplicationState.Entered);
                return row.StateText();
            })
            {
                MustDifferFrom = entry is null ? [] : [entry.Person],
            },
            (session, done, decision) =>
            {
                RaDesk.MustBeInReach(session, row, done.Person.PersonId);
                var known = PaperStore.Of(session, id).Select(paper => paper.Digest).Concat(AskSource.Of(session, desk, id).Select(answer => answer.Id)).Concat(CallBacks.Answered(session, id)).ToHashSet(StringComparer.Ordinal);
                Checklist.MustBeAnswered(desk.Form(row.Profile), desk.HolderProfile(row.Profile), SealedFields.Open(desk.Cipher, row), row.VettedAsRenewal, known, decision);
                new CallBacks(desk).MustFit(session, decision);
                var exception = decision.Findings.Any(finding => finding.Excepted);
                var now = desk.Now;
                StaffActRow.Store(session, id, StaffActRow.Decision, done, StaffActRow.Seal(desk.Cipher, id, StaffActRow.Decision, request), now);
                StepStore.Add(session, desk.Cipher, id, decision.Approve ? "approved" : "refused", done.Person.PersonId, decision.Reason, now);
                if (decision.Approve && exception)
                {
                    // Four eyes on exceptions: nothing is ordered before a second vetter has confirmed it.
                    done.Detail["exception"] = true;
                    desk.Move(session, row, ApplicationState.Excepted, now);
                }
                else if (decision.Approve)
                {
                    CreateRenewal.MustStillBeGood(session, row);
                    desk.Move(session, row, ApplicationState.Approved, now);
                    orderPair.Enqueue(session, row);
                }
                else
                {
                    desk.Move(session, row, ApplicationState.Refused, now, decision.Reason);
                    PaperStore.Ask(session, desk.Cipher, id, decision.FurtherPapers ?? [], now);
                    desk.Notify(session, row, NoticeText.Refused(id, row.Title, decision.Reason!));
                }

                return row.ToStatus();
            },
            ct);
    }
}
