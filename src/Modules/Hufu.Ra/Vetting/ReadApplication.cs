using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Ra.Sources;
using Hufu.Ra.Types;

namespace Hufu.Ra.Vetting;

/// <summary>Shows clerk and vetter what they are about to sign for: data and papers of an application that waits for one of them. Each look is a signed act (6.4.2-a, 7.2.4-a).</summary>
internal sealed class ReadApplication(RaDesk desk)
{
    private const int PurposeLimit = 200;

    /// <summary>The data, and which papers there are.</summary>
    [Clause("6.1.3.2-f")]
    public Task<ApplicationFile> RunAsync(string id, ActRequest request, CancellationToken ct)
    {
        ApplicationRow row = null!;
        return desk.Context.Acts.RunAsync<ReadingPurpose, ApplicationFile>(
            request,
            ActNames.RaApplicationRead,
            reading => Expected(id, reading, found => row = found),
            (session, act, reading) =>
            {
                RaDesk.MustBeInReach(session, row, act.Person.PersonId);
                desk.NoteLook(act, ActNames.RaApplicationRead, reading.Purpose);
                var fields = SealedFields.Open(desk.Cipher, row);
                return new ApplicationFile(
                    id, row.Profile, fields, PaperStore.Of(session, id), row.RenewalOf, row.StateText(),
                    [.. desk.Form(row.Profile).ChecksFor(fields, row.VettedAsRenewal).Select(ListForms.Text)], AskSource.Of(session, desk, id), StepStore.Of(session, desk.Cipher, id),
                    AskSource.ToAsk(desk, fields));
            },
            ct);
    }

    /// <summary>One paper, as it was handed in; its digest is checked on reading.</summary>
    [Clause("6.1.3.2-f")]
    public async Task<(byte[] Content, string MediaType)> RunAsync(string id, string kind, ActRequest request, CancellationToken ct)
    {
        ApplicationRow row = null!;
        var paper = await desk.Context.Acts.RunAsync<ReadingPurpose, EvidenceStored>(
            request,
            ActNames.RaApplicationRead,
            reading => Expected(id, reading, found => row = found),
            (session, act, reading) =>
            {
                RaDesk.MustBeInReach(session, row, act.Person.PersonId);
                desk.NoteLook(act, ActNames.RaApplicationRead, reading.Purpose);
                act.Detail["evidence"] = kind[..Math.Min(kind.Length, 64)];
                return PaperStore.Of(session, id).FirstOrDefault(paper => paper.Kind == kind) ?? throw new RefusedException(RefusalCode.UnknownObject, "No such paper was handed in.", "kind");
            },
            ct);
        return (await desk.Context.Evidence.GetAsync(paper.Digest, ct), paper.MediaType);
    }

    private static ExpectedAct Expected(string id, ReadingPurpose reading, Action<ApplicationRow> found)
    {
        if (reading.Purpose.Trim().Length is 0 or > PurposeLimit)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"1 to {PurposeLimit} characters.", "purpose");
        }

        return new ExpectedAct(ActNames.RaApplicationRead, $"application/{id}", session =>
        {
            var row = ApplicationStore.Get(session, id);
            ApplicationStore.MustBe(row, ApplicationState.Submitted, ApplicationState.Entered, ApplicationState.Excepted);
            found(row);
            return row.StateText();
        });
    }
}
