using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting.Trust;

/// <summary>Auditors read the ledger by right, and the reading is in it.</summary>
public sealed class ReadingTests
{
    private static Task<SignInDesk> OpenAsync() => SignInDesk.OpenAsync(Rooms.Ra, (endpoints, context) => new StaffDesk(context, new Nobody()).MapEndpoints(endpoints));

    private static ActRequest Reading(SignInDesk desk, TestPerson by, RecordQuery query) => by.Act(Rooms.Ra, ActNames.AuditRecordsRead, $"ledger/{query.Ledger}", query, desk.Now);

    private static Task<RecordPage> ReadAsync(SignInDesk desk, TestPerson by, RecordQuery query) => desk.Site.PostAsync<ActRequest, RecordPage>("/api/ra/audit/records", Reading(desk, by, query));

    [Fact]
    [Clause("6.6.1.4-d")]
    [Clause("6.6.1.4-g")]
    [Clause("7.2.3-a")]
    public async Task Only_the_auditor_reads_and_every_reading_and_refusal_is_itself_a_record()
    {
        await using var desk = await OpenAsync();
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计");
        using var administrator = await desk.Room.InRoleAsync(Roles.BusinessAdministrator, "吴注管");
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        var query = new RecordQuery(Rooms.Ra, 50);
        foreach (var other in new[] { administrator, clerk })
        {
            Assert.Equal("role-missing", await desk.Site.RefusedAsync("/api/ra/audit/records", Reading(desk, other, query)));
            Assert.Contains("\"act\":\"audit.records.read\",\"object\":\"ledger/ra\",\"outcome\":\"refused\"", (await desk.Room.LedgerAsync())[^1], StringComparison.Ordinal);
        }

        var page = await ReadAsync(desk, auditor, query);
        Assert.True(page.HeadHolds);
        // The newest record is this reading itself, with what was asked.
        Assert.Equal((ActNames.AuditRecordsRead, RecordOutcome.Done), (page.Records[0].Act, page.Records[0].Outcome));
        Assert.Contains("\"query\":{\"ledger\":\"ra\",\"limit\":50}", page.Records[0].Line, StringComparison.Ordinal);
        Assert.All(page.Records, record =>
        {
            Assert.Equal((RecordCheck.Holds, RecordCheck.Holds), (record.Verification.Tree, record.Verification.Chain));
            Assert.Empty(record.Verification.Words);
        });
        Assert.Contains(page.Records, record => record.Verification is { Act: RecordCheck.Holds, Signer: RecordCheck.Holds });
        Assert.Equal(0, page.Records[^1].Sequence);
        Assert.Null(page.Next);
        // Another room's ledger is not looked after here.
        Assert.Equal("statement-mismatch", await desk.Site.RefusedAsync("/api/ra/audit/records", Reading(desk, auditor, new RecordQuery(Rooms.Ca, 50))));
        Assert.Equal("field-invalid", await desk.Site.RefusedAsync("/api/ra/audit/records", Reading(desk, auditor, new RecordQuery(Rooms.Ra, 201))));
    }

    [Fact]
    public async Task Any_combination_of_conditions_finds_what_it_says_page_by_page()
    {
        await using var desk = await OpenAsync();
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计");
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("role-missing", await desk.Site.RefusedAsync("/api/ra/audit/records", Reading(desk, clerk, new RecordQuery(Rooms.Ra, 1))));
            desk.Room.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var refused = new RecordQuery(Rooms.Ra, 2, Act: ActNames.AuditRecordsRead, Outcome: RecordOutcome.Refused, Object: "ledger/ra");
        var numbers = new List<long>();
        for (var next = (long?)long.MaxValue; next is not null;)
        {
            var page = await ReadAsync(desk, auditor, refused with { Below = next });
            numbers.AddRange(page.Records.Select(record => record.Sequence));
            Assert.All(page.Records, record => Assert.StartsWith("李录入", record.Actor, StringComparison.Ordinal));
            next = page.Next;
        }

        Assert.Equal(5, numbers.Distinct().Count());
        var third = (await ReadAsync(desk, auditor, refused with { Limit = 200 })).Records[2];
        var span = await ReadAsync(desk, auditor, refused with { Limit = 200, From = third.Time, Until = third.Time.AddSeconds(1), Actor = third.Actor });
        Assert.Equal([third.Sequence], span.Records.Select(record => record.Sequence));
        Assert.Empty((await ReadAsync(desk, auditor, refused with { Actor = "无此人" })).Records);
    }

    [Fact]
    public async Task A_record_changed_in_the_database_shows_as_broken()
    {
        await using var desk = await OpenAsync();
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计");
        var number = (await ReadAsync(desk, auditor, new RecordQuery(Rooms.Ra, 1))).Records[0].Sequence;
        _ = await ReadAsync(desk, auditor, new RecordQuery(Rooms.Ra, 1));
        await desk.Room.Context.Database.WriteAsync(
            session => session.Execute("UPDATE ledger_record SET line = CAST(replace(CAST(line AS TEXT), '冯审计', '冯某某') AS BLOB) WHERE sequence = @number", new { number }), CancellationToken.None);
        var page = await ReadAsync(desk, auditor, new RecordQuery(Rooms.Ra, 200));
        Assert.Equal(RecordCheck.Broken, page.Records.Single(record => record.Sequence == number).Verification.Tree);
        Assert.NotEmpty(page.Records.Single(record => record.Sequence == number).Verification.Words);
        // The one after it says what its bytes were: the changed record is told apart from those around it.
        Assert.Equal([number], page.Records.Where(record => record.Verification.Chain == RecordCheck.Broken).Select(record => record.Sequence));
    }

    [Fact]
    public async Task Private_fields_open_for_the_auditor_with_a_purpose_that_is_on_record()
    {
        await using var desk = await OpenAsync();
        using var auditor = await desk.Room.InRoleAsync(Roles.Auditor, "冯审计");
        using var clerk = await desk.Room.InRoleAsync(Roles.EntryClerk, "李录入");
        var made = await desk.Room.Context.Ledger.AppendAsync(
            new LedgerRecord { Actor = "system", Act = "test.private", Object = "x/1", Outcome = LedgerOutcome.Done, Private = new() { ["phone"] = "13900000000" } }, CancellationToken.None);
        var page = await ReadAsync(desk, auditor, new RecordQuery(Rooms.Ra, 10, Act: "test.private"));
        Assert.True(page.Records.Single().Sealed);
        Assert.DoesNotContain("13900000000", JsonSerializer.Serialize(page, ContractJson.Options), StringComparison.Ordinal);

        ActRequest Opening(TestPerson by, long sequence, string purpose = "投诉核查") => by.Act(Rooms.Ra, ActNames.AuditPrivateRead, $"record/ra/{sequence}", new ReadingPurpose(purpose), desk.Now);

        var address = $"/api/ra/audit/records/ra/{made.Sequence}/private";
        Assert.Equal("role-missing", await desk.Site.RefusedAsync(address, Opening(clerk, made.Sequence)));
        Assert.Equal("statement-mismatch", await desk.Site.RefusedAsync(address, Opening(auditor, made.Sequence + 1)));
        Assert.Equal("field-invalid", await desk.Site.RefusedAsync(address, Opening(auditor, made.Sequence, " ")));
        Assert.Equal("13900000000", (await desk.Site.PostAsync<ActRequest, PrivateFields>(address, Opening(auditor, made.Sequence))).Fields.GetProperty("phone").GetString());
        Assert.Contains("投诉核查", (await desk.Room.LedgerAsync())[^1], StringComparison.Ordinal);
        Assert.Equal("unknown-object", await desk.Site.RefusedAsync("/api/ra/audit/records/ra/0/private", Opening(auditor, 0)));
        Assert.Equal("unknown-object", await desk.Site.RefusedAsync("/api/ra/audit/records/ra/99999/private", Opening(auditor, 99999)));
    }

    [Fact]
    public async Task A_proof_stands_alone_and_a_mark_stays_beside_its_record()
    {
        await using var desk = await OpenAsync();
        using var auditor = await desk.WithAccountAsync(Roles.Auditor, "冯审计", "feng.shenji");
        var record = (await ReadAsync(desk, auditor, new RecordQuery(Rooms.Ra, 1))).Records[0];
        using var response = await desk.Site.PostAsync(
            $"/api/ra/audit/records/ra/{record.Sequence}/proof", auditor.Act(Rooms.Ra, ActNames.AuditProofTake, $"record/ra/{record.Sequence}", new ReadingPurpose("交监管部门"), desk.Now));
        var file = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        // What hufu audit check says of the download: with the key as known from elsewhere, and with another.
        var own = ProofFile.Check(file, new ProofAnchors { Signer = desk.Room.Context.Identity.AuditSigner.PublicKey });
        Assert.True(own is { Verdict: LedgerVerdict.Whole, Anchored: true } && own.Record == record.Line, own.Message);
        Assert.Equal(LedgerVerdict.Broken, ProofFile.Check(file, new ProofAnchors { Signer = auditor.Key.PublicKey }).Verdict);
        using var proof = JsonDocument.Parse(file);
        var root = proof.RootElement;
        Assert.Equal(("HUFU-PROOF 1", record.Line), (root.GetProperty("format").GetString(), root.GetProperty("record").GetString()));
        Assert.True(SignedHead.TryParse(root.GetProperty("head").GetRawText().ReplaceLineEndings("").Replace("    ", "", StringComparison.Ordinal), out _) || root.GetProperty("head").TryGetProperty("signature", out _));
        var inclusion = new InclusionProof(
            root.GetProperty("sequence").GetInt64(), root.GetProperty("size").GetInt64(), Convert.FromHexString(root.GetProperty("leaf").GetString()!),
            [.. root.GetProperty("path").EnumerateArray().Select(hash => Convert.FromHexString(hash.GetString()!))]);
        Assert.True(inclusion.Leads(Convert.FromHexString(root.GetProperty("head").GetProperty("root").GetString()!)));

        ActRequest Marking(MarkKind kind, string words, string? leaf = null) => auditor.Act(
            Rooms.Ra, ActNames.AuditRecordMark, "ledger/ra", new RecordMarking(Rooms.Ra, kind, words, [new MarkedRecord(record.Sequence, leaf ?? record.Leaf)]), desk.Now);

        Assert.Equal("field-invalid", await desk.Site.RefusedAsync("/api/ra/audit/marks", Marking(MarkKind.NeedsAnswer, " ")));
        Assert.Equal("field-invalid", await desk.Site.RefusedAsync("/api/ra/audit/marks", Marking(MarkKind.Reviewed, "", "x")));
        Assert.Null(await desk.Site.RefusedAsync("/api/ra/audit/marks", Marking(MarkKind.NeedsAnswer, "请说明为何在夜间查阅")));
        Assert.Contains(record.Leaf, (await desk.Room.LedgerAsync())[^1], StringComparison.Ordinal);
        var marked = await ReadAsync(desk, auditor, new RecordQuery(Rooms.Ra, 10, Marked: MarkKind.NeedsAnswer));
        Assert.Equal((record.Sequence, "请说明为何在夜间查阅"), (marked.Records.Single().Sequence, marked.Records.Single().Marks.Single().Words));
        Assert.Equal(record.Line, marked.Records.Single().Line);
        var session = (await desk.SignInAsync(auditor, "feng.shenji")).Cookie;
        Assert.Equal(record.Sequence, (await DutiesAsync(desk, session)).Answers.Single().Sequence);
        Assert.Null(await desk.Site.RefusedAsync("/api/ra/audit/marks", Marking(MarkKind.Reviewed, "已说明")));
        Assert.Empty((await DutiesAsync(desk, session)).Answers);
    }

    private static async Task<AuditDuties> DutiesAsync(SignInDesk desk, string? session) =>
        (await desk.CallAsync(HttpMethod.Get, "/api/ra/audit/duties", session)).Body.Deserialize<AuditDuties>(ContractJson.Options)!;

    internal sealed class Nobody : IStaffCertifier
    {
        public Task<byte[]> CertifyAsync(StaffCertification certification, CancellationToken ct) => throw new RefusedException(RefusalCode.RoomUnreachable);
    }
}
