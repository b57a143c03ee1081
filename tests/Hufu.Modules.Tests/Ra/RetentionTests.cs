using System.Text;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Papers and letters are kept for their period, archived, and then destroyed by three people; what is still needed stays.</summary>
public sealed class RetentionTests
{
    [Fact]
    [Clause("6.6.1.5-b")]
    [Clause("6.6.1.5-a")]
    public async Task Papers_are_destroyed_ten_years_after_the_end_by_three_people_and_only_when_archived()
    {
        await using var office = await RaOffice.OpenAsync();
        using TestPerson administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务"), auditor = await office.InRoleAsync(Roles.Auditor, "钱审计");
        using Applicant one = new(), two = new(), needed = new(), alive = new();
        Filed ended = await office.SubmitAsync(one), shared = await office.SubmitAsync(two), open = await office.SubmitAsync(needed), living = await office.SubmitAsync(alive);
        await office.UntilAsync(async () => await office.CountAsync("ra_notices", "letter = ''") == 0, "every letter printed");

        // A paper of its own beside those that all of them have handed in.
        var own = Encoding.ASCII.GetBytes("%PDF-1.7\n1 0 obj << /Type /Catalog /Own true >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n");
        await office.WriteAsync(session => session.Execute("UPDATE ra_applications SET state = 'Draft' WHERE id = @Id", new { ended.Id }));
        Assert.Null(await RaOffice.CodeOf(await office.PutAsync(ended, "licence", own)));
        var ownDigest = ActStatement.Digest(own);
        var sharedDigest = ActStatement.Digest(RaOffice.Pdf);

        // Nothing is due, whatever the archive holds: a period that has not ended.
        var recent = office.Clock.GetUtcNow().AddYears(-10).AddDays(1).ToUnixTimeMilliseconds();
        await EndAsync(recent);
        await PackAsync();
        Assert.Equal("unknown-object", await office.Site.RefusedAsync("/api/ra/destructions", Propose(office.Vetter)));

        // The period has ended, for two of them beyond what the archive holds by its last package: archived first.
        await office.WriteAsync(session => session.Execute("DELETE FROM hosting_archive_packages"));
        await EndAsync(office.Clock.GetUtcNow().AddYears(-10).AddDays(-1).ToUnixTimeMilliseconds());
        Assert.Equal("unknown-object", await office.Site.RefusedAsync("/api/ra/destructions", Propose(office.Vetter)));
        var package = await PackAsync();
        Assert.Equal(ArchiveVerdict.Whole, ArchiveVerifier.Verify(Path.Combine(office.Context.DataDirectory, "archive", package.Id)).Verdict);
        Assert.Equal("state-wrong", await office.Site.RefusedAsync("/api/ra/archive/packages", Making()));

        // A case keeps the third.
        await office.WriteAsync(session => session.Execute(
            "INSERT INTO ra_cases (id, kind, state, application, serial, asker, asked_at, due_at, reason, entered_by) VALUES ('C1', 'Recovery', 'Entered', @Id, 's', 'Authority', 0, 0, @Nothing, 'P0001')",
            new { open.Id, Nothing = new byte[] { 0 } }));
        Assert.Equal("role-missing", await office.Site.RefusedAsync("/api/ra/destructions", Propose(administrator)));
        Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/destructions", Propose(office.Vetter, 0)));
        var proposal = await office.Site.PostAsync<ActRequest, PaperDestruction>("/api/ra/destructions", Propose(office.Vetter));
        Assert.Equal(new[] { ended.Id, shared.Id }.Order(StringComparer.Ordinal), proposal.Applications);
        Assert.Equal($"proposed/{ActStatement.Digest(Encoding.ASCII.GetBytes(string.Concat(proposal.Applications.Select(id => id + "\n"))))}", proposal.StateToSign);

        // The list is kept: read by whoever approves and whoever witnesses, with what has come up since.
        var file = await FileAsync(administrator);
        Assert.Equal((PaperDestructionState.Proposed, proposal.StateToSign, 2L, "保存期满"), (file.Row.State, file.Row.StateToSign, file.Row.Applications, file.Row.Reason));
        Assert.Equal(proposal.Applications, file.Items.Select(item => item.Application));
        Assert.Equal(proposal.Papers, file.Items.Sum(item => item.Papers));
        Assert.All(file.Items, item => Assert.Equal((true, "organisation", ApplicationState.Withdrawn), (item.Due, item.Profile, item.State)));
        Assert.Single(file.Hands);
        Assert.Equal(proposal.Id, Assert.Single((await ListAsync(PaperDestructionState.Proposed, auditor)).Rows).Id);
        Assert.Empty((await ListAsync(PaperDestructionState.Destroyed, auditor)).Rows);
        Assert.Equal("unknown-object", await office.Site.RefusedAsync("/api/ra/destructions/D0/reading", auditor.Act(Rooms.Ra, ActNames.RaPapersRead, "papers/D0", new ReadingPurpose("x"), office.Clock.GetUtcNow())));

        // In order, by others, each over the same list.
        Assert.Equal("state-wrong", await StepAsync("destruction", ActNames.RaPapersDestroy, auditor, proposal.StateToSign));
        Assert.Equal("role-missing", await StepAsync("approval", ActNames.RaPapersApprove, office.Vetter, proposal.StateToSign));
        Assert.Equal("state-wrong", await StepAsync("approval", ActNames.RaPapersApprove, administrator, "proposed/" + new string('0', 64)));
        Assert.Null(await StepAsync("approval", ActNames.RaPapersApprove, administrator, proposal.StateToSign));
        Assert.Equal("state-wrong", await StepAsync("approval", ActNames.RaPapersApprove, administrator, proposal.StateToSign));
        Assert.NotEmpty(await office.Context.Evidence.GetAsync(ownDigest, RaOffice.Ct));
        var approved = proposal.StateToSign.Replace("proposed", "approved", StringComparison.Ordinal);
        var done = await office.Site.PostAsync<ActRequest, PaperDestruction>($"/api/ra/destructions/{proposal.Id}/destruction", Step(ActNames.RaPapersDestroy, auditor, approved));
        Assert.Equal("destroyed", done.State);
        Assert.True(done.Papers >= 3);
        var last = await FileAsync(auditor);
        Assert.Equal((PaperDestructionState.Destroyed, 0L, 3), (last.Row.State, last.Items.Sum(item => item.Papers), last.Hands.Count));
        Assert.Equal(done.StateToSign, Assert.Single((await ListAsync(PaperDestructionState.Destroyed, auditor)).Rows).StateToSign);

        // Gone: the row and the file that nobody else names. There: the others' papers, the record, and the archive's copy.
        Assert.Equal(0, await office.CountAsync("ra_evidence", $"application = '{ended.Id}'"));
        await Assert.ThrowsAsync<EvidenceException>(() => office.Context.Evidence.GetAsync(ownDigest, RaOffice.Ct));
        Assert.NotEmpty(await office.Context.Evidence.GetAsync(sharedDigest, RaOffice.Ct));
        Assert.Equal(2, await office.CountAsync("ra_evidence", $"application = '{open.Id}'"));
        Assert.Equal(2, await office.CountAsync("ra_evidence", $"application = '{living.Id}'"));
        Assert.Equal(2, await office.CountAsync("ra_applications", "papers_destroyed_at IS NOT NULL"));
        Assert.Equal(0, await office.CountAsync("ra_erasures"));
        Assert.Equal(2, (await office.LedgerAsync()).Count(line => line.GetProperty("act").GetString() == "ra.papers.destroyed"));
        Assert.Equal("unknown-object", await office.Site.RefusedAsync("/api/ra/destructions", Propose(office.Vetter)));

        Task<PaperDestructionFile> FileAsync(TestPerson by) => office.Site.PostAsync<ActRequest, PaperDestructionFile>(
            $"/api/ra/destructions/{proposal.Id}/reading", by.Act(Rooms.Ra, ActNames.RaPapersRead, $"papers/{proposal.Id}", new ReadingPurpose("核对清单"), office.Clock.GetUtcNow()));

        Task<PaperDestructionPage> ListAsync(PaperDestructionState state, TestPerson by) => office.Site.PostAsync<ActRequest, PaperDestructionPage>(
            "/api/ra/destructions/reading", by.Act(Rooms.Ra, ActNames.RaPapersRead, $"destructions/{state.ToString().ToLowerInvariant()}", new PaperDestructionQuery(state, 1, "核对清单"), office.Clock.GetUtcNow()));

        async Task EndAsync(long at) => await office.WriteAsync(session => session.Execute("UPDATE ra_applications SET state = 'Withdrawn', ended_at = @at, waiting_since = @at WHERE id <> @Id", new { at, living.Id }));

        ActRequest Making() => administrator.Act(Rooms.Ra, ActNames.ArchiveMake, "archive/evidence", new ArchiveMaking("evidence", "月度归档"), office.Clock.GetUtcNow());

        Task<ArchiveRow> PackAsync() => office.Site.PostAsync<ActRequest, ArchiveRow>("/api/ra/archive/packages", Making());

        ActRequest Propose(TestPerson by, int most = 100) => by.Act(Rooms.Ra, ActNames.RaPapersPropose, "papers/new", new NewPaperDestruction(most, "保存期满"), office.Clock.GetUtcNow());

        ActRequest Step(string act, TestPerson by, string state) => by.Act(Rooms.Ra, act, $"papers/{proposal.Id}", new PaperDestructionStep("已核对清单"), office.Clock.GetUtcNow(), state);

        Task<string?> StepAsync(string path, string act, TestPerson by, string state) => office.Site.RefusedAsync($"/api/ra/destructions/{proposal.Id}/{path}", Step(act, by, state));
    }

    [Fact]
    [Clause("6.2.1.2-a")]
    [Clause("6.6.1.5-b")]
    public async Task A_draft_that_is_never_submitted_is_withdrawn_in_time_archived_and_destroyed_like_any_other()
    {
        await using var office = await RaOffice.OpenAsync();
        using TestPerson administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务"), auditor = await office.InRoleAsync(Roles.Auditor, "钱审计");
        using Applicant slow = new(), late = new(), quick = new();
        Filed old = await office.DraftAsync(slow), young = await office.DraftAsync(late), submitted = await office.SubmitAsync(quick);
        foreach (var draft in new[] { old, young })
        {
            Assert.Null(await RaOffice.CodeOf(await office.PutAsync(draft, "licence", RaOffice.Pdf)));
            Assert.Null(await RaOffice.CodeOf(await office.PutAsync(draft, "authorisation", RaOffice.Pdf)));
        }

        await office.UntilAsync(async () => await office.CountAsync("ra_notices", "letter = ''") == 0, "every letter printed");
        Assert.Equal(2, await office.CountAsync("ra_evidence", $"application = '{old.Id}'"));

        // All but the first are far younger than the life of a draft: the clock goes on by a minute at every look.
        var now = office.Clock.GetUtcNow();
        await office.WriteAsync(session =>
        {
            session.Execute("UPDATE ra_applications SET waiting_since = @At WHERE id = @Id", new { old.Id, At = now.AddDays(-30).ToUnixTimeMilliseconds() });
            session.Execute("UPDATE ra_applications SET waiting_since = @At WHERE id <> @Id", new { old.Id, At = now.AddDays(-10).ToUnixTimeMilliseconds() });
        });
        await office.UntilStateAsync(old, ApplicationState.Withdrawn, TimeSpan.FromMinutes(1));
        Assert.Equal(nameof(ApplicationState.Draft), await office.StateAsync(young));
        Assert.Equal(nameof(ApplicationState.Submitted), await office.StateAsync(submitted));
        Assert.Contains("自动撤回", (await office.StatusAsync(old)).Reason, StringComparison.Ordinal);
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.SubmitAsync(old)));
        var line = Assert.Single(await office.LedgerAsync(), line => line.GetProperty("act").GetString() == "ra.application.withdraw");
        Assert.Equal(("system", "Draft"), (line.GetProperty("actor").GetString(), line.GetProperty("detail").GetProperty("was").GetString()));

        // Ten years later: archived, then destroyed by three.
        await office.WriteAsync(session => session.Execute(
            "UPDATE ra_applications SET ended_at = @at, waiting_since = @at WHERE id = @Id", new { old.Id, at = office.Clock.GetUtcNow().AddYears(-10).AddDays(-1).ToUnixTimeMilliseconds() }));
        await office.Site.PostAsync<ActRequest, ArchiveRow>(
            "/api/ra/archive/packages", administrator.Act(Rooms.Ra, ActNames.ArchiveMake, "archive/evidence", new ArchiveMaking("evidence", "月度归档"), office.Clock.GetUtcNow()));
        var proposal = await office.Site.PostAsync<ActRequest, PaperDestruction>(
            "/api/ra/destructions", office.Vetter.Act(Rooms.Ra, ActNames.RaPapersPropose, "papers/new", new NewPaperDestruction(10, "保存期满"), office.Clock.GetUtcNow()));
        Assert.Equal([old.Id], proposal.Applications);
        Assert.Null(await office.Site.RefusedAsync($"/api/ra/destructions/{proposal.Id}/approval", Step(ActNames.RaPapersApprove, administrator, proposal.StateToSign)));
        Assert.Null(await office.Site.RefusedAsync(
            $"/api/ra/destructions/{proposal.Id}/destruction", Step(ActNames.RaPapersDestroy, auditor, proposal.StateToSign.Replace("proposed", "approved", StringComparison.Ordinal))));
        Assert.Equal(0, await office.CountAsync("ra_evidence", $"application = '{old.Id}'"));
        Assert.Equal(2, await office.CountAsync("ra_evidence", $"application = '{young.Id}'"));

        ActRequest Step(string act, TestPerson by, string state) => by.Act(Rooms.Ra, act, $"papers/{proposal.Id}", new PaperDestructionStep("已核对清单"), office.Clock.GetUtcNow(), state);
    }

    [Fact]
    [Clause("6.6.1.5-b")]
    public async Task A_case_that_is_opened_meanwhile_stops_the_whole_and_a_crash_leaves_no_file_that_should_be_gone()
    {
        await using var office = await RaOffice.OpenAsync();
        using TestPerson administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务"), auditor = await office.InRoleAsync(Roles.Auditor, "钱审计");
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        await office.UntilAsync(async () => await office.CountAsync("ra_notices", "letter = ''") == 0, "every letter printed");
        await office.WriteAsync(session => session.Execute("UPDATE ra_applications SET state = 'Withdrawn', ended_at = 0, waiting_since = 1"));
        await office.Site.PostAsync<ActRequest, ArchiveRow>(
            "/api/ra/archive/packages", administrator.Act(Rooms.Ra, ActNames.ArchiveMake, "archive/evidence", new ArchiveMaking("evidence", "月度归档"), office.Clock.GetUtcNow()));
        var proposal = await office.Site.PostAsync<ActRequest, PaperDestruction>(
            "/api/ra/destructions", office.Vetter.Act(Rooms.Ra, ActNames.RaPapersPropose, "papers/new", new NewPaperDestruction(10, "保存期满"), office.Clock.GetUtcNow()));
        Assert.Null(await office.Site.RefusedAsync(
            $"/api/ra/destructions/{proposal.Id}/approval",
            administrator.Act(Rooms.Ra, ActNames.RaPapersApprove, $"papers/{proposal.Id}", new PaperDestructionStep("已核对"), office.Clock.GetUtcNow(), proposal.StateToSign)));
        await office.WriteAsync(session => session.Execute("INSERT INTO ra_disclosures (id, application, ground, demand, state, entered_at) VALUES ('P1', @Id, 'Judicial', @Nothing, 'entered', 0)", new { filed.Id, Nothing = new byte[] { 0 } }));
        Assert.Equal("state-wrong", await DestroyAsync());
        Assert.Equal(2, await office.CountAsync("ra_evidence"));

        // A register's scan with the same content keeps the file.
        var scan = await office.Context.Evidence.PutAsync(Encoding.ASCII.GetBytes("%PDF-1.7\n1 0 obj << /Type /Catalog /Scan true >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"), 1 << 20, RaOffice.Ct);
        await office.WriteAsync(session =>
        {
            session.Execute("INSERT INTO hosting_register_scans (digest, type, place) VALUES (@Digest, 'visits', 1)", new { scan.Digest });
            session.Execute("INSERT INTO ra_erasures (digest, ordered_at) VALUES (@Digest, 0)", new { scan.Digest });
        });

        // The demand is answered; the room dies between the durable order to erase and the erasing.
        await office.WriteAsync(session => session.Execute("UPDATE ra_disclosures SET state = 'released'"));
        Assert.Null(await DestroyAsync());
        var kept = await office.Context.Evidence.PutAsync(RaOffice.Pdf, 1 << 20, RaOffice.Ct);
        await office.WriteAsync(session => session.Execute("INSERT INTO ra_erasures (digest, ordered_at) VALUES (@Digest, 0)", new { kept.Digest }));
        await office.ReopenAsync();
        await Assert.ThrowsAsync<EvidenceException>(() => office.Context.Evidence.GetAsync(kept.Digest, RaOffice.Ct));
        Assert.Equal(0, await office.CountAsync("ra_erasures"));
        Assert.NotEmpty(await office.Context.Evidence.GetAsync(scan.Digest, RaOffice.Ct));

        Task<string?> DestroyAsync() => office.Site.RefusedAsync(
            $"/api/ra/destructions/{proposal.Id}/destruction",
            auditor.Act(Rooms.Ra, ActNames.RaPapersDestroy, $"papers/{proposal.Id}", new PaperDestructionStep("见证"), office.Clock.GetUtcNow(), proposal.StateToSign.Replace("proposed", "approved", StringComparison.Ordinal)));
    }
}
