using System.Text;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting.Trust;

/// <summary>What people record by hand is signed, in the same log, and read by right.</summary>
public sealed class RegisterTests
{
    private static readonly byte[] Scan = Encoding.ASCII.GetBytes("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n");

    private static NewRegisterEntry Visit(string visitor = "来访人甲", params string[] scans) => new(
        new Dictionary<string, string>
        {
            ["visitor"] = visitor, ["identity"] = "310101197501011231", ["purpose"] = "空调维修", ["escort"] = "李录入", ["zone"] = "机房二区", ["came"] = "2026-11-22T08:00+08:00",
        },
        "档案柜 3-12", scans);

    private static ActRequest Recording(SignInDesk desk, TestPerson by, string type, NewRegisterEntry entry) => by.Act(Rooms.Ra, ActNames.RegisterEntryRecord, $"register/{type}", entry, desk.Now);

    private static ActRequest Reading(SignInDesk desk, TestPerson by, string type, int limit = 50) => by.Act(Rooms.Ra, ActNames.RegisterEntriesRead, $"register/{type}", new RegisterQuery(limit), desk.Now);

    [Fact]
    [Clause("6.6.1.4-i")]
    public async Task An_entry_is_a_signed_act_with_its_private_fields_sealed_in_the_log()
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计");
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        var made = await desk.Site.PostAsync<ActRequest, RegisterEntry>("/api/ra/registers/visitors", Recording(desk, clerk, "visitors", Visit()));
        Assert.Equal(("visitors-1", "310101197501011231", "档案柜 3-12"), (made.Id, made.Fields["identity"], made.PaperAt));
        var line = (await desk.Room.LedgerAsync())[^1];
        Assert.Contains("空调维修", line, StringComparison.Ordinal);
        Assert.Contains("\"signature\":", line, StringComparison.Ordinal);
        Assert.DoesNotContain("来访人甲", line, StringComparison.Ordinal);
        Assert.DoesNotContain("310101197501011231", line, StringComparison.Ordinal);
        var number = desk.Room.Context.Ledger.Size - 1;
        var opened = await desk.Site.PostAsync<ActRequest, PrivateFields>($"/api/ra/audit/records/ra/{number}/private", auditor.Act(Rooms.Ra, ActNames.AuditPrivateRead, $"record/ra/{number}", new ReadingPurpose("核查"), desk.Now));
        Assert.Equal("来访人甲", opened.Fields.GetProperty("visitor").GetString());

        // Wrong entries leave nothing.
        var wrong = Visit();
        Assert.Equal("field-missing", await desk.Site.RefusedAsync("/api/ra/registers/visitors", Recording(desk, clerk, "visitors", wrong with { Fields = new Dictionary<string, string>() })));
        Assert.Equal("field-invalid", await desk.Site.RefusedAsync("/api/ra/registers/visitors", Recording(desk, clerk, "visitors", wrong with { Fields = new Dictionary<string, string>(wrong.Fields) { ["came"] = "yesterday" } })));
        Assert.Equal("field-invalid", await desk.Site.RefusedAsync("/api/ra/registers/visitors", Recording(desk, clerk, "visitors", wrong with { Fields = new Dictionary<string, string>(wrong.Fields) { ["colour"] = "blue" } })));
        Assert.Equal("unknown-object", await desk.Site.RefusedAsync("/api/ra/registers/visitors", Recording(desk, clerk, "visitors", wrong with { Corrects = "visitors-9" })));
        Assert.Equal("statement-mismatch", await desk.Site.RefusedAsync("/api/ra/registers/nothing", Recording(desk, clerk, "nothing", wrong)));
        // The register of posts is not the clerk's to write, and visitors not the clerk's to read: the log says so.
        Assert.Equal("role-missing", await desk.Site.RefusedAsync("/api/ra/registers/posts", Recording(desk, clerk, "posts", wrong)));
        Assert.Equal("role-missing", await desk.Site.RefusedAsync("/api/ra/registers/visitors/reading", Reading(desk, clerk, "visitors")));
        Assert.Contains("\"code\":\"role-missing\"", (await desk.Room.LedgerAsync())[^1], StringComparison.Ordinal);

        var corrected = await desk.Site.PostAsync<ActRequest, RegisterEntry>("/api/ra/registers/visitors", Recording(desk, clerk, "visitors", Visit("来访人乙") with { Corrects = "visitors-1" }));
        var page = await desk.Site.PostAsync<ActRequest, RegisterPage>("/api/ra/registers/visitors/reading", Reading(desk, auditor, "visitors"));
        Assert.Equal(["visitors-2", "visitors-1"], page.Entries.Select(entry => entry.Id));
        Assert.Equal((corrected.Id, "来访人甲"), (page.Entries[1].CorrectedBy, page.Entries[1].Fields["visitor"]));
        Assert.Equal(2, (await desk.Site.PostAsync<ActRequest, RegisterPage>("/api/ra/registers/visitors/reading", Reading(desk, auditor, "visitors", 1))).Next);
    }

    [Fact]
    [Clause("6.6.1.2-a")]
    public async Task Trusted_posts_outside_the_software_are_held_by_named_people()
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        var post = new NewRegisterEntry(new Dictionary<string, string> { ["post"] = "archivist", ["person"] = "钱档案", ["employed"] = "own-staff", ["since"] = "2026-11-22" }, null, []);
        Assert.Equal("posts-1", (await desk.Site.PostAsync<ActRequest, RegisterEntry>("/api/ra/registers/posts", Recording(desk, administrator, "posts", post))).Id);
        Assert.Equal("field-invalid", await desk.Site.RefusedAsync("/api/ra/registers/posts", Recording(desk, administrator, "posts", post with { Fields = new Dictionary<string, string>(post.Fields) { ["post"] = "king" } })));
    }

    [Fact]
    [Clause("6.6.1.4-i")]
    public async Task A_scan_is_taken_only_because_its_digest_was_signed()
    {
        await using var desk = await SignInDesk.OpenAsync();
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计");
        var digest = ActStatement.Digest(Scan);
        Assert.Equal("unknown-object", await PutAsync(desk, digest, Scan));
        await desk.Site.PostAsync<ActRequest, RegisterEntry>("/api/ra/registers/visitors", Recording(desk, clerk, "visitors", Visit("甲", digest)));
        Assert.Equal("statement-mismatch", await PutAsync(desk, digest, [.. Scan, 10]));
        Assert.Null(await PutAsync(desk, digest, Scan));
        var page = await desk.Site.PostAsync<ActRequest, RegisterPage>("/api/ra/registers/visitors/reading", Reading(desk, auditor, "visitors"));
        Assert.Equal(new RegisterScan(digest, true, "application/pdf", Scan.Length), page.Entries[0].Scans.Single());

        ActRequest Show(TestPerson by) => by.Act(Rooms.Ra, ActNames.RegisterScanRead, $"scan/{digest}", new ReadingPurpose("核查"), desk.Now);

        Assert.Equal("role-missing", await desk.Site.RefusedAsync($"/api/ra/registers/scans/{digest}/reading", Show(clerk)));
        using var response = await desk.Site.PostAsync($"/api/ra/registers/scans/{digest}/reading", Show(auditor));
        Assert.Equal(Scan, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        // Signed for, but no paper by its content.
        byte[] program = [0x7F, (byte)'E', (byte)'L', (byte)'F', 1, 2, 3];
        await desk.Site.PostAsync<ActRequest, RegisterEntry>("/api/ra/registers/visitors", Recording(desk, clerk, "visitors", Visit("乙", ActStatement.Digest(program))));
        Assert.Equal("evidence-unreadable", await PutAsync(desk, ActStatement.Digest(program), program));
    }

    [Fact]
    [Clause("6.6.1.4-j")]
    public async Task Entries_keep_their_versions_and_scans_are_copied_at_once_or_within_a_quarter_of_an_hour_and_compared_each_night()
    {
        using var place = new TempFolder();
        var offsite = Path.Combine(place.Path, "offsite");
        await using var desk = await SignInDesk.OpenAsync(settings: settings => settings with { LogServer = new LogServerSettings { Offsite = offsite } });
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        desk.Room.Context.Scans.Start();
        var second = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(Scan).Replace("<<>>", "<</A 1>>", StringComparison.Ordinal));
        string[] digests = [ActStatement.Digest(Scan), ActStatement.Digest(second)];
        await desk.Site.PostAsync<ActRequest, RegisterEntry>("/api/ra/registers/visitors", Recording(desk, clerk, "visitors", Visit("甲", digests)));
        await desk.Site.PostAsync<ActRequest, RegisterEntry>("/api/ra/registers/visitors", Recording(desk, clerk, "visitors", Visit("乙") with { Corrects = "visitors-1" }));
        // Versions: both stand, the later one names the earlier; records of the ledger, which the log server has at once.
        Assert.Equal(2, (await desk.Room.LedgerAsync()).Count(line => line.Contains("\"act\":\"register.entry.record\"", StringComparison.Ordinal)));

        string There(string digest) => Path.Combine(offsite, Rooms.Ra, "scans", digest[..2], digest + ".sealed");

        Assert.Null(await PutAsync(desk, digests[0], Scan));
        Assert.True(File.Exists(There(digests[0])));
        // The place cannot be written: the scan is taken all the same, and copied by itself within fifteen minutes of its being back.
        Directory.Delete(offsite, recursive: true);
        await File.WriteAllTextAsync(offsite, "in the way", TestContext.Current.CancellationToken);
        Assert.Null(await PutAsync(desk, digests[1], second));
        File.Delete(offsite);
        desk.Room.Clock.Advance(desk.Room.Context.Policy.Values.ManualRecordCopyEvery);
        await UntilAsync(() => digests.All(digest => File.Exists(There(digest))), "both scans copied");
        // A copy that somebody changed is found by night and mended; by day it is not looked at.
        await File.WriteAllTextAsync(There(digests[0]), "changed", TestContext.Current.CancellationToken);
        Assert.Equal(0, await desk.Room.Context.Scans.LookAsync(TestContext.Current.CancellationToken));
        desk.Room.Clock.Advance(TimeSpan.FromDays(1));
        await UntilAsync(() => new FileInfo(There(digests[0])).Length > 10, "the night's comparison");
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(desk.Room.Context.DataDirectory, "evidence", digests[0][..2], digests[0] + ".sealed"), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(There(digests[0]), TestContext.Current.CancellationToken));
    }

    private static async Task UntilAsync(Func<bool> holds, string what)
    {
        for (var began = System.Diagnostics.Stopwatch.StartNew(); !holds();)
        {
            Assert.True(began.Elapsed < TimeSpan.FromSeconds(30), $"Never happened: {what}");
            await Task.Delay(20);
        }
    }

    private static async Task<string?> PutAsync(SignInDesk desk, string digest, byte[] content)
    {
        using var body = new ByteArrayContent(content);
        using var response = await desk.Site.Client.PutAsync(new Uri($"/api/ra/registers/scans/{digest}", UriKind.Relative), body, CancellationToken.None);
        return response.IsSuccessStatusCode ? null : await TestSite.CodeAsync(response);
    }
}
