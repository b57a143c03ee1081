using Hufu.Contracts;
using Hufu.Ra.Renewal;
using Hufu.Records;

namespace Hufu.Ra.Applications;

/// <summary>Hands a complete application in: from then on the clock of 6.2.2.3-a runs.</summary>
internal sealed class SubmitApplication(RaDesk desk)
{
    [Clause("6.1.3.2-b")]
    [Clause("6.2.2.3-a")]
    public Task<ApplicationStatus> RunAsync(string id, string? authorization, CancellationToken ct) => desk.Context.Database.WriteAsync(
        session =>
        {
            var row = ApplicationStore.Get(session, id);
            AccessToken.MustMatch(row, authorization);
            ApplicationStore.MustBe(row, ApplicationState.Draft, ApplicationState.Refused);
            CreateRenewal.MustBeTheOnlyOne(session, row);
            CreateRenewal.MustStillBeGood(session, row);
            var there = session.Query<string>("SELECT kind FROM ra_evidence WHERE application = @Id LIMIT 100", new { Id = id });
            var missing = desk.HolderProfile(row.Profile).Evidence.Where(kind => !there.Contains(kind.Id)).Select(kind => $"{kind.Zh} ({kind.Id})").ToList();
            if (missing.Count != 0)
            {
                throw new RefusedException(RefusalCode.EvidenceMissing, string.Join("; ", missing), "evidence");
            }

            var now = desk.Now;
            row.DueAt = now + (long)desk.Context.Policy.Values.AnswerWithin.TotalMilliseconds;
            session.Execute("UPDATE ra_applications SET due_at = @DueAt WHERE id = @Id", new { row.DueAt, row.Id });
            ApplicationStore.Move(session, row, ApplicationState.Submitted, now);
            desk.Record(session, "applicant", "ra.application.submit", id, LedgerOutcome.Done);
            return row.ToStatus();
        },
        ct);
}
