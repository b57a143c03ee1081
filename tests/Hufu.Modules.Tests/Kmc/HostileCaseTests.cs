using System.Text.Json;
using Hufu.Contracts;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Recovery;
using Hufu.Kmc.Retention;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>Cases under many, and under payloads that somebody bent: nothing is lost behind a bound, nothing stumbles.</summary>
public sealed class HostileCaseTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.2.8-c")]
    public async Task However_many_orders_of_justice_are_open_each_holds_its_pairs()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var ca = await place.CaBesideAsync(business: staff.Business);
        using var holder = Sm2KeyPair.Generate();
        SerialNumber held = SerialNumber.Create(), reviewed = SerialNumber.Create(), free = SerialNumber.Create();
        foreach (var number in new[] { held, reviewed, free })
        {
            await place.GiveAsync(ca, number, holder.PublicKey);
            await place.AskAsync(ca, new RevokeKeyRequest(number));
        }

        var context = place.Room.Context;
        var book = new CaseBook(context);
        var rules = new RetentionRules(context, book);
        byte[] Justice(string number) => JsonSerializer.SerializeToUtf8Bytes(
            new JusticeOrder([new("甲", "某机关", "1", null), new("乙", "某机关", "2", null)], [new("调取证据通知书", "1", new string('a', 64))], Rooms.Ca, [number], place.Now.AddDays(30), JusticeCarrier.PaperKey, "x"),
            ContractJson.Options);
        await context.Database.WriteAsync(
            session =>
            {
                session.Execute("UPDATE kmc_history SET not_after = @at", new { at = place.Now.AddYears(-11).ToUnixTimeMilliseconds() });
                book.Open(session, CaseKind.Justice, Justice(held.ToString()), null);
                session.Execute("UPDATE kmc_case SET opened_at = 1");
                for (var i = 0; i < 120; i++)
                {
                    book.Open(session, CaseKind.Justice, Justice(SerialNumber.FromInt64(i + 1).ToString()), null);
                }
            },
            Cancel);
        using var asking = new TestPerson("某单位经办人");
        byte[] Recovery(SerialNumber number) => JsonSerializer.SerializeToUtf8Bytes(RecoveryTests.Request(asking, [number]), ContractJson.Options);
        await context.Database.WriteAsync(
            session =>
            {
                // Reviewed by two people of a registration authority; and asked for by anybody at the open door.
                new RecoveryOrigin(Rooms.Ra, "C1").Add(session, book.Open(session, CaseKind.Recovery, Recovery(reviewed), null, CaseState.Requested).Id);
                book.Open(session, CaseKind.Recovery, Recovery(free), null, CaseState.Requested);
            },
            Cancel);
        var due = Assert.Single(await context.Database.ReadAsync(session => rules.DueRows(session, 1000), Cancel));
        Assert.Equal(free.ToString(), due.UserCertNumber);
        foreach (var number in new[] { held, reviewed })
        {
            var pair = await context.Database.ReadAsync(session => PairStores.Find(session, Rooms.Ca, number.ToString())!.Pair, Cancel);
            Assert.Equal("state-wrong", await place.RefusedAsync("/destructions", staff.Operator, ActNames.KmcDestructionPropose, "destruction/new", new DestructionProposal([pair], "保存期满")));
        }
    }

    [Fact]
    public async Task R25_Pages_of_cases_leave_none_out_that_was_opened_in_the_same_millisecond_as_a_pages_last()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        var book = new CaseBook(place.Room.Context);
        await place.Room.Context.Database.WriteAsync(
            session =>
            {
                for (var i = 0; i < 130; i++)
                {
                    var step = book.Open(session, CaseKind.Destruction, "{}"u8.ToArray(), null);
                    // Ten at a time.
                    session.Execute("UPDATE kmc_case SET opened_at = @at WHERE id = @Id", new { step.Id, at = 1000L + ((i + 5) / 10) });
                }
            },
            Cancel);
        HashSet<string> seen = [];
        DateTimeOffset? before = null;
        for (var page = 0; page < 4; page++)
        {
            var rows = (await place.DoAsync<CaseQuery, CaseList>("/cases/read", staff.Auditor, ActNames.KmcCasesRead, "cases/destruction", new CaseQuery(CaseKind.Destruction, null, before))).Cases;
            if (rows.Count == 0)
            {
                break;
            }

            Assert.All(rows, row => Assert.True(seen.Add(row.Id)));
            before = rows[^1].Opened;
        }

        Assert.Equal(130, seen.Count);
    }

    [Theory]
    [InlineData("/justice", ActNames.KmcJusticeRegister, "justice/new", """{"officers":[null,null],"papers":[{"title":"a","number":"1","sm3":"x"}],"ca":"ca","userCertNumbers":["01"],"validUntil":"2026-12-01T00:00:00Z","protection":"paper-key","carrierLabel":"x"}""")]
    [InlineData("/justice", ActNames.KmcJusticeRegister, "justice/new", """{"officers":[{"name":"a","unit":"b","badge":"1"},{"name":"a","unit":"b","badge":"2"}],"papers":[null],"ca":"ca","userCertNumbers":["01"],"validUntil":"2026-12-01T00:00:00Z","protection":"paper-key","carrierLabel":"x"}""")]
    [InlineData("/recoveries", ActNames.KmcRecoveryEnter, "recovery/new", """{"ca":"ca","userCertNumbers":[null],"holder":"a","ground":"lost","reason":"b","signingRequest":"AQID"}""")]
    [InlineData("/destructions", ActNames.KmcDestructionPropose, "destruction/new", """{"pairs":[null],"reason":"b"}""")]
    [InlineData("/destructions", ActNames.KmcDestructionPropose, "destruction/new", """{"pairs":null,"reason":"b"}""")]
    [InlineData("/destructions", ActNames.KmcDestructionPropose, "destruction/new", "[]")]
    public async Task A_payload_with_holes_is_refused_in_words_and_stands_in_the_ledger(string path, string act, string target, string payload)
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        Assert.Equal("malformed", await place.Site.RefusedAsync("/api/kmc" + path, staff.Operator.Act(Rooms.Kmc, act, target, "-", payload, place.Now)));
        Assert.Contains(await place.Room.LedgerAsync(), line => line.Contains($"\"{act}\"", StringComparison.Ordinal) && line.Contains("\"malformed\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"ca":"ca","userCertNumbers":[null],"holder":"a","ground":"lost","reason":"b","signingRequest":"AQID"}""")]
    [InlineData("""{"ca":"ca","userCertNumbers":null,"holder":"a","ground":"lost","reason":"b","signingRequest":"AQID"}""")]
    [InlineData("""{"ca":null}""")]
    [InlineData("null")]
    public async Task What_anybody_sends_to_the_open_door_is_never_a_fault(string body)
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await place.Site.Client.PostAsync("/api/kmc/recoveries/requests", content, Cancel);
        Assert.InRange((int)response.StatusCode, 400, 499);
    }
}
