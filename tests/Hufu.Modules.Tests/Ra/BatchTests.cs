using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Hufu.Contracts;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>An organisation's file of applications: authorised, taken line by line with a report, going on after a stop.</summary>
public sealed class BatchTests
{
    private const string Names = "机构名称,creditCode,经办人姓名,agentIdentityNumber,agentPhone,agentEmail,证书请求";

    [Fact]
    [Clause("6.2.1.2-a")]
    public async Task A_file_is_taken_line_by_line_and_goes_on_after_a_stop()
    {
        await using var office = await RaOffice.OpenAsync();
        var text = new StringBuilder(Names).Append("\r\n");
        for (var i = 0; i < 250; i++)
        {
            text.Append(i switch
            {
                3 => Line("机构三", creditCode: "91110108MA01HF2610"),
                5 => Line("机构五", request: "AAAA"),
                7 => Line(new string('长', 65)),
                9 => Line("\"有\"\"引号\"\",和逗号\""),
                _ => Line($"机构{i}"),
            }).Append("\r\n");
        }

        var file = Encoding.UTF8.GetBytes(text.ToString());
        var (id, token) = await OpenAsync(office, file);
        Assert.Equal("evidence-missing", await PutAsync(office, id, "file", file, token));
        await PapersAsync(office, id, token);
        Assert.Equal("access-token-wrong", await PutAsync(office, id, "file", file, new string('0', 32)));
        Assert.Equal("statement-mismatch", await PutAsync(office, id, "file", [.. file, 10], token));
        Assert.Null(await PutAsync(office, id, "file", file, token));
        await office.ReopenAsync();
        await office.UntilAsync(async () => (await ProgressAsync(office, id, token)).State == BatchState.Done, "the batch done");
        Assert.Equal(new BatchProgress(id, BatchState.Done, 250, 247, 3), await ProgressAsync(office, id, token));
        Assert.Equal("state-wrong", await PutAsync(office, id, "file", file, token));

        var report = await ReportAsync(office, id, token, refused: true);
        Assert.Equal([(5L, "checksum-wrong", "creditCode"), (7, "malformed", "request"), (9, "name-too-long", "organisationName")], report.Select(line => (line.Line, line.Code!, line.Field!)));
        Assert.All(report, line => Assert.NotEmpty(line.What!));
        var all = await ReportAsync(office, id, token, refused: false);
        Assert.Equal(250, all.Count);
        Assert.All(all.Where(line => line.Code is null), line => Assert.True(line.Submitted));

        // Each is an application like any other, with the organisation's papers, under the batch's token; nothing of a line stays in the batch.
        Assert.Equal(247, await office.CountAsync("ra_applications", $"state = 'Submitted' AND channel = 'Batch' AND batch = '{id}'"));
        Assert.Equal(0, await office.CountAsync("ra_batch_lines", "data IS NOT NULL"));
        var one = all.First(line => line.Line == 11).Application!;
        Assert.Equal("有\"引号\",和逗号", await office.ReadAsync(session => session.Scalar<string>("SELECT title FROM ra_applications WHERE id = @one", new { one })));
        using var status = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{one}", token);
        Assert.Equal(ApplicationState.Submitted, (await status.Content.ReadFromJsonAsync<ApplicationStatus>(ContractJson.Options, RaOffice.Ct))!.State);
        Assert.Equal(247, (await office.QueueAsync(office.Clerk, ApplicationState.Submitted, 100)).Page!.Total);
    }

    [Fact]
    [Clause("6.2.1.2-a")]
    public async Task Ten_thousand_lines_are_one_file_and_one_more_is_too_many()
    {
        await using var office = await RaOffice.OpenAsync();
        var line = Line("机构", request: "AAAA") + "\n";
        var file = Encoding.UTF8.GetBytes(Names + "\n" + string.Concat(Enumerable.Repeat(line, 10_000)));
        var (id, token) = await OpenAsync(office, file);
        await PapersAsync(office, id, token);
        Assert.Null(await PutAsync(office, id, "file", file, token));
        await office.UntilAsync(async () => (await ProgressAsync(office, id, token)).State == BatchState.Done, "10,000 lines done");
        Assert.Equal(10_000, (await ProgressAsync(office, id, token)).Refused);
        var (lines, after) = (0, 0L);
        while (await ReportAsync(office, id, token, refused: true, after) is { Count: > 0 } page)
        {
            (lines, after) = (lines + page.Count, page[^1].Line);
        }

        Assert.Equal(10_000, lines);
        byte[] more = [.. file, .. Encoding.UTF8.GetBytes(line)];
        var (second, secondToken) = await OpenAsync(office, more);
        await PapersAsync(office, second, secondToken);
        Assert.Equal("too-large", await PutAsync(office, second, "file", more, secondToken));
    }

    [Fact]
    [Clause("6.2.1.2-a")]
    public async Task A_workbook_and_a_file_in_gb18030_read_the_same()
    {
        await using var office = await RaOffice.OpenAsync();
        var gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
        foreach (var file in new[] { gb.GetBytes((Names + "\n" + Line("编码机构")).Replace(',', '\t')), Workbook(Names.Split(','), Line("工作簿机构").Split(',')) })
        {
            var (id, token) = await OpenAsync(office, file);
            await PapersAsync(office, id, token);
            Assert.Null(await PutAsync(office, id, "file", file, token));
            await office.UntilAsync(async () => (await ProgressAsync(office, id, token)).State == BatchState.Done, "the batch done");
            Assert.Equal(1, (await ProgressAsync(office, id, token)).Taken);
        }

        Assert.Equal(["工作簿机构", "编码机构"], (await office.ReadAsync(session => session.Query<string>("SELECT title FROM ra_applications"))).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task Lines_that_are_approved_together_are_ordered_together_and_each_has_its_own_outcome()
    {
        await using var office = await RaOffice.OpenAsync();
        const int count = 12;
        var text = new StringBuilder(Names).Append('\n');
        for (var i = 0; i < count; i++)
        {
            text.Append(Line($"机构{i}")).Append('\n');
        }

        var file = Encoding.UTF8.GetBytes(text.ToString());
        var (id, token) = await OpenAsync(office, file);
        await PapersAsync(office, id, token);
        Assert.Null(await PutAsync(office, id, "file", file, token));
        await office.UntilAsync(async () => (await ProgressAsync(office, id, token)).State == BatchState.Done, "the batch done");

        // The CA is away while all are approved: the first order has one line, the next all the others.
        office.Ca.GoAway();
        foreach (var (state, act) in new[] { (ApplicationState.Submitted, ActNames.RaApplicationEnter), (ApplicationState.Entered, ActNames.RaApplicationApprove) })
        {
            var by = act == ActNames.RaApplicationEnter ? office.Clerk : office.Vetter;
            foreach (var row in (await office.QueueAsync(by, state)).Page!.Rows)
            {
                object payload = act == ActNames.RaApplicationEnter ? new EntryRecord("齐") : RaOffice.Approval;
                var signed = by.Act(Rooms.Ra, act, $"application/{row.Id}", row.StateToSign, System.Text.Json.JsonSerializer.Serialize(payload, payload.GetType(), ContractJson.Options), office.Clock.GetUtcNow());
                Assert.Null(await office.Site.RefusedAsync($"/api/ra/applications/{row.Id}/{(act == ActNames.RaApplicationEnter ? "entry" : "decision")}", signed));
            }
        }

        Assert.Equal(count, await office.CountAsync("ra_ordering"));
        Assert.Equal(1, await office.CountAsync("ra_ordering", "ordered IS NOT NULL"));
        await office.ReopenAsync();

        // The first order: refused as a whole, so its line goes alone. In the second: one line, always the same, answered with what was not ordered, which goes alone too and then comes whole.
        office.Ca.RefuseTogether.Enqueue(RefusalCode.Malformed);
        string? spoilt = null;
        office.Ca.SpoilTogether = (order, pair) => order.Application == (spoilt ??= order.Application) ? pair with { EncryptionCertificate = null, EnvelopedKey = null } : pair;
        office.Ca.ComeBack();
        await office.UntilAsync(async () => await office.CountAsync("ra_applications", "state = 'Issued'") == count, "all issued", TimeSpan.FromSeconds(1));
        Assert.Equal(0, await office.CountAsync("ra_ordering"));
        Assert.NotNull(spoilt);

        // On a machine so slow that the clock outran an answer, an order's handler runs again: the same order.
        Assert.Equal([1, count - 1], office.Ca.Together.Distinct());
        Assert.Equal(count, await office.CountAsync("ra_deliveries"));
    }

    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task A_line_that_the_CA_refuses_keeps_no_other_back()
    {
        await using var office = await RaOffice.OpenAsync();
        var file = Encoding.UTF8.GetBytes(Names + "\n" + Line("机构甲") + "\n" + Line("机构乙") + "\n");
        var (id, token) = await OpenAsync(office, file);
        await PapersAsync(office, id, token);
        Assert.Null(await PutAsync(office, id, "file", file, token));
        await office.UntilAsync(async () => (await ProgressAsync(office, id, token)).State == BatchState.Done, "the batch done");
        office.Ca.Refuse.Enqueue(RefusalCode.KeyReused);
        foreach (var row in (await office.QueueAsync(office.Clerk, ApplicationState.Submitted)).Page!.Rows)
        {
            Assert.Null(await office.Site.RefusedAsync(
                $"/api/ra/applications/{row.Id}/entry", office.Clerk.Act(Rooms.Ra, ActNames.RaApplicationEnter, $"application/{row.Id}", new EntryRecord("齐"), office.Clock.GetUtcNow(), row.StateToSign)));
        }

        foreach (var row in (await office.QueueAsync(office.Vetter, ApplicationState.Entered)).Page!.Rows)
        {
            Assert.Null(await office.Site.RefusedAsync(
                $"/api/ra/applications/{row.Id}/decision", office.Vetter.Act(Rooms.Ra, ActNames.RaApplicationApprove, $"application/{row.Id}", RaOffice.Approval, office.Clock.GetUtcNow(), row.StateToSign)));
        }

        await office.UntilAsync(async () => await office.CountAsync("ra_applications", "state IN ('Issued', 'Refused')") == 2, "both answered");
        Assert.Equal(1, await office.CountAsync("ra_applications", "state = 'Refused'"));
        Assert.Equal(0, await office.CountAsync("ra_ordering"));
    }

    [Fact]
    public async Task R27_what_is_no_sheet_of_this_type_is_refused_as_a_whole()
    {
        await using var office = await RaOffice.OpenAsync();
        foreach (var (content, code) in new (byte[], string)[]
        {
            ([], "malformed"), ([0xff, 0xff, 0xff], "malformed"), (Encoding.UTF8.GetBytes(Names), "malformed"), (Encoding.UTF8.GetBytes("creditCode\n1"), "field-missing"),
            (Encoding.UTF8.GetBytes(Names + ",颜色\n" + Line("x")), "field-invalid"), (Encoding.UTF8.GetBytes(Names + ",creditCode\n" + Line("x")), "field-invalid"),
            (Encoding.UTF8.GetBytes(Names + "\n\"never closed"), "malformed"), (Encoding.UTF8.GetBytes(Names + "\n" + new string('x', 9000)), "too-large"),
            ([.. "PK\u0003\u0004"u8, 1, 2, 3], "malformed"), (Workbook(Names.Split(','), Line("x").Split(','))[..^9], "malformed"),
            (Zip("xl/worksheets/sheet1.xml", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><worksheet>&e;</worksheet>"), "malformed"),
        })
        {
            var (id, token) = await OpenAsync(office, content);
            await PapersAsync(office, id, token);
            Assert.Equal(code, await PutAsync(office, id, "file", content, token));
            Assert.Equal(0, await office.CountAsync("ra_batch_lines"));
        }

        var act = new NewBatch("person-trial", "机构", new string('0', 64), "1.0", true, true);
        Assert.Equal("role-missing", await office.Site.RefusedAsync("/api/ra/batches", office.Vetter.Act(Rooms.Ra, ActNames.RaBatchOpen, $"batch/{act.FileDigest}", act, office.Clock.GetUtcNow())));
        Assert.Equal("agreement-missing", await office.Site.RefusedAsync("/api/ra/batches", office.Clerk.Act(Rooms.Ra, ActNames.RaBatchOpen, $"batch/{act.FileDigest}", act with { AgreementAccepted = false }, office.Clock.GetUtcNow())));
        Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/batches", office.Clerk.Act(Rooms.Ra, ActNames.RaBatchOpen, "batch/x", act with { FileDigest = "x" }, office.Clock.GetUtcNow())));
    }

    private static string Line(string name, string creditCode = Applicant.CreditCode, string? request = null)
    {
        using var key = Sm2KeyPair.Generate();
        request ??= Convert.ToBase64String(Applicant.RequestBy(key));
        return $"{name},{creditCode},赵经办,{Applicant.AgentIdentityNumber},{Applicant.AgentPhone},{Applicant.AgentEmail},{request}";
    }

    private static async Task<(string Id, string Token)> OpenAsync(RaOffice office, byte[] file)
    {
        var batch = new NewBatch("organisation", "虎符集团", ActStatement.Digest(file), "1.0", AgreementAccepted: true, Publish: true);
        var opened = await office.Site.PostAsync<ActRequest, BatchOpened>("/api/ra/batches", office.Clerk.Act(Rooms.Ra, ActNames.RaBatchOpen, $"batch/{batch.FileDigest}", batch, office.Clock.GetUtcNow()));
        Assert.Equal(["licence", "authorisation"], opened.EvidenceMissing);
        Assert.Contains("creditCode", opened.Columns);
        return (opened.Id, opened.AccessToken);
    }

    private static async Task PapersAsync(RaOffice office, string id, string token)
    {
        Assert.Equal("field-invalid", await PutAsync(office, id, "evidence/identity-document", RaOffice.Pdf, token));
        Assert.Null(await PutAsync(office, id, "evidence/licence", RaOffice.Pdf, token));
        Assert.Null(await PutAsync(office, id, "evidence/authorisation", RaOffice.Pdf, token));
    }

    private static async Task<string?> PutAsync(RaOffice office, string id, string what, byte[] content, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/ra/batches/{id}/{what}") { Content = new ByteArrayContent(content) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await RaOffice.CodeOf(await office.Site.Client.SendAsync(request, RaOffice.Ct));
    }

    private static async Task<BatchProgress> ProgressAsync(RaOffice office, string id, string token)
    {
        using var answer = await office.SendAsync(HttpMethod.Get, $"/api/ra/batches/{id}", token);
        return (await answer.Content.ReadFromJsonAsync<BatchProgress>(ContractJson.Options, RaOffice.Ct))!;
    }

    private static async Task<List<BatchLine>> ReportAsync(RaOffice office, string id, string token, bool refused, long after = 0)
    {
        using var answer = await office.SendAsync(HttpMethod.Get, $"/api/ra/batches/{id}/lines?after={after}&refused={refused}", token);
        return (await answer.Content.ReadFromJsonAsync<List<BatchLine>>(ContractJson.Options, RaOffice.Ct))!;
    }

    // As spreadsheet programs write it: the names as shared strings, the second row with inline strings.
    private static byte[] Workbook(string[] names, string[] cells)
    {
        const string ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        var strings = string.Concat(names.Select(name => $"<si><r><t>{name}</t></r><rPh sb=\"0\" eb=\"1\"><t>ミ</t></rPh></si>"));
        var first = string.Concat(names.Select((_, i) => $"<c r=\"{(char)('A' + i)}1\" t=\"s\"><v>{i}</v></c>"));
        var second = string.Concat(cells.Select((cell, i) => $"<c r=\"{(char)('A' + i)}2\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"));
        return Zip(
            "xl/sharedStrings.xml", $"<sst xmlns=\"{ns}\">{strings}</sst>", "xl/worksheets/sheet1.xml",
            $"<worksheet xmlns=\"{ns}\"><sheetData><row r=\"1\">{first}</row><row r=\"2\">{second}</row></sheetData></worksheet>");
    }

    private static byte[] Zip(params string[] entries)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < entries.Length; i += 2)
            {
                using var writer = new StreamWriter(archive.CreateEntry(entries[i]).Open());
                writer.Write(entries[i + 1]);
            }
        }

        return file.ToArray();
    }
}
