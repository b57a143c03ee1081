using System.Text;
using System.Text.RegularExpressions;
using Hufu.Pki;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Hufu.EndToEnd.Tests.Browser;

/// <summary>A batch of fifty lines taken by an entry clerk in the browser, two of them wrong.</summary>
[Collection(nameof(BrowserStage))]
public sealed class BatchTests(BrowserStage stage)
{
    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

    [Fact]
    public async Task Fifty_lines_are_taken_with_progress_and_a_report_says_which_two_were_not()
    {
        StringBuilder file = new("机构名称,creditCode,经办人姓名,agentIdentityNumber,agentPhone,agentEmail,证书请求\r\n");
        for (int i = 0; i < 50; i++)
        {
            string creditCode = i == 12 ? "91110108MA01HF2610" : "91110108MA01HF261H";
            file.Append(i == 30 ? $"机构三十,{creditCode},赵经办,110101199003076632,010-55667788,agent@unit.example,AAAA" : $"批量机构{i},{creditCode},赵经办,110101199003076632,010-55667788,agent@unit.example,{Request(i)}").Append("\r\n");
        }

        IPage clerk = await stage.PageAsync();
        await clerk.GotoAsync("/desk");
        await clerk.Locator("#people button", new PageLocatorOptions { HasText = "23-ra-entry-clerk" }).ClickAsync();
        await Expect(clerk.Locator("#who")).Not.ToHaveTextAsync("尚未选择人员");
        await clerk.GotoAsync("/desk/batch");
        await clerk.SelectOptionAsync("[name=profile]", "organisation");
        await clerk.FillAsync("[name=organisation]", "批量集团");
        await clerk.SetInputFilesAsync("[name=file]", new FilePayload { Name = "batch.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(file.ToString()) });
        await clerk.SetInputFilesAsync("[name=paper]", new FilePayload { Name = "authorisation.pdf", MimeType = "application/pdf", Buffer = Pdf });
        await clerk.CheckAsync("[name=accepted]");
        await clerk.ClickAsync("#batch button[type=submit]");
        await clerk.ClickAsync("#sign-go");
        await Expect(clerk.Locator("#counts")).ToHaveTextAsync("已受理 48 行，退回 2 行，共 50 行", new LocatorAssertionsToHaveTextOptions { Timeout = 90_000 });
        await Expect(clerk.Locator("#lines td.bad")).ToHaveCountAsync(2);
        await Expect(clerk.Locator("#report")).ToBeVisibleAsync();
        await clerk.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(BrowserStage.Screenshots, "batch-done.png"), FullPage = true });

        // They wait in the queue like any other, and what is no file of its kind is refused in words.
        await clerk.GotoAsync("/desk/ra");
        await Expect(clerk.Locator("#queue tbody")).ToContainTextAsync("批量机构");
        StandBack();
        await clerk.GotoAsync("/desk/batch");
        await clerk.FillAsync("[name=organisation]", "批量集团");
        await clerk.SelectOptionAsync("[name=profile]", "organisation");
        await clerk.SetInputFilesAsync("[name=file]", new FilePayload { Name = "other.csv", MimeType = "text/csv", Buffer = [1, 2, 3] });
        await clerk.SetInputFilesAsync("[name=paper]", new FilePayload { Name = "disguised.pdf", MimeType = "application/pdf", Buffer = "MZ not a PDF"u8.ToArray() });
        await clerk.CheckAsync("[name=accepted]");
        await clerk.ClickAsync("#batch button[type=submit]");
        await clerk.ClickAsync("#sign-go");
        await Expect(clerk.Locator("#trouble")).ToHaveTextAsync(new Regex("\\S+"));
        await Expect(clerk.Locator("#progress")).ToBeHiddenAsync();
    }

    // The other tests look for theirs among the fifty that are due first.
    private void StandBack()
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(stage.Data, "ra", "ra.db")};Default Timeout=30;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "UPDATE ra_applications SET due_at = due_at + 86400000 WHERE title LIKE '批量机构%'";
        Assert.Equal(48, command.ExecuteNonQuery());
    }

    private static string Request(int number)
    {
        using Sm2KeyPair pair = Sm2KeyPair.Generate();
        return Convert.ToBase64String(CertificationRequest.Create(DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, $"batch {number}")), pair).Encode());
    }
}
