using System.Text.Json.Nodes;
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
            var papers = PaperStore.Digests(session, id);
            var missing = desk.HolderProfile(row.Profile).Evidence.Where(kind => !papers.ContainsKey(kind.Id)).Select(kind => $"{kind.Zh} ({kind.Id})").ToList();
            if (missing.Count != 0)
            {
                throw new RefusedException(RefusalCode.EvidenceMissing, string.Join("; ", missing), "evidence");
            }

            var now = desk.Now;
            row.DueAt = now + (long)desk.Context.Policy.Values.AnswerWithin.TotalMilliseconds;

            // R06: from here on clerk and vetter sign for exactly these papers.
            row.DataDigest = ApplicationData.Digest(row.Profile, SealedFields.Open(desk.Cipher, row), row.Request, papers);
            session.Execute("UPDATE ra_applications SET due_at = @DueAt, data_digest = @DataDigest WHERE id = @Id", new { row.DueAt, row.DataDigest, row.Id });
            ApplicationStore.Move(session, row, ApplicationState.Submitted, now);
            StepStore.Add(session, desk.Cipher, id, "submitted", "applicant", null, now);
            desk.Record(session, "applicant", "ra.application.submit", id, LedgerOutcome.Done, new JsonObject { ["data"] = row.DataDigest, ["papers"] = papers.Count });
            return row.ToStatus();
        },
        ct);
}
