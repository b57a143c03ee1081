using System.Text.Json;
using Hufu.Contracts;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Clerk and vetter see what they sign for; nobody else does, and every look is on record.</summary>
public sealed class ReadingTests
{
    [Fact]
    [Clause("6.1.3.2-f")]
    public async Task Clerk_and_vetter_read_data_and_papers_and_each_look_is_in_the_ledger()
    {
        await using var office = await RaOffice.OpenAsync();
        using var auditor = await office.InRoleAsync(Roles.Auditor, "钱审计");
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        foreach (var (reader, state) in new[] { (office.Clerk, "submitted"), (office.Vetter, "entered") })
        {
            using var answer = await office.Site.PostAsync($"/api/ra/applications/{filed.Id}/reading", Look(office, filed, reader, state));
            var file = JsonSerializer.Deserialize<ApplicationFile>(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), ContractJson.Options)!;
            Assert.Equal(filed.Fields.OrderBy(field => field.Key), file.Fields.OrderBy(field => field.Key));
            Assert.Equal($"{state}/{filed.Digest}", file.StateToSign);
            Assert.Equal(["authorisation", "licence"], file.Evidence.Select(paper => paper.Kind));
            using var paper = await office.Site.PostAsync($"/api/ra/applications/{filed.Id}/evidence/licence/reading", Look(office, filed, reader, state));
            Assert.Equal(RaOffice.Pdf, await paper.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            if (state == "submitted")
            {
                Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
            }
        }

        Assert.Equal("role-missing", await RaOffice.CodeOf(await office.Site.PostAsync($"/api/ra/applications/{filed.Id}/reading", Look(office, filed, auditor, "entered"))));
        Assert.Equal("unknown-object", await RaOffice.CodeOf(await office.Site.PostAsync($"/api/ra/applications/{filed.Id}/evidence/other/reading", Look(office, filed, office.Vetter, "entered"))));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed)));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.Site.PostAsync($"/api/ra/applications/{filed.Id}/reading", Look(office, filed, office.Vetter, "entered"))));
        Assert.Equal(4, (await office.LedgerAsync()).Count(line => line.GetProperty("act").GetString() == ActNames.RaApplicationRead && line.GetProperty("outcome").GetString() == "done"));
    }

    [Fact]
    public async Task R27_a_paper_of_somebody_without_the_token_is_refused_before_it_is_read()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var filed = await office.DraftAsync(applicant);
        var tooMuch = new byte[Hufu.Hosting.BodyLimits.Evidence + 1];
        Assert.Equal("access-token-wrong", await RaOffice.CodeOf(await office.PutAsync(filed, "licence", tooMuch, token: "somebody else's")));
        Assert.Equal("too-large", await RaOffice.CodeOf(await office.PutAsync(filed, "licence", tooMuch)));
    }

    private static ActRequest Look(RaOffice office, Filed filed, TestPerson reader, string state) => reader.Act(
        Rooms.Ra, ActNames.RaApplicationRead, $"application/{filed.Id}", new ReadingPurpose("审核前查看"), office.Clock.GetUtcNow(), $"{state}/{filed.Digest}");
}
