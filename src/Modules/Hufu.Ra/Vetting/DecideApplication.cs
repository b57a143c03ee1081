using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Ra.Issuing;
using Hufu.Ra.Notices;
using Hufu.Ra.Renewal;

namespace Hufu.Ra.Vetting;

/// <summary>审核: another person than the entry clerk answers every check of the profile, then approves or refuses (R15).</summary>
internal sealed class DecideApplication(RaDesk desk, OrderPair orderPair)
{
    private const int TextLimit = 500;

    [Clause("6.2.2.2-a")]
    [Clause("6.6.1.2-d")]
    public async Task<ApplicationStatus> RunAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationStore.DemandNumber(id);
        var decision = request.Payload<VettingDecision>();
        var entry = await desk.Context.Database.ReadAsync(session => StaffActRow.Find(session, id, StaffActRow.Entry), ct);
        ApplicationRow row = null!;
        var act = decision.Approve ? ActNames.RaApplicationApprove : ActNames.RaApplicationRefuse;
        var expected = new ExpectedAct(act, $"application/{id}", session =>
        {
            row = ApplicationStore.Get(session, id);
            ApplicationStore.MustBe(row, ApplicationState.Entered);
            return row.StateText();
        })
        {
            MustDifferFrom = entry is null ? [] : [entry.Person],
        };
        return await desk.Context.Acts.RunAsync(
            request,
            expected,
            (session, done) =>
            {
                MustAnswerEveryCheck(desk.HolderProfile(row.Profile), decision);
                var now = desk.Now;
                StaffActRow.Store(session, id, StaffActRow.Decision, done, StaffActRow.Seal(desk.Cipher, id, StaffActRow.Decision, request), now);
                StepStore.Add(session, desk.Cipher, id, decision.Approve ? "approved" : "refused", done.Person.PersonId, decision.Reason, now);
                if (decision.Approve)
                {
                    CreateRenewal.MustStillBeGood(session, row);
                    ApplicationStore.Move(session, row, ApplicationState.Approved, now);
                    orderPair.Enqueue(session, row);
                }
                else
                {
                    ApplicationStore.Move(session, row, ApplicationState.Refused, now, decision.Reason);
                    desk.Notify(session, row, NoticeText.Refused(id, row.Title, decision.Reason!));
                }

                return row.ToStatus();
            },
            ct);
    }

    // 7.2.6-c: no approval before every required check is completed.
    [Clause("6.1.3.2-b")]
    [Clause("7.2.6-c")]
    private static void MustAnswerEveryCheck(CertificateProfile profile, VettingDecision decision)
    {
        if (decision.Findings.Any(finding => finding is null))
        {
            throw new RefusedException(RefusalCode.Malformed, "A finding is null.", "findings");
        }

        if (decision.Findings.Count > 50 || decision.Reason?.Length > TextLimit || decision.Findings.Any(finding => finding.How.Length > TextLimit))
        {
            throw new RefusedException(RefusalCode.TooLarge, $"At most 50 findings, texts of at most {TextLimit} characters.", "findings");
        }

        if (decision.Findings.FirstOrDefault(finding => profile.Checks.All(check => check.Id != finding.Check)) is not null
            || decision.Findings.DistinctBy(finding => finding.Check).Count() != decision.Findings.Count)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "One finding for each check of the profile, and no others.", "findings");
        }

        if (!decision.Approve)
        {
            if (string.IsNullOrWhiteSpace(decision.Reason))
            {
                throw new RefusedException(RefusalCode.FieldMissing, "A refusal tells its reason.", "reason");
            }

            return;
        }

        foreach (var check in profile.Checks)
        {
            var finding = decision.Findings.FirstOrDefault(finding => finding.Check == check.Id);
            if (finding is null || !finding.Passed || string.IsNullOrWhiteSpace(finding.How))
            {
                throw new RefusedException(RefusalCode.FieldMissing, $"{check.Zh}: needs a finding that passed, and how it was done.", check.Id);
            }
        }
    }
}
