using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Ra.Fees;
using Hufu.Ra.Renewal;
using Hufu.Records;

namespace Hufu.Ra.Applications;

/// <summary>Hands a complete application in: from then on the clock of 6.2.2.3-a runs.</summary>
internal sealed class SubmitApplication(RaDesk desk)
{
    [Clause("6.2.1.1-b")]
    public Task<ApplicationStatus> RunAsync(string id, string? authorization, CancellationToken ct) => desk.Context.Database.WriteAsync(
        session =>
        {
            var row = ApplicationStore.Get(session, id);
            AccessToken.MustMatch(row, authorization);
            return Submit(session, row);
        },
        ct);

    /// <exception cref="RefusedException">StateWrong, EvidenceMissing.</exception>
    [Clause("6.1.3.2-b")]
    [Clause("6.2.2.3-a")]
    public ApplicationStatus Submit(Session session, ApplicationRow row)
    {
        var id = row.Id;
        ApplicationStore.MustBe(row, ApplicationState.Draft, ApplicationState.Refused);
        CreateRenewal.MustBeTheOnlyOne(session, row);
        CreateRenewal.MustStillBeGood(session, row);
        desk.Keys.MustStillFit(row);
        var papers = PaperStore.Digests(session, id);
        var fields = SealedFields.Open(desk.Cipher, row);
        var missing = desk.Form(row.Profile).DocumentsFor(fields).Where(paper => !papers.ContainsKey(paper.Id)).Select(paper => $"{paper.Zh} ({paper.Id})")
            .Concat(PaperStore.Asked(session, id).Where(kind => !papers.ContainsKey(kind))).ToList();
        if (missing.Count != 0)
        {
            throw new RefusedException(RefusalCode.EvidenceMissing, string.Join("; ", missing), "evidence");
        }

        var now = desk.Now;
        row.DueAt = desk.AnswerBy();

        // R06: from here on clerk and vetter sign for exactly these papers.
        row.DataDigest = ApplicationData.Digest(row.Profile, fields, row.Request, papers, row.OrderedRenewalOf);
        session.Execute("UPDATE ra_applications SET due_at = @DueAt, data_digest = @DataDigest WHERE id = @Id", new { row.DueAt, row.DataDigest, row.Id });
        desk.Move(session, row, ApplicationState.Submitted, now);
        HandleFees.Open(session, desk, row);
        StepStore.Add(session, desk.Cipher, id, "submitted", "applicant", null, now);
        desk.Record(session, "applicant", "ra.application.submit", id, LedgerOutcome.Done, new JsonObject { ["data"] = row.DataDigest, ["papers"] = papers.Count });
        return row.ToStatus();
    }
}
