using System.Net.Http.Json;
using System.Text;
using Hufu.Contracts;
using Hufu.Ra.Notices;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Notices are policy and data: their words in files, their delivery state and their letters kept with them.</summary>
public sealed class LetterTests
{
    [Fact]
    [Clause("6.2.4.3-a")]
    [Clause("6.2.2.2-a")]
    public async Task A_refusal_is_kept_as_a_letter_with_its_reasons_and_its_delivery_state()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), other = new();
        var filed = await office.SubmitAsync(applicant);
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Rejection("licence {code} is blurred\nCode: 123456")))));
        var mail = await office.MailAsync(filed.Id, "is blurred");
        Assert.Contains("licence {code} is blurred Code: 123456", mail, StringComparison.Ordinal);
        Assert.DoesNotContain("\nCode:", mail, StringComparison.Ordinal);
        NoticeRow row = null!;
        await office.UntilAsync(async () => (row = Assert.Single(await ListAsync(office, filed))) is { State: "sent", Letter: not null }, "sent and printed");
        Assert.Equal(("refused", "mail", 1), (row.Template, row.Channel, row.Tries));
        Assert.NotNull(row.Sent);

        var path = $"/api/ra/applications/{filed.Id}/notices/{row.Id}/letter";
        using var response = await office.SendAsync(HttpMethod.Get, path, filed.Token);
        var letter = await response.Content.ReadAsByteArrayAsync(RaOffice.Ct);
        Assert.Equal(("application/pdf", row.Letter), (response.Content.Headers.ContentType!.MediaType, ActStatement.Digest(letter)));
        Assert.StartsWith("%PDF-1.7", Encoding.ASCII.GetString(letter, 0, 8), StringComparison.Ordinal);
        var paper = office.Context.Policy.Values.LocalText(row.Made);
        Assert.Equal(letter, LetterPrinter.Print(row.Subject, BodyOf(mail), row.Id, paper));

        // Nobody else's: not with another's token, not by staff without a role; clerk and vetter by an act that is on record.
        var stranger = await office.SubmitAsync(other);
        Assert.Equal("access-token-wrong", await RaOffice.CodeOf(await office.SendAsync(HttpMethod.Get, path, stranger.Token)));
        Assert.Equal("unknown-object", await RaOffice.CodeOf(await office.SendAsync(HttpMethod.Get, path.Replace(filed.Id, stranger.Id, StringComparison.Ordinal), stranger.Token)));
        using var auditor = await office.InRoleAsync(Roles.Auditor, "钱审计");
        ActRequest Read(TestPerson by) => by.Act(Rooms.Ra, ActNames.RaNoticesRead, $"application/{filed.Id}", new ReadingPurpose("补寄信函"), office.Clock.GetUtcNow());
        Assert.Equal("role-missing", await office.Site.RefusedAsync(path, Read(auditor)));
        Assert.Equal(row, Assert.Single(await office.Site.PostAsync<ActRequest, List<NoticeRow>>($"/api/ra/applications/{filed.Id}/notices/reading", Read(office.Clerk))));
        using var printed = await office.Site.PostAsync(path, Read(office.Vetter));
        Assert.Equal(letter, await printed.Content.ReadAsByteArrayAsync(RaOffice.Ct));
        Assert.Equal(3, (await office.LedgerAsync()).Count(line => line.GetProperty("act").GetString() == ActNames.RaNoticesRead));
    }

    [Fact]
    [Clause("6.2.4.1-a")]
    public async Task The_counter_prints_a_delivery_receipt_and_a_notice_with_a_code_is_never_a_letter()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var (filed, _) = await office.IssuedAsync(applicant);
        IReadOnlyList<NoticeRow> rows = [];
        await office.UntilAsync(async () => (rows = await ListAsync(office, filed)) is [_, _] && rows.All(row => row.State is "sent" or "printed"), "notice and receipt");
        Assert.Null(rows.Single(row => row.Template == "issued").Letter);
        var receipt = rows.Single(row => row.Template == "receipt");
        Assert.Equal(("counter", "printed", 0), (receipt.Channel, receipt.State, receipt.Tries));
        Assert.NotNull(receipt.Letter);
        Assert.Single(office.Mails(filed.Id));
    }

    [Theory]
    [InlineData("refused", null, "missing")]
    [InlineData("refused", "subject: x\nletter: yes\n", "begins with")]
    [InlineData("refused", "subject: x\nletter: maybe\n---\n{application} {reason}\n", "begins with")]
    [InlineData("refused", "subject: x\nletter: yes\n---\n{application} {reason} {password}\n", "there is no {password}")]
    [InlineData("refused", "subject: x\nletter: yes\n---\n{application}\n", "must say {reason}")]
    [InlineData("issued", "subject: {code}\nletter: no\n---\n{application} {code} {until}\n", "no letter")]
    [InlineData("issued", "subject: x\nletter: yes\n---\n{application} {code} {until}\n", "no letter")]
    public void A_template_that_cannot_be_used_stops_the_start_in_words(string name, string? content, string words)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder[NoticeTemplates.Folder]);
        foreach (var file in Directory.GetFiles(Path.Combine(SourceTree.Policy.Directory, NoticeTemplates.Folder)))
        {
            File.Copy(file, Path.Combine(folder[NoticeTemplates.Folder], Path.GetFileName(file)));
        }

        _ = NoticeTemplates.Load(folder.Path);
        var changed = Path.Combine(folder[NoticeTemplates.Folder], name + ".txt");
        File.Delete(changed);
        if (content is not null)
        {
            File.WriteAllText(changed, content);
        }

        var wrong = Assert.Throws<InvalidDataException>(() => NoticeTemplates.Load(folder.Path));
        Assert.Contains(words, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(name, wrong.Message, StringComparison.Ordinal);
    }

    private static string BodyOf(string mail) => mail.ReplaceLineEndings("\n").Split("\n\n", 2)[1];

    private static async Task<IReadOnlyList<NoticeRow>> ListAsync(RaOffice office, Filed filed)
    {
        using var response = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}/notices", filed.Token);
        return (await response.Content.ReadFromJsonAsync<List<NoticeRow>>(ContractJson.Options, RaOffice.Ct))!;
    }
}
