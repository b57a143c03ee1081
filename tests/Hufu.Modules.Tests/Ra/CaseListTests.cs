using System.Text.Json;
using Hufu.Contracts;
using Hufu.Messaging;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Cases are paged, sorted and filtered on the server, bounded by the reader's offices; the list says no reasons, one alone does and its holder is told.</summary>
public sealed class CaseListTests
{
    [Fact]
    [Clause("6.2.7.3-b")]
    public async Task R26_cases_are_paged_sorted_and_filtered_and_each_page_is_read_by_an_index()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        var now = office.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var nothing = office.Context.Identity.DataCipher("application-data");

        // 60 waiting cases of four kinds: asked for in one order, due in the other, a third of them past their deadline, half of them at another office.
        await office.WriteAsync(session =>
        {
            for (var i = 0; i < 60; i++)
            {
                var id = $"C{i:D4}";
                session.Execute(
                    """
                    INSERT INTO ra_cases (id, kind, state, application, serial, asker, asked_at, due_at, reason, proof, entered_by, office) VALUES (@id, @kind, 'Entered', @Id2, @serial, 'Authority', @asked, @due, @reason, @proof, 'P0001', @office)
                    """,
                    new
                    {
                        id, kind = ((CertificateCaseKind)(i % 4)).ToString(), Id2 = filed.Id, serial = $"{i / 4:x2}", asked = now - 1000 + i, due = i < 20 ? now - i - 1 : now + 100_000 - i,
                        reason = nothing.Seal("经办人离职"u8, System.Text.Encoding.ASCII.GetBytes($"{id}/reason")), proof = nothing.Seal("回拨总机"u8, System.Text.Encoding.ASCII.GetBytes($"{id}/proof")), office = i % 2 == 0 ? "centre" : "other",
                    });
            }
        });
        int[] all = [.. Enumerable.Range(0, 60)];
        Assert.Equal([.. all.Take(20).Reverse(), .. all.Skip(20).Reverse()], await AllAsync(Query()));
        Assert.Equal([.. all.Skip(20), .. all.Take(20)], await AllAsync(Query() with { Newest = true }));
        Assert.Equal(all, await AllAsync(Query() with { Order = CertificateCaseOrder.Asked }));
        Assert.Equal(all.Reverse(), await AllAsync(Query() with { Order = CertificateCaseOrder.Asked, Newest = true }));
        Assert.Equal(all.Where(i => i % 4 == 1), await AllAsync(Query() with { Order = CertificateCaseOrder.Asked, Kind = CertificateCaseKind.Suspension }));
        Assert.Equal(all.Take(20).Reverse(), await AllAsync(Query() with { Overdue = true }));
        Assert.Equal([12, 13, 14, 15], await AllAsync(Query() with { Order = CertificateCaseOrder.Asked, Serial = "03", Limit = 3 }));
        Assert.Equal([14], await AllAsync(Query() with { Serial = "03", Kind = CertificateCaseKind.Resumption }));
        Assert.Empty(await AllAsync(Query() with { State = CertificateCaseState.Done }));
        foreach (var bad in new[] { Query() with { Limit = 0 }, Query() with { Purpose = " " }, Query() with { After = "x" }, Query() with { Overdue = true, Order = CertificateCaseOrder.Asked }, Query() with { Overdue = true, State = CertificateCaseState.Done }, Query() with { Serial = "" } })
        {
            Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/cases/page", Asking(bad, office.Clerk)));
        }

        // No reason in the list; one alone has it, and its holder is told.
        using var text = await office.Site.PostAsync("/api/ra/cases/page", Asking(Query(), office.Clerk));
        Assert.DoesNotContain("经办人离职", await text.Content.ReadAsStringAsync(RaOffice.Ct), StringComparison.Ordinal);
        var one = await office.Site.PostAsync<ActRequest, CertificateCase>("/api/ra/cases/C0012/reading", One("C0012", office.Vetter));
        Assert.Equal(("经办人离职", "回拨总机", true), (one.Reason, one.Proof, one.Overdue));
        Assert.Equal("unknown-object", await office.Site.RefusedAsync("/api/ra/cases/C9999/reading", One("C9999", office.Vetter)));
        using var looks = await office.SendAsync(HttpMethod.Get, $"/api/ra/applications/{filed.Id}/looks", filed.Token);
        Assert.Equal("复核", Assert.Single(JsonSerializer.Deserialize<DataLooks>(await looks.Content.ReadAsStringAsync(RaOffice.Ct), ContractJson.Options)!.Looks).Purpose);

        // A reader of the other office sees its cases, in every list.
        using var away = await office.InRoleAsync(Roles.Vetter, "孙审核");
        await office.WriteAsync(session =>
        {
            session.Execute("INSERT INTO ra_offices (id, parent, kind, name, address, path, profiles, opened_at) VALUES ('other', 'centre', 'Regional', '别处', '', 'centre/other/', '', 0)");
            session.Execute("INSERT INTO ra_office_staff (person, office, since) SELECT id, 'other', 0 FROM staff_people WHERE name = '孙审核'");
        });
        Assert.Equal(all.Where(i => i % 2 == 1), await AllAsync(Query() with { Order = CertificateCaseOrder.Asked }, away));
        Assert.Equal([13, 15], await AllAsync(Query() with { Order = CertificateCaseOrder.Asked, Serial = "03" }, away));
        Assert.Equal("role-missing", await office.Site.RefusedAsync("/api/ra/cases/C0012/reading", One("C0012", away)));
        var older = await office.Site.PostAsync<ActRequest, List<CertificateCase>>(
            "/api/ra/cases/reading", away.Act(Rooms.Ra, ActNames.RaCasesRead, "cases/entered", new CertificateCaseQuery(CertificateCaseState.Entered, 100), office.Clock.GetUtcNow()));
        Assert.Equal(30, older.Count);

        CertificateCasePageQuery Query() => new(CertificateCaseState.Entered, 7, "巡查");

        ActRequest Asking(CertificateCasePageQuery query, TestPerson by) =>
            by.Act(Rooms.Ra, ActNames.RaCasesRead, $"cases/{JsonNamingPolicy.KebabCaseLower.ConvertName(query.State.ToString())}", query, office.Clock.GetUtcNow());

        ActRequest One(string id, TestPerson by) => by.Act(Rooms.Ra, ActNames.RaCasesRead, $"case/{id}", new ReadingPurpose("复核"), office.Clock.GetUtcNow());

        async Task<IReadOnlyList<int>> AllAsync(CertificateCasePageQuery query, TestPerson? by = null)
        {
            var found = new List<int>();
            CertificateCasePage page;
            do
            {
                page = await office.Site.PostAsync<ActRequest, CertificateCasePage>("/api/ra/cases/page", Asking(query, by ?? office.Clerk));
                Assert.True(page.Rows.Count == query.Limit || page.Next is null);
                found.AddRange(page.Rows.Select(row => int.Parse(row.Id[1..], System.Globalization.CultureInfo.InvariantCulture)));
                query = query with { After = page.Next };
            }
            while (page.Next is not null);
            return found;
        }
    }
}
