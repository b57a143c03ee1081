using Hufu.Contracts;
using Hufu.Demo.Scene;

namespace Hufu.Demo.Steps;

/// <summary>What every application of the story goes through: form, papers, submission, entry, vetting, issue, mail, fetch.</summary>
internal static class Applying
{
    public static async Task<ApplicationCreated> SubmitAsync(Stage stage, string profile, IReadOnlyDictionary<string, string> fields, byte[] request, string challengePhrase)
    {
        var agreement = await stage.Platform.GetAsync<Agreement>("/api/ra/agreement");
        var created = await stage.Platform.PostAsync<ApplicationCreated>(
            "/api/ra/applications", new NewApplication(profile, fields, request, challengePhrase, agreement.Version, AgreementAccepted: true, Publish: true));
        await HandInAsync(stage, created);
        return created;
    }

    public static async Task HandInAsync(Stage stage, ApplicationCreated created)
    {
        var seed = 0;
        foreach (var kind in created.EvidenceMissing)
        {
            await stage.Platform.PutFileAsync<EvidenceStored>(
                $"/api/ra/applications/{created.Id}/evidence/{kind}", Scans.Paper(seed++, sealedInRed: kind.Contains("authorisation", StringComparison.Ordinal)), created.AccessToken);
        }

        await stage.Platform.PostAsync<ApplicationStatus>($"/api/ra/applications/{created.Id}/submission", new { }, created.AccessToken);
    }

    /// <summary>Reads the queue of a state and finds the application's row in it.</summary>
    public static async Task<QueueRow> FindAsync(Stage stage, Person person, ApplicationState state, string id)
    {
        var name = state == ApplicationState.Submitted ? "submitted" : "entered";
        var queue = await stage.Platform.ActAsync<QueuePage>(person, Rooms.Ra, "/api/ra/queue", ActNames.RaQueueRead, $"queue/{name}", "-", new QueueQuery(state, 100));
        return queue.Rows.Single(row => row.Id == id);
    }

    /// <summary>Reads what is to be signed for: the data, and every paper against its digest.</summary>
    public static async Task<ApplicationFile> ReadAsync(Stage stage, Person person, QueueRow row)
    {
        var purpose = new ReadingPurpose("录入或审核前查看");
        var file = await stage.Platform.ActAsync<ApplicationFile>(
            person, Rooms.Ra, $"/api/ra/applications/{row.Id}/reading", ActNames.RaApplicationRead, $"application/{row.Id}", row.StateToSign, purpose);
        foreach (var paper in file.Evidence)
        {
            var content = await stage.Platform.ActForBytesAsync(
                person, Rooms.Ra, $"/api/ra/applications/{row.Id}/evidence/{paper.Kind}/reading", ActNames.RaApplicationRead, $"application/{row.Id}", row.StateToSign, purpose);
            if (ActStatement.Digest(content) != paper.Digest)
            {
                throw new InvalidDataException($"The paper {paper.Kind} is not the one that was handed in.");
            }
        }

        return file;
    }

    public static Task<ApplicationStatus> EnterAsync(Stage stage, Person clerk, QueueRow row) => stage.Platform.ActAsync<ApplicationStatus>(
        clerk, Rooms.Ra, $"/api/ra/applications/{row.Id}/entry", ActNames.RaApplicationEnter, $"application/{row.Id}", row.StateToSign, new EntryRecord("材料齐全，与申请表一致。"));

    public static async Task<ApplicationStatus> ApproveAsync(Stage stage, Person vetter, QueueRow row)
    {
        var (id, profile) = (row.Id, row.Profile);
        var types = await stage.Platform.GetAsync<IReadOnlyList<CertificateType>>("/api/ra/types");
        var checks = types.Single(type => type.Profile == profile).Checks;
        var decision = new VettingDecision(Approve: true, [.. checks.Select(check => new CheckFinding(check, Passed: true, "核对原件并回拨登记机关公开的电话。"))], Reason: null);
        return await stage.Platform.ActAsync<ApplicationStatus>(
            vetter, Rooms.Ra, $"/api/ra/applications/{id}/decision", ActNames.RaApplicationApprove, $"application/{id}", row.StateToSign, decision);
    }

    /// <summary>Clerk and vetter, one after the other; then the CA.</summary>
    public static async Task<ApplicationStatus> VetAndIssueAsync(Stage stage, ApplicationCreated application)
    {
        await EnterAsync(stage, stage.Clerk, await FindAsync(stage, stage.Clerk, ApplicationState.Submitted, application.Id));
        await ApproveAsync(stage, stage.Vetter, await FindAsync(stage, stage.Vetter, ApplicationState.Entered, application.Id));
        return await WaitAsync(stage, application, ApplicationState.Issued);
    }

    public static async Task<ApplicationStatus> WaitAsync(Stage stage, ApplicationCreated application, ApplicationState state)
    {
        Patience patience = new();
        do
        {
            var status = await stage.Platform.GetAsync<ApplicationStatus>($"/api/ra/applications/{application.Id}", application.AccessToken);
            if (status.State == state)
            {
                return status;
            }

            if (status.State == ApplicationState.Refused)
            {
                throw new InvalidOperationException($"The application was refused: {status.Reason}");
            }
        }
        while (await patience.WaitAsync());

        throw new TimeoutException($"Application {application.Id} did not become {state} within {Patience.Words}.");
    }

    public static async Task<FetchedPair> FetchAsync(Stage stage, ApplicationCreated application, string email)
    {
        var mail = await stage.Mailbox.NextAsync(email, application.Id);
        return await stage.Platform.PostAsync<FetchedPair>($"/api/ra/applications/{application.Id}/fetch", new FetchPair(Mailbox.CodeIn(mail)));
    }

    public static Task<ApplicationStatus> AcceptAsync(Stage stage, string application, FetchedPair pair, byte[]? signature) =>
        stage.Platform.PostAsync<ApplicationStatus>($"/api/ra/applications/{application}/acceptance", new AcceptPair(pair.ReceiptToken, signature));
}
