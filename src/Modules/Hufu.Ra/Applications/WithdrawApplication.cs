using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ra.Applications;

/// <summary>The applicant takes an application back before it is approved; its key may be used in another one.</summary>
internal sealed class WithdrawApplication(RaDesk desk)
{
    private const int ReasonLimit = 500;

    public Task<ApplicationStatus> RunAsync(string id, string? authorization, Withdrawal withdrawal, CancellationToken ct)
    {
        if (withdrawal.Reason?.Length > ReasonLimit)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"At most {ReasonLimit} characters.", "reason");
        }

        return desk.Context.Database.WriteAsync(
            session =>
            {
                var row = ApplicationStore.Get(session, id);
                AccessToken.MustMatch(row, authorization);
                ApplicationStore.MustBe(row, ApplicationState.Draft, ApplicationState.Submitted, ApplicationState.Entered, ApplicationState.Excepted, ApplicationState.Refused);
                var was = row.State;
                desk.Move(session, row, ApplicationState.Withdrawn, desk.Now);
                StepStore.Add(session, desk.Cipher, id, "withdrawn", "applicant", withdrawal.Reason, desk.Now);
                desk.Record(session, "applicant", "ra.application.withdraw", id, LedgerOutcome.Done, new JsonObject { ["was"] = was.ToString() });
                return row.ToStatus();
            },
            ct);
    }
}
