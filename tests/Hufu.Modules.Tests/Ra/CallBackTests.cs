using Hufu.Contracts;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Call backs by code: to a number that the vetter has found, with its origin; answered by whoever has the telephone; evidence of a finding.</summary>
public sealed class CallBackTests
{
    private const string Number = "13911112222";
    private const string Origin = "114 查得法定代表人办公手机";

    [Fact]
    [Clause("6.1.3.2-b")]
    [Clause("6.1.3.2-e")]
    public async Task A_code_to_an_independent_number_is_answered_and_counts_as_evidence()
    {
        using var folder = new TempFolder();
        await using var office = await RaOffice.OpenAsync(change: options => options with { SmsFolder = folder["sms"] });
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        Assert.Equal("state-wrong", await RefusedAsync(office, filed, new CallBackAsk("authorised", Number, Origin), "submitted"));
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
        Assert.Equal("role-missing", await RefusedAsync(office, filed, new CallBackAsk("authorised", Number, Origin), by: office.Clerk));
        Assert.Equal("field-invalid", await RefusedAsync(office, filed, new CallBackAsk("exists", Number, Origin)));
        Assert.Equal("field-invalid", await RefusedAsync(office, filed, new CallBackAsk("authorised", "010-11112222", Origin)));
        Assert.Equal("field-invalid", await RefusedAsync(office, filed, new CallBackAsk("authorised", Number, " ")));

        var sent = await office.Site.PostAsync<ActRequest, CallBackSent>(Path(filed), Act(office, filed, new CallBackAsk("authorised", Number, Origin)));
        string text = null!;
        await office.UntilAsync(() => Task.FromResult((text = Messages(folder["sms"])).Contains("验证码", StringComparison.Ordinal)), "the short message");
        Assert.Contains(Number, text, StringComparison.Ordinal);
        var code = text.Split("验证码 ")[1][..6];
        var before = await office.ReadAsync(session => session.Scalar<string>("SELECT subject FROM ra_notices WHERE template = 'call-back'"));
        Assert.DoesNotContain(code, before, StringComparison.Ordinal);

        // Not answered yet, it is no evidence.
        Assert.Equal("evidence-missing", await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, Finding(sent.Id, Number)))));
        Assert.Equal("code-wrong", await AnswerAsync(office, sent.Id, code == "000000" ? "000001" : "000000"));
        Assert.Equal("code-wrong", await AnswerAsync(office, "B0", code));
        Assert.Null(await AnswerAsync(office, sent.Id, code));
        Assert.Equal("code-used", await AnswerAsync(office, sent.Id, code));
        Assert.Equal("evidence-missing", await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, Finding(sent.Id, "13933334444")))));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, Finding(sent.Id, Number)))));
        Assert.Contains(await office.LedgerAsync(), line => line.GetProperty("act").GetString() == "ra.call-back.answer");
        Assert.DoesNotContain(await office.LedgerAsync(), line => line.GetRawText().Contains($"\"{code}\"", StringComparison.Ordinal));
    }

    [Fact]
    [Clause("6.1.3.2-b")]
    public async Task It_ends_after_five_wrong_codes_or_half_an_hour_and_goes_to_no_number_on_the_form()
    {
        using var folder = new TempFolder();
        await using var office = await RaOffice.OpenAsync(change: options => options with { SmsFolder = folder["sms"] });
        using var applicant = new Applicant();
        var application = applicant.Application() with { Fields = new Dictionary<string, string>(Applicant.Fields()) { ["agentPhone"] = Number } };
        var created = await office.ApplyAsync(application);
        var filed = new Filed(created.Id, created.AccessToken, application.Profile, application.Fields, application.Request);
        await office.PutAsync(filed, "licence", RaOffice.Pdf);
        await office.PutAsync(filed, "authorisation", RaOffice.Pdf);
        await office.SubmitAsync(filed);
        await office.EnterAsync(filed);
        Assert.Equal("field-invalid", await RefusedAsync(office, filed, new CallBackAsk("authorised", Number, Origin)));
        var tried = await office.Site.PostAsync<ActRequest, CallBackSent>(Path(filed), Act(office, filed, new CallBackAsk("authorised", "13955556666", Origin)));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("code-wrong", await AnswerAsync(office, tried.Id, "x"));
        }

        Assert.Equal("tries-exhausted", await AnswerAsync(office, tried.Id, "123456"));
        var late = await office.Site.PostAsync<ActRequest, CallBackSent>(Path(filed), Act(office, filed, new CallBackAsk("authorised", "13955556666", Origin)));
        office.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal("code-expired", await AnswerAsync(office, late.Id, "123456"));
        for (var i = 0; i < 3; i++)
        {
            office.Clock.Advance(TimeSpan.FromSeconds(1));
            await office.Site.PostAsync<ActRequest, CallBackSent>(Path(filed), Act(office, filed, new CallBackAsk("authorised", "13955556666", Origin)));
        }

        Assert.Equal("too-many-requests", await RefusedAsync(office, filed, new CallBackAsk("authorised", "13955556666", Origin)));
    }

    [Fact]
    public async Task Without_a_gateway_the_vetter_is_told_to_call_by_voice()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        await office.EnterAsync(filed);
        Assert.Equal("state-wrong", await RefusedAsync(office, filed, new CallBackAsk("authorised", Number, Origin)));
    }

    private static VettingDecision Finding(string evidence, string number) => new(
        true,
        [
            new CheckFinding("exists", true, "已查验营业执照原件"),
            new CheckFinding("authorised", true, "短信验证码回拨", CheckMeans.CallBack, new CallBack(number, Origin, "验证码回复"), [evidence]),
        ],
        null);

    private static string Path(Filed filed) => $"/api/ra/applications/{filed.Id}/call-backs";

    private static ActRequest Act(RaOffice office, Filed filed, CallBackAsk asked, string state = "entered", TestPerson? by = null) =>
        (by ?? office.Vetter).Act(Rooms.Ra, ActNames.RaCallBackSend, $"application/{filed.Id}", asked, office.Clock.GetUtcNow(), $"{state}/{filed.Digest}");

    private static Task<string?> RefusedAsync(RaOffice office, Filed filed, CallBackAsk asked, string state = "entered", TestPerson? by = null) =>
        office.Site.RefusedAsync(Path(filed), Act(office, filed, asked, state, by));

    private static Task<string?> AnswerAsync(RaOffice office, string id, string code) => office.Site.RefusedAsync($"/api/ra/call-backs/{id}/answer", new CallBackAnswer(code));

    private static string Messages(string folder) => Directory.Exists(folder) ? string.Concat(Directory.GetFiles(folder, "*.txt").Select(File.ReadAllText)) : "";
}
