using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hufu.Modules.Tests.Hosting.Trust;

/// <summary>Packages are sealed, stamped, checked without us, read by right, and destroyed by three people after their period only.</summary>
public sealed class ArchiveTests
{
    // Port 1: nobody answers there.
    private static async Task<SignInDesk> OpenAsync(Uri? stamps = null, string? offsite = null)
    {
        var desk = await SignInDesk.OpenAsync(settings: settings => settings with { TimeStampServer = stamps ?? new Uri("http://127.0.0.1:1/tsa"), LogServer = offsite is null ? null : new LogServerSettings { Offsite = offsite } });
        desk.Room.InstallIdentity();
        return desk;
    }

    private static string Folder(SignInDesk desk, string id) => Path.Combine(desk.Room.Context.DataDirectory, "archive", id);

    private static Task<ArchiveRow> MakeAsync(SignInDesk desk, TestPerson by, string @class) =>
        desk.Site.PostAsync<ActRequest, ArchiveRow>("/api/ra/archive/packages", by.Act(Rooms.Ra, ActNames.ArchiveMake, $"archive/{@class}", new ArchiveMaking(@class, "月度归档"), desk.Now));

    private static ActRequest On(SignInDesk desk, TestPerson by, string act, string id, string state = "-") => by.Act(Rooms.Ra, act, $"package/{id}", new StaffReason("按规定"), desk.Now, state);

    [Fact]
    [Clause("6.6.1.5-a")]
    [Clause("6.6.1.5-c")]
    public async Task Segments_of_the_ledger_follow_one_another_and_any_change_is_found()
    {
        await using var desk = await OpenAsync();
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        Assert.Equal("role-missing", await desk.Site.RefusedAsync("/api/ra/archive/packages", clerk.Act(Rooms.Ra, ActNames.ArchiveMake, "archive/ledger", new ArchiveMaking("ledger", "x"), desk.Now)));
        for (var i = 1; i <= 3; i++)
        {
            var row = await MakeAsync(desk, administrator, "ledger");
            Assert.Equal(($"ra-ledger-{i:D6}", "sealed", (DateTimeOffset?)null), (row.Id, row.State, row.StampedAt));
            var report = ArchiveVerifier.Verify(Folder(desk, row.Id));
            Assert.True(report.Verdict == ArchiveVerdict.Whole, string.Join(" ", report.Findings));
            for (var more = 0; more < 5 * i; more++)
            {
                await desk.Room.Context.Ledger.AppendAsync(new LedgerRecord { Actor = "system", Act = "test", Object = "x/1", Outcome = LedgerOutcome.Done }, CancellationToken.None);
            }
        }

        // Each names the manifest before it.
        var first = ArchiveVerifier.Verify(Folder(desk, "ra-ledger-000001"));
        Assert.Equal(first.Manifest, ArchiveVerifier.Verify(Folder(desk, "ra-ledger-000002")).Previous);
        Assert.Equal(3, ArchiveVerifier.Find(Path.Combine(desk.Room.Context.DataDirectory, "archive")).Count);
        Assert.Equal(ArchiveVerdict.Broken, ArchiveVerifier.Verify(Folder(desk, "ra-ledger-000002"), new string('0', 64)).Verdict);

        // One byte of any file but the papers beside it, one file more, one less.
        var folder = Folder(desk, "ra-ledger-000003");
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is not ("README.txt" or "chain.pem")))
        {
            var kept = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            var changed = (byte[])kept.Clone();
            changed[changed.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(file, changed, TestContext.Current.CancellationToken);
            Assert.True(ArchiveVerifier.Verify(folder).Verdict != ArchiveVerdict.Whole, $"{file} was changed and it was not found");
            await File.WriteAllBytesAsync(file, kept, TestContext.Current.CancellationToken);
        }

        Assert.Equal(ArchiveVerdict.Whole, ArchiveVerifier.Verify(folder).Verdict);
        await File.WriteAllTextAsync(Path.Combine(folder, "files", "more.txt"), "x", TestContext.Current.CancellationToken);
        Assert.Equal(ArchiveVerdict.Broken, ArchiveVerifier.Verify(folder).Verdict);
        File.Delete(Path.Combine(folder, "files", "more.txt"));
        File.Delete(Path.Combine(folder, "files", "records.jsonl"));
        Assert.Equal(ArchiveVerdict.Broken, ArchiveVerifier.Verify(folder).Verdict);
        // A broken package gives nothing to anybody, and that is in the log.
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计");
        Assert.Equal("state-wrong", await desk.Site.RefusedAsync(
            "/api/ra/archive/packages/ra-ledger-000003/reading", auditor.Act(Rooms.Ra, ActNames.ArchiveRead, "package/ra-ledger-000003", new ArchiveRetrieval("heads.jsonl", "核查"), desk.Now)));
        Assert.Contains("archive.package.checked", (await desk.Room.LedgerAsync())[^1], StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "manifest.json"));
        Assert.Equal(ArchiveVerdict.NotReadable, ArchiveVerifier.Verify(folder).Verdict);
    }

    [Fact]
    [Clause("6.6.1.5-c")]
    public async Task Sealed_files_open_by_right_only_and_are_checked_without_being_opened()
    {
        await using var desk = await OpenAsync();
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计");
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        var post = new NewRegisterEntry(new Dictionary<string, string> { ["post"] = "security", ["person"] = "孙保密", ["employed"] = "own-staff", ["since"] = "2026-11-22" }, null, []);
        await desk.Site.PostAsync<ActRequest, RegisterEntry>("/api/ra/registers/posts", administrator.Act(Rooms.Ra, ActNames.RegisterEntryRecord, "register/posts", post, desk.Now));
        var row = await MakeAsync(desk, administrator, "registers");
        Assert.DoesNotContain("孙保密", Encoding.UTF8.GetString(await File.ReadAllBytesAsync(Path.Combine(Folder(desk, row.Id), "files", "entries.jsonl"), TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        Assert.Equal(ArchiveVerdict.Whole, ArchiveVerifier.Verify(Folder(desk, row.Id)).Verdict);

        ActRequest Retrieve(TestPerson by, string file) => by.Act(Rooms.Ra, ActNames.ArchiveRead, $"package/{row.Id}", new ArchiveRetrieval(file, "监管检查"), desk.Now);

        Assert.Equal("role-missing", await desk.Site.RefusedAsync($"/api/ra/archive/packages/{row.Id}/reading", Retrieve(clerk, "entries.jsonl")));
        Assert.Equal("unknown-object", await desk.Site.RefusedAsync($"/api/ra/archive/packages/{row.Id}/reading", Retrieve(auditor, "../../ra.db")));
        using var response = await desk.Site.PostAsync($"/api/ra/archive/packages/{row.Id}/reading", Retrieve(auditor, "entries.jsonl"));
        Assert.Equal("whole", response.Headers.GetValues("Hufu-Archive-Verdict").Single());
        Assert.Contains("孙保密", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(await desk.Room.LedgerAsync(), line => line.Contains("\"purpose\":\"监管检查\"", StringComparison.Ordinal) && line.Contains("\"outcome\":\"done\"", StringComparison.Ordinal));
        // Nothing new: no empty package.
        Assert.Equal("state-wrong", await desk.Site.RefusedAsync("/api/ra/archive/packages", administrator.Act(Rooms.Ra, ActNames.ArchiveMake, "archive/registers", new ArchiveMaking("registers", "x"), desk.Now)));
        Assert.Equal("statement-mismatch", await desk.Site.RefusedAsync("/api/ra/archive/packages", administrator.Act(Rooms.Ra, ActNames.ArchiveMake, "archive/nothing", new ArchiveMaking("nothing", "x"), desk.Now)));
        Assert.Equal("unknown-object", await desk.Site.RefusedAsync("/api/ra/archive/packages", administrator.Act(Rooms.Ra, ActNames.ArchiveMake, "archive/crls", new ArchiveMaking("crls", "x"), desk.Now)));
        var list = await desk.Site.PostAsync<ActRequest, ArchiveList>("/api/ra/archive/reading", auditor.Act(Rooms.Ra, ActNames.ArchiveListRead, "archive/all", new ArchiveQuery(10), desk.Now));
        Assert.Equal(row.Id, list.Packages.Single().Id);
        Assert.Contains(list.Classes, @class => @class is { Id: "ledger", Kept: "P10Y", Due: null });
    }

    [Fact]
    [Clause("6.6.1.5-b")]
    [Clause("6.6.1.2-b")]
    public async Task Three_people_destroy_after_the_period_only_and_not_what_is_held_or_not_assessed()
    {
        await using var desk = await OpenAsync();
        var years = TimeSpan.FromDays(20 * 365);
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管", years);
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计", years);
        using var vetter = await desk.Room.InRoleAsync(Roles.Vetter, "褚审核", years);
        using var other = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "郑注管", years);
        var post = new NewRegisterEntry(new Dictionary<string, string> { ["post"] = "security", ["person"] = "孙保密", ["employed"] = "own-staff", ["since"] = "2026-11-22" }, null, []);
        await desk.Site.PostAsync<ActRequest, RegisterEntry>("/api/ra/registers/posts", administrator.Act(Rooms.Ra, ActNames.RegisterEntryRecord, "register/posts", post, desk.Now));
        var id = (await MakeAsync(desk, administrator, "registers")).Id;

        Task<string?> Do(TestPerson by, string verb, string act, string state = "-") => desk.Site.RefusedAsync($"/api/ra/archive/packages/{id}/{verb}", On(desk, by, act, id, state));

        Assert.Equal("state-wrong", await Do(administrator, "proposal", ActNames.ArchiveDestructionPropose, "sealed"));
        desk.Room.Clock.Advance(TimeSpan.FromDays((10 * 365) + 5));
        foreach (var name in new[] { "吴注管", "冯审计", "褚审核", "郑注管" })
        {
            await desk.FitAsync(name);
        }

        await desk.Room.Context.Database.WriteAsync(session => session.Execute("UPDATE staff_roles SET appointed_at = @now", new { now = desk.Now.ToUnixTimeMilliseconds() }), CancellationToken.None);
        // No assessment covers that time yet.
        Assert.Equal("state-wrong", await Do(administrator, "proposal", ActNames.ArchiveDestructionPropose, "sealed"));
        var assessment = new NewRegisterEntry(
            new Dictionary<string, string> { ["kind"] = "compliance-audit", ["covers-from"] = "2026-01-01", ["covers-until"] = "2030-12-31", ["by"] = "某评估机构", ["measures"] = "无" }, null, [new string('a', 64)]);
        await desk.Site.PostAsync<ActRequest, RegisterEntry>("/api/ra/registers/assessments", administrator.Act(Rooms.Ra, ActNames.RegisterEntryRecord, "register/assessments", assessment, desk.Now));
        Assert.Null(await Do(auditor, "hold", ActNames.ArchiveHoldSet));
        Assert.Equal("state-wrong", await Do(administrator, "proposal", ActNames.ArchiveDestructionPropose, "sealed"));
        Assert.Null(await Do(auditor, "release", ActNames.ArchiveHoldLift));

        Assert.Equal("state-wrong", await Do(vetter, "destruction", ActNames.ArchiveDestructionPerform, "sealed"));
        Assert.Equal("role-missing", await Do(auditor, "proposal", ActNames.ArchiveDestructionPropose, "sealed"));
        Assert.Null(await Do(administrator, "proposal", ActNames.ArchiveDestructionPropose, "sealed"));
        Assert.Equal("role-missing", await Do(administrator, "approval", ActNames.ArchiveDestructionApprove, "proposed"));
        Assert.Null(await Do(auditor, "approval", ActNames.ArchiveDestructionApprove, "proposed"));
        Assert.Equal("same-person", await Do(administrator, "destruction", ActNames.ArchiveDestructionPerform, "approved"));
        // A hold in the last moment stops it.
        Assert.Null(await Do(auditor, "hold", ActNames.ArchiveHoldSet));
        Assert.Equal("state-wrong", await Do(vetter, "destruction", ActNames.ArchiveDestructionPerform, "approved"));
        Assert.True(Directory.Exists(Path.Combine(Folder(desk, id), "files")));
        Assert.Null(await Do(auditor, "release", ActNames.ArchiveHoldLift));
        Assert.Null(await Do(vetter, "destruction", ActNames.ArchiveDestructionPerform, "approved"));
        Assert.False(Directory.Exists(Path.Combine(Folder(desk, id), "files")));
        Assert.True(File.Exists(Path.Combine(Folder(desk, id), "manifest.json")));
        Assert.Contains("\"act\":\"archive.destruction.perform\"", (await desk.Room.LedgerAsync())[^1], StringComparison.Ordinal);
        Assert.Equal("state-wrong", await Do(other, "proposal", ActNames.ArchiveDestructionPropose, "destroyed"));
    }

    [Fact]
    [Clause("6.6.1.5-c")]
    public async Task OpenSSL_and_asn1crypto_check_a_package_by_its_README_alone()
    {
        // A time-stamping authority that answers as RFC 3161 says, and is away at first.
        using var stamper = Sm2KeyPair.Generate();
        Certificate? stamping = null;
        await using var authority = await TestSite.StartAsync(endpoints => endpoints.MapPost("/tsa", async (HttpRequest request) =>
        {
            var asked = TimeStampRequest.Decode(await request.ReadBodyAsync(4_096, CancellationToken.None));
            if (stamping is null)
            {
                return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
            }

            var info = new TstInfo { Policy = "1.2.3.4", Imprint = asked.Imprint, SerialNumber = SerialNumber.Create(), Time = stamping.NotBefore.AddDays(1), Nonce = asked.Nonce };
            return Results.Bytes(TimeStampResponse.Grant(TimeStampToken.Sign(info, stamper, stamping, MessageSyntax.Cms, [stamping])).Encode(), "application/timestamp-reply");
        }));
        using var offsite = new TempFolder();
        await using var desk = await OpenAsync(new Uri(authority.Client.BaseAddress!, "/tsa"), offsite.Path);
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        var row = await MakeAsync(desk, administrator, "ledger");
        Assert.Null(row.StampedAt);
        Assert.Null(ArchiveVerifier.Verify(Folder(desk, row.Id)).StampedAt);
        stamping = desk.Room.Authority.Issue("时间戳", stamper.PublicKey, KeyUsages.DigitalSignature, null, new ExtendedKeyUsage([Oids.PurposeTimeStamping]).ToExtension(critical: true));
        var later = await desk.Site.PostAsync<ActRequest, List<ArchiveRow>>("/api/ra/archive/stamps", administrator.Act(Rooms.Ra, ActNames.ArchiveStamp, "archive/all", new ReadingPurpose("补盖"), desk.Now));
        Assert.Equal(stamping.NotBefore.AddDays(1), later.Single().StampedAt);
        var folder = Folder(desk, row.Id);
        var report = ArchiveVerifier.Verify(folder);
        Assert.True(report.Verdict == ArchiveVerdict.Whole && report.StampedAt == later[0].StampedAt, string.Join(" ", report.Findings));

        // The copy off site is as whole, with the time stamp.
        var copy = ArchiveVerifier.Verify(Path.Combine(offsite.Path, Rooms.Ra, "archive", row.Id));
        Assert.Equal((ArchiveVerdict.Whole, later[0].StampedAt), (copy.Verdict, copy.StampedAt));

        // From here on nothing of ours: the commands of README.txt.
        Assert.Contains("Verified OK", Run(folder, "openssl", "dgst", "-sm3", "-verify", "signer.pub", "-sigopt", "distid:1234567812345678", "-signature", "manifest.sig", "manifest.json"), StringComparison.Ordinal);
        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "manifest.json"), TestContext.Current.CancellationToken));
        foreach (var file in manifest.RootElement.GetProperty("files").EnumerateArray().Take(5))
        {
            Assert.Contains(file.GetProperty("sm3").GetString()!, Run(folder, "openssl", "dgst", "-sm3", $"files/{file.GetProperty("name").GetString()}"), StringComparison.Ordinal);
        }

        Assert.Equal(
            (await File.ReadAllTextAsync(Path.Combine(folder, "signer.pub"), TestContext.Current.CancellationToken)).ReplaceLineEndings("").Trim(),
            Run(folder, "openssl", "x509", "-inform", "DER", "-in", "signer.cer", "-noout", "-pubkey").ReplaceLineEndings("").Trim());
        var imprint = Run(folder, "openssl", "dgst", "-sm3", "manifest.sig").Split('=')[1].Trim();
        Assert.Contains("Status: Granted", Run(folder, "openssl", "ts", "-reply", "-in", "time-stamp.tsr", "-text"), StringComparison.Ordinal);
        Assert.Equal($"granted sm3 {imprint}", Run(folder, "/usr/bin/python3", "-c", Asn1Crypto).Trim());
    }

    // asn1crypto reads the answer and the token; SM3 is an identifier that it has no name for.
    private const string Asn1Crypto =
        """
        from asn1crypto import tsp
        answer = tsp.TimeStampResp.load(open('time-stamp.tsr', 'rb').read())
        info = answer['time_stamp_token']['content']['encap_content_info']['content'].parsed
        imprint = info['message_imprint']
        print(answer['status']['status'].native, 'sm3' if imprint['hash_algorithm']['algorithm'].dotted == '1.2.156.10197.1.401' else 'other', imprint['hashed_message'].native.hex())
        """;

    private static string Run(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program}: {output}{error.GetAwaiter().GetResult()}");
    }
}
