using System.Net.Http.Headers;
using System.Net.Http.Json;
using Hufu.Contracts;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>What comes back is corrected and goes to entry again; what is not wanted is withdrawn; half-filled forms wait behind a secret.</summary>
public sealed class CorrectionTests
{
    [Fact]
    [Clause("6.2.1.3-a")]
    public async Task A_refused_application_is_corrected_and_goes_back_to_entry_with_the_reasons()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), other = new();
        var filed = await office.SubmitAsync(applicant);
        var fields = Applicant.Fields();
        fields["agentName"] = "孙经办";
        Assert.Equal("state-wrong", await CorrectAsync(office, filed, new Correction(fields)));
        await office.EnterAsync(filed);
        await office.DecideAsync(filed, office.Decision(filed, RaOffice.Rejection("经办人与授权书不符")));

        // The same checks as the first time, and the token.
        Assert.Equal("access-token-wrong", await CorrectAsync(office, filed with { Token = new string('0', 32) }, new Correction(fields)));
        Assert.Equal("checksum-wrong", await CorrectAsync(office, filed, new Correction(new Dictionary<string, string>(fields) { ["creditCode"] = "91110108MA01HF2610" })));
        Assert.Equal("possession-not-proven", await CorrectAsync(office, filed, new Correction(fields, Applicant.RequestBy(BadSigner.OtherKey()))));
        var (taken, _) = await office.IssuedAsync(other);
        Assert.Equal("key-reused", await CorrectAsync(office, filed, new Correction(fields, taken.Request)));

        // Another agent and another key; what was signed before counts for nothing.
        using var spare = new Applicant();
        var request = spare.Request();
        Assert.Null(await CorrectAsync(office, filed, new Correction(fields, request)));
        Assert.Null(await RaOffice.CodeOf(await office.SubmitAsync(filed)));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.EnterAsync(filed)));
        var corrected = filed with { Fields = fields, Request = request };
        using var answer = await office.Site.PostAsync(
            $"/api/ra/applications/{filed.Id}/reading",
            office.Clerk.Act(Rooms.Ra, ActNames.RaApplicationRead, $"application/{filed.Id}", new ReadingPurpose("录入"), office.Clock.GetUtcNow(), $"submitted/{corrected.Digest}"));
        var file = (await answer.Content.ReadFromJsonAsync<ApplicationFile>(ContractJson.Options, RaOffice.Ct))!;
        Assert.Equal("孙经办", file.Fields["agentName"]);
        Assert.Equal(["created", "submitted", "entered", "refused", "corrected", "submitted"], file.History.Select(step => step.What));
        Assert.Equal("经办人与授权书不符", file.History[3].Note);
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(corrected)));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(corrected)));
        await office.UntilStateAsync(corrected, ApplicationState.Issued);
        Assert.Equal(request, office.Ca.Orders.Last().Request);
    }

    [Fact]
    public async Task R06_papers_are_part_of_what_is_signed()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        var entry = office.Entry(filed);

        // Whoever gets at the database and puts another paper under a vetted application changes what the CA is told.
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed, entry)));
        await office.WriteAsync(session => session.Execute("UPDATE ra_evidence SET digest = @Digest WHERE kind = 'licence'", new { Digest = new string('0', 64) }));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed)));
        await office.UntilAsync(() => Task.FromResult(!office.Ca.Orders.IsEmpty), "the order");
        var order = office.Ca.Orders.Single();
        Assert.NotEqual(filed.Digest, ApplicationData.Digest(order.Profile, order.Fields, order.Request, order.Papers));
    }

    [Fact]
    public async Task An_application_is_withdrawn_before_it_is_approved_and_its_key_is_free_again()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), late = new();
        var filed = await office.SubmitAsync(applicant);
        await office.EnterAsync(filed);
        Assert.Equal("key-reused", await office.Site.RefusedAsync("/api/ra/applications", applicant.Application()));
        Assert.Equal("access-token-wrong", await PostAsync(office, filed with { Token = new string('0', 32) }, "withdrawal", new Withdrawal()));
        Assert.Equal("too-large", await PostAsync(office, filed, "withdrawal", new Withdrawal(new string('长', 501))));
        Assert.Null(await PostAsync(office, filed, "withdrawal", new Withdrawal("改由总公司申请")));
        Assert.Equal("Withdrawn", await office.StateAsync(filed));
        Assert.Equal("state-wrong", await PostAsync(office, filed, "withdrawal", new Withdrawal()));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.DecideAsync(filed)));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.SubmitAsync(filed)));
        Assert.Equal(0, (await office.QueueAsync(office.Vetter, ApplicationState.Entered)).Page!.Total);
        Assert.NotEmpty((await office.ApplyAsync(applicant.Application())).Id);
        var approved = await office.ApprovedAsync(late);
        Assert.Equal("state-wrong", await PostAsync(office, approved, "withdrawal", new Withdrawal()));
    }

    [Fact]
    public async Task A_draft_waits_behind_its_secret_and_is_gone_after_its_time()
    {
        await using var office = await RaOffice.OpenAsync();
        var half = new FormDraft("organisation", new Dictionary<string, string> { ["organisationName"] = "还没填完", ["agentIdentityNumber"] = Applicant.AgentIdentityNumber[..10] });
        var saved = await office.Site.PostAsync<FormDraft, DraftSaved>("/api/ra/drafts", half);
        Assert.Equal($"http://127.0.0.1:8080/apply/draft/{saved.Id}#{saved.Secret}", saved.Link);
        Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/drafts", half with { Fields = new Dictionary<string, string> { ["colour"] = "red" } }));
        Assert.Equal("profile-unknown", await office.Site.RefusedAsync("/api/ra/drafts", half with { Profile = "administrator" }));
        Assert.Equal("too-large", await office.Site.RefusedAsync("/api/ra/drafts", half with { Fields = new Dictionary<string, string> { ["organisationName"] = new string('长', 600) } }));

        Assert.Equal("access-token-wrong", await RaOffice.CodeOf(await DraftAsync(HttpMethod.Get, saved.Id, new string('0', 32))));
        Assert.Equal("access-token-wrong", await RaOffice.CodeOf(await DraftAsync(HttpMethod.Get, "D0", saved.Secret)));
        Assert.Equal(half.Fields, await ReadAsync());
        var more = half with { Fields = new Dictionary<string, string>(half.Fields) { ["city"] = "北京市" } };
        office.Clock.Advance(TimeSpan.FromDays(29));
        Assert.Null(await RaOffice.CodeOf(await DraftAsync(HttpMethod.Put, saved.Id, saved.Secret, more)));
        office.Clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal(more.Fields, await ReadAsync());
        office.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("access-token-wrong", await RaOffice.CodeOf(await DraftAsync(HttpMethod.Get, saved.Id, saved.Secret)));

        // The next one that is saved sweeps the old away; one that is forgotten is gone.
        saved = await office.Site.PostAsync<FormDraft, DraftSaved>("/api/ra/drafts", half);
        Assert.Equal(1, await office.CountAsync("ra_drafts"));
        Assert.Null(await RaOffice.CodeOf(await DraftAsync(HttpMethod.Delete, saved.Id, saved.Secret)));
        Assert.Equal(0, await office.CountAsync("ra_drafts"));

        async Task<HttpResponseMessage> DraftAsync(HttpMethod method, string id, string secret, FormDraft? body = null)
        {
            using var request = new HttpRequestMessage(method, $"/api/ra/drafts/{id}") { Content = body is null ? null : JsonContent.Create(body, options: ContractJson.Options) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
            return await office.Site.Client.SendAsync(request, RaOffice.Ct);
        }

        async Task<IReadOnlyDictionary<string, string>> ReadAsync()
        {
            using var answer = await DraftAsync(HttpMethod.Get, saved.Id, saved.Secret);
            return (await answer.Content.ReadFromJsonAsync<DraftFile>(ContractJson.Options, RaOffice.Ct))!.Fields;
        }
    }

    [Fact]
    [Clause("6.2.3.2-a")]
    public async Task A_lost_code_is_made_anew_by_an_act_and_the_old_one_is_void()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var (filed, code) = await office.IssuedAsync(applicant);
        var serial = (await office.StatusAsync(filed)).SigningSerial!;
        for (var i = 0; i < 5; i++)
        {
            await office.FetchRefusedAsync(filed, "ABCD-EFGH-JKLM-NPQR");
        }

        Assert.Equal("tries-exhausted", await office.FetchRefusedAsync(filed, code));
        Assert.Equal("state-wrong", await RenewAsync("issued/00", office.Vetter));
        Assert.Equal("role-missing", await RenewAsync($"issued/{serial}", await office.InRoleAsync(Roles.Auditor, "钱审计")));
        Assert.Equal("field-invalid", await RenewAsync($"issued/{serial}", office.Vetter, new CodeRenewal("邮件丢失", " ")));
        Assert.Null(await RenewAsync($"issued/{serial}", office.Vetter));
        var second = await NextCodeAsync(code);
        Assert.Equal("code-wrong", await office.FetchRefusedAsync(filed, code));
        var pair = await office.FetchAsync(filed, second);

        // The answer was lost on the way: not confirmed, so another code brings the same pair again, and it is accepted once.
        Assert.Null(await RenewAsync($"accepted/{serial}", office.Clerk));
        var third = await NextCodeAsync(code, second);
        var again = await office.FetchAsync(filed, third);
        Assert.Equal(pair.SigningCertificate, again.SigningCertificate);
        Assert.Equal("code-wrong", await RaOffice.CodeOf(await office.Site.PostAsync($"/api/ra/applications/{filed.Id}/acceptance", new AcceptPair(pair.ReceiptToken, null))));
        await office.AcceptAsync(filed, again, applicant.Signer);
        Assert.Equal(1, await office.CountAsync("outbox_item", "kind = 'fact:CertificateAccepted' AND destination = 'publishing'"));
        Assert.Equal("state-wrong", await RenewAsync($"accepted/{serial}", office.Vetter));

        Task<string?> RenewAsync(string state, TestPerson by, CodeRenewal? renewal = null) => office.Site.RefusedAsync(
            $"/api/ra/applications/{filed.Id}/code",
            by.Act(Rooms.Ra, ActNames.RaCodeRenew, $"application/{filed.Id}", renewal ?? new CodeRenewal("邮件丢失", "电话回拨登记号码，核对身份证号后四位"), office.Clock.GetUtcNow(), state));

        async Task<string> NextCodeAsync(params string[] known)
        {
            string? found = null;
            await office.UntilAsync(
                () => Task.FromResult((found = office.Mails(filed.Id).Where(mail => mail.Contains("Code: ", StringComparison.Ordinal)).Select(RaOffice.CodeIn).FirstOrDefault(one => !known.Contains(one))) is not null), "another code");
            return found!;
        }
    }

    [Fact]
    [Clause("6.2.4.1-a")]
    public async Task Taking_the_medium_at_the_counter_is_acceptance()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var (filed, code) = await office.IssuedAsync(applicant);
        var serial = (await office.StatusAsync(filed)).SigningSerial!;
        Assert.Equal("role-missing", await office.Site.RefusedAsync(Path(), Act(office.Vetter, new HandOver("赵经办", "身份证原件"))));
        Assert.Equal("field-invalid", await office.Site.RefusedAsync(Path(), Act(office.Clerk, new HandOver("赵经办", "身份证原件", Receipt: "receipt"))));
        var pair = await office.Site.PostAsync<ActRequest, FetchedPair>(Path(), Act(office.Clerk, new HandOver("赵经办", "身份证原件", Medium: "UK-0001", Travel: new MediumTravel(MediumKind.UsbKey, MediumWay.InSight))));
        applicant.Import(pair);
        Assert.Equal("Accepted", await office.StateAsync(filed));
        Assert.Equal("code-used", await office.FetchRefusedAsync(filed, code));
        Assert.Equal("state-wrong", await office.Site.RefusedAsync(Path(), Act(office.Clerk, new HandOver("赵经办", "身份证原件"))));
        Assert.Equal(1, await office.CountAsync("ra_deliveries", "medium = 'UK-0001' AND accepted_at IS NOT NULL"));
        Assert.Equal(1, await office.CountAsync("outbox_item", "kind = 'fact:CertificateAccepted' AND destination = 'publishing'"));

        string Path() => $"/api/ra/applications/{filed.Id}/hand-over";

        ActRequest Act(TestPerson by, HandOver handed) => by.Act(Rooms.Ra, ActNames.RaPairHandOver, $"application/{filed.Id}", handed, office.Clock.GetUtcNow(), $"issued/{serial}");
    }

    [Fact]
    [Clause("7.2.4-a")]
    public async Task The_identifier_at_rest_cannot_be_guessed_and_is_the_same_for_the_same_holder()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), again = new();
        var first = await office.DraftAsync(applicant);
        await office.ReopenAsync();
        var second = await office.DraftAsync(again);
        var stored = await office.ReadAsync(session => session.Query<string>("SELECT DISTINCT holder FROM ra_applications"));
        var plain = Hufu.Governance.HolderIdentifier.Of(office.Context.Policy.HolderProfile("organisation"), Applicant.Fields());
        Assert.NotEqual(plain, Assert.Single(stored));
        Assert.NotEqual(first.Id, second.Id);

        // What travels to the CA in the sealed order is the plain one, which both sides compute.
        using var third = new Applicant();
        await office.ApprovedAsync(third);
        await office.UntilAsync(() => Task.FromResult(!office.Ca.Orders.IsEmpty), "the order");
        Assert.Equal(plain, office.Ca.Orders.Single().HolderIdentifier);
    }

    private static Task<string?> CorrectAsync(RaOffice office, Filed filed, Correction correction) => PostAsync(office, filed, "correction", correction);

    private static async Task<string?> PostAsync<T>(RaOffice office, Filed filed, string what, T body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/ra/applications/{filed.Id}/{what}") { Content = JsonContent.Create(body, options: ContractJson.Options) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", filed.Token);
        return await RaOffice.CodeOf(await office.Site.Client.SendAsync(request, RaOffice.Ct));
    }
}
