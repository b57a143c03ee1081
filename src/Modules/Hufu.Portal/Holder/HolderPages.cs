using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Portal.Rendering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Portal.Holder;

/// <summary>
/// The pages of applicants and holders: apply, come back, hand in papers, see where it stands, fetch, accept, revoke. The access token of an application lives in a cookie that only its own pages see.
/// </summary>
internal sealed partial class HolderPages(PageDoor door)
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        PageDoor.Get(endpoints, "/apply/{profile}", FormAsync);
        PageDoor.Post(endpoints, "/apply/{profile}", ApplyAsync);
        PageDoor.Get(endpoints, "/apply/draft/{id}", (http, _) => door.PageAsync<DraftPage>(http));
        PageDoor.Get(endpoints, "/applications", (http, _) => door.PageAsync<ApplicationsPage>(http));
        PageDoor.Post(endpoints, "/applications", OpenAsync);
        PageDoor.Get(endpoints, "/applications/{id}", (http, ct) => ShowAsync(http, null, ct));
        PageDoor.Post(endpoints, "/applications/{id}/evidence/{kind}", HandInAsync);
        PageDoor.Post(endpoints, "/applications/{id}/submission", (http, _, ct) => StepAsync(http, "submission", null, ct));
        PageDoor.Post(endpoints, "/applications/{id}/correction", (http, form, ct) => StepAsync(http, "correction", new Correction(Fields(form)), ct));
        PageDoor.Post(endpoints, "/applications/{id}/withdrawal", (http, _, ct) => StepAsync(http, "withdrawal", new Withdrawal(), ct));
        PageDoor.Post(endpoints, "/applications/{id}/payment", PayAsync);
        PageDoor.Post(endpoints, "/applications/{id}/payment/check", CheckPaymentAsync);
        PageDoor.Get(endpoints, "/applications/{id}/letters/{notice}", LetterAsync);
        PageDoor.Post(endpoints, "/applications/{id}/fetch", FetchAsync);
        PageDoor.Post(endpoints, "/applications/{id}/acceptance", AcceptAsync);
        PageDoor.Get(endpoints, "/revoke", (http, _) => door.PageAsync<RevokePage>(http, new() { ["Serial"] = Short(http.Request.Query["serial"]), ["Done"] = Short(http.Request.Query["done"]) }));
        PageDoor.Post(endpoints, "/revoke", RevokeAsync);
    }

    private async Task<IResult> FormAsync(HttpContext http, CancellationToken ct) => await FormAsync(http, null, null, ct);

    private async Task<IResult> FormAsync(HttpContext http, IReadOnlyDictionary<string, string>? typed, Problem? problem, CancellationToken ct)
    {
        var profile = Profile(http);
        var agreement = await door.Rooms.GetAsync<Agreement>("/api/ra/agreement", ct);
        var text = await door.Rooms.GetAsync<FormText>("/api/ra/forms/" + profile.Id, ct);
        return agreement.Value is null
            ? await door.PageAsync<Public.ApplyPage>(http, problem: agreement.Problem)
            : await door.PageAsync<ApplicationForm>(http, new() { ["Profile"] = profile, ["Agreement"] = agreement.Value, ["Typed"] = typed, ["Keys"] = text.Value?.Keys ?? KeyAlgorithm.Sm2 }, problem);
    }

    private async Task<IResult> ApplyAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        var profile = Profile(http);
        var typed = form.Where(pair => pair.Key == "request" || pair.Key.StartsWith("field.", StringComparison.Ordinal)).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        var request = await PageDoor.FileAsync(form, "requestFile", ct) ?? Encoding.UTF8.GetBytes(form["request"].ToString());
        var application = new NewApplication(
            profile.Id, Fields(form), RequestFile.Der(request), form["phrase"].ToString(), form["agreementVersion"].ToString(), form["accepted"] == "yes", form["publish"] == "yes");
        var created = await door.Rooms.AskAsync<ApplicationCreated>(HttpMethod.Post, "/api/ra/applications", application, null, null, ct);
        if (created.Value is not { } made)
        {
            return await FormAsync(http, typed, created.Problem, ct);
        }

        ApplicationCookies.Remember(http, made.Id, made.AccessToken);
        return PageDoor.To(http.Request, $"/applications/{made.Id}?new=1");
    }

    private async Task<IResult> OpenAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        var (id, token) = (form["id"].ToString().Trim(), form["token"].ToString().Trim());
        if (!ApplicationCookies.IsId(id))
        {
            return await door.PageAsync<ApplicationsPage>(http, problem: Unknown);
        }

        var status = await door.Rooms.AskAsync<ApplicationStatus>(HttpMethod.Get, $"/api/ra/applications/{id}", null, token, null, ct);
        if (status.Value is null)
        {
            return await door.PageAsync<ApplicationsPage>(http, problem: status.Problem);
        }

        ApplicationCookies.Remember(http, id, token);
        return PageDoor.To(http.Request, $"/applications/{id}");
    }

    private async Task<IResult> ShowAsync(HttpContext http, Problem? problem, CancellationToken ct, PaymentOpened? opened = null)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        var token = http.Request.Cookies[ApplicationCookies.NameOf(id)];
        if (!ApplicationCookies.IsId(id) || token is null)
        {
            return PageDoor.To(http.Request, "/applications");
        }

        var status = await door.Rooms.AskAsync<ApplicationStatus>(HttpMethod.Get, $"/api/ra/applications/{id}", null, token, null, ct);
        if (status.Value is null)
        {
            return await door.PageAsync<ApplicationsPage>(http, problem: status.Problem);
        }

        // No fee is due before submission.
        var fee = await door.Rooms.AskAsync<Fee>(HttpMethod.Get, $"/api/ra/applications/{id}/fee", null, token, null, ct);
        var notices = await door.Rooms.AskAsync<List<NoticeRow>>(HttpMethod.Get, $"/api/ra/applications/{id}/notices", null, token, null, ct);
        return await door.PageAsync<ApplicationPage>(
            http,
            new()
            {
                ["Status"] = status.Value,
                ["Profile"] = door.Policy.Profiles.GetValueOrDefault(status.Value.Profile),
                ["NewToken"] = http.Request.Query["new"] == "1" ? token : null,
                ["Stored"] = (IReadOnlyCollection<string>)[.. status.Value.Papers ?? []],
                ["Notices"] = notices.Value ?? [],
                ["Fee"] = fee.Value,
                ["Opened"] = opened,
            },
            problem);
    }

    private async Task<IResult> HandInAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        var (id, kind) = ((string)http.Request.RouteValues["id"]!, (string)http.Request.RouteValues["kind"]!);
        if (!ApplicationCookies.IsId(id) || !Kind().IsMatch(kind) || http.Request.Cookies[ApplicationCookies.NameOf(id)] is not { } token)
        {
            return PageDoor.To(http.Request, "/applications");
        }

        using var content = new ByteArrayContent(await PageDoor.FileAsync(form, "file", ct) ?? []);
        content.Headers.ContentType = new("application/octet-stream");
        var stored = await door.Rooms.SendAsync(HttpMethod.Put, $"/api/ra/applications/{id}/evidence/{kind}", content, token, null, ct);
        if (stored.Problem is not null)
        {
            return await ShowAsync(http, stored.Problem, ct);
        }

        return PageDoor.To(http.Request, $"/applications/{id}");
    }

    private async Task<IResult> PayAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        if (ApplicationCookies.Find(http) is not { } own)
        {
            return PageDoor.To(http.Request, "/applications");
        }

        var opened = await door.Rooms.AskAsync<PaymentOpened>(HttpMethod.Post, $"/api/ra/applications/{own.Id}/fee/payment", null, own.Token, null, ct);
        return await ShowAsync(http, opened.Problem, ct, opened.Value);
    }

    private async Task<IResult> CheckPaymentAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        if (ApplicationCookies.Find(http) is not { } own)
        {
            return PageDoor.To(http.Request, "/applications");
        }

        var fee = await door.Rooms.AskAsync<Fee>(HttpMethod.Post, $"/api/ra/applications/{own.Id}/fee/check", null, own.Token, null, ct);
        return fee.Problem is { } problem ? await ShowAsync(http, problem, ct) : PageDoor.To(http.Request, $"/applications/{own.Id}");
    }

    private async Task<IResult> LetterAsync(HttpContext http, CancellationToken ct)
    {
        if (ApplicationCookies.Find(http) is not { } own || http.Request.RouteValues["notice"] is not string notice || !ApplicationCookies.IsId(notice))
        {
            return PageDoor.To(http.Request, "/applications");
        }

        var letter = await door.Rooms.SendAsync(HttpMethod.Get, $"/api/ra/applications/{own.Id}/notices/{notice}/letter", null, own.Token, null, ct);
        http.Response.Headers.CacheControl = "no-store";
        return letter.Value is { } bytes ? Results.File(bytes, "application/pdf", $"{own.Id}-letter.pdf") : await ShowAsync(http, letter.Problem, ct);
    }

    // A step of the applicant's own: submit, correct, withdraw.
    private async Task<IResult> StepAsync(HttpContext http, string step, object? body, CancellationToken ct)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        if (!ApplicationCookies.IsId(id) || http.Request.Cookies[ApplicationCookies.NameOf(id)] is not { } token)
        {
            return PageDoor.To(http.Request, "/applications");
        }

        using var content = body is null ? null : JsonContent.Create(body, body.GetType(), options: ContractJson.Options);
        var done = await door.Rooms.SendAsync(HttpMethod.Post, $"/api/ra/applications/{id}/{step}", content, token, null, ct);
        return done.Problem is null ? PageDoor.To(http.Request, $"/applications/{id}") : await ShowAsync(http, done.Problem, ct);
    }

    private static Dictionary<string, string> Fields(IFormCollection form) =>
        form.Where(pair => pair.Key.StartsWith("field.", StringComparison.Ordinal)).Select(pair => (Name: pair.Key["field.".Length..], Value: pair.Value.ToString().Trim()))
            .Where(field => field.Value.Length > 0).ToDictionary(field => field.Name, field => field.Value);

    private async Task<IResult> FetchAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        if (!ApplicationCookies.IsId(id))
        {
            return PageDoor.To(http.Request, "/applications");
        }

        var fetched = await door.Rooms.AskAsync<FetchedPair>(HttpMethod.Post, $"/api/ra/applications/{id}/fetch", new FetchPair(form["code"].ToString().Trim()), null, null, ct);
        return fetched.Value is null
            ? await ShowAsync(http, fetched.Problem, ct)
            : await door.PageAsync<FetchedPage>(http, new() { ["Id"] = id, ["Pair"] = fetched.Value });
    }

    private async Task<IResult> AcceptAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        if (!ApplicationCookies.IsId(id))
        {
            return PageDoor.To(http.Request, "/applications");
        }

        var accepted = await door.Rooms.SendAsync(
            HttpMethod.Post, $"/api/ra/applications/{id}/acceptance", JsonContent.Create(new AcceptPair(form["receipt"].ToString(), null), options: ContractJson.Options), null, null, ct);
        return accepted.Problem is null ? PageDoor.To(http.Request, $"/applications/{id}") : await ShowAsync(http, accepted.Problem, ct);
    }

    private async Task<IResult> RevokeAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        var serial = form["serial"].ToString().Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        if (!Enum.TryParse<RevocationReason>(form["reason"], out var reason) || !Serial().IsMatch(serial))
        {
            return await door.PageAsync<RevokePage>(http, new() { ["Serial"] = Short(serial) }, Unknown);
        }

        var body = JsonContent.Create(new SelfRevocation(serial, form["phrase"].ToString(), reason), options: ContractJson.Options);
        var revoked = await door.Rooms.SendAsync(HttpMethod.Post, "/api/ra/revocations", body, null, null, ct);
        return revoked.Problem is null ? PageDoor.To(http.Request, $"/revoke?done={serial}") : await door.PageAsync<RevokePage>(http, new() { ["Serial"] = serial }, revoked.Problem);
    }

    private static Problem Unknown => Problem.Of(RefusalCode.UnknownObject);

    private CertificateProfile Profile(HttpContext http) =>
        door.Policy.Profiles.TryGetValue((string)http.Request.RouteValues["profile"]!, out var profile) && profile.Kind == ProfileKind.Holder
            ? profile : throw new RefusedException(RefusalCode.ProfileUnknown, "There is no such type of certificate.");

    private static string? Short(string? text) => text is { Length: > 0 and <= 64 } && Serial().IsMatch(text) ? text : null;

    [GeneratedRegex("^[0-9a-z-]{1,64}$")]
    private static partial Regex Kind();

    [GeneratedRegex("^[0-9a-f]{1,64}$")]
    private static partial Regex Serial();
}
