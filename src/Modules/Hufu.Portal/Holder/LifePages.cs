using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Portal.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Portal.Holder;

/// <summary>
/// The pages of a certificate's life: what I have and in which state it is, renewal and re-key with one signature, recovery of an encryption key by code, my data. Each works with files and without script; with the
/// agent the token does it on the page.
/// </summary>
internal sealed partial class LifePages(PageDoor door)
{
    private const int MostCertificates = 20;
    private const int RequestLimit = 64 * 1024;

    private readonly StatusService _status = new(door);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        PageDoor.Get(endpoints, "/mine", (http, _) => door.PageAsync<MinePage>(http));
        PageDoor.Post(endpoints, "/mine", MineAsync);
        PageDoor.Get(endpoints, "/renew", (http, ct) => RenewFormAsync(http, null, null, ct));
        PageDoor.Post(endpoints, "/renew", RenewAsync);
        endpoints.MapPost("/renew/text", RekeyTextAsync).WithBodyLimit(RequestLimit).ExcludeFromDescription();
        PageDoor.Get(endpoints, "/recover", (http, _) => http.Request.Query["id"].ToString().Trim() is var id && CaseId().IsMatch(id)
            ? Task.FromResult(PageDoor.To(http.Request, "/recover/" + id))
            : door.PageAsync<RecoverPage>(http, new() { ["Serials"] = Hex(http.Request.Query["serial"]) }));
        PageDoor.Post(endpoints, "/recover", RecoverAsync);
        PageDoor.Get(endpoints, "/recover/{id}", (http, ct) => RecoveryAsync(http, null, ct));
        PageDoor.Post(endpoints, "/recover/{id}", DownloadAsync);
        PageDoor.Get(endpoints, "/applications/{id}/data", (http, ct) => DataAsync(http, null, ct));
        PageDoor.Post(endpoints, "/applications/{id}/data", CorrectAsync);
    }

    private async Task<IResult> MineAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        var given = await PageDoor.FileAsync(form, "file", ct) ?? Encoding.UTF8.GetBytes(form["certificates"].ToString());
        IReadOnlyList<Certificate> certificates;
        try
        {
            certificates = CertificateBag.DecodeAny(given);
        }
        catch (PkiException fault)
        {
            return await door.PageAsync<MinePage>(http, problem: Problem.Of(RefusalCode.Malformed, fault.Message, "certificates"));
        }

        return certificates.Count > MostCertificates
            ? await door.PageAsync<MinePage>(http, problem: Problem.Of(RefusalCode.TooLarge, $"{MostCertificates}", "certificates"))
            : await door.PageAsync<MinePage>(http, new() { ["Looks"] = await _status.LookAsync(certificates, ct) });
    }

    private async Task<IResult> RenewFormAsync(HttpContext http, Dictionary<string, object?>? typed, Problem? problem, CancellationToken ct)
    {
        var agreement = await door.Rooms.GetAsync<Agreement>("/api/ra/agreement", ct);
        var parameters = typed ?? new() { ["Serial"] = Hex(http.Request.Query["serial"]), ["NewKey"] = http.Request.Query["key"] == "new" };
        parameters["AgreementVersion"] = agreement.Value?.Version ?? "";
        return await door.PageAsync<RenewPage>(http, parameters, problem ?? agreement.Problem);
    }

    // One form for both: with the same key the request alone proves it; with a new one the old key signs for it.
    private async Task<IResult> RenewAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        var (serial, newKey) = (Hex(form["serial"]) ?? "", form["key"] == "new");
        var request = RequestFile.Der(await PageDoor.FileAsync(form, "requestFile", ct) ?? Encoding.UTF8.GetBytes(form["request"].ToString()));
        var signature = Base64(form["signature"].ToString());
        var (version, accepted) = (form["agreementVersion"].ToString(), form["accepted"] == "yes");
        var typed = new Dictionary<string, object?> { ["Serial"] = serial, ["NewKey"] = newKey, ["Request"] = form["request"].ToString() };
        if (newKey && signature.Length == 0)
        {
            // The second step of who works without the agent: the text to be signed with the old key by their own software.
            typed["ToSign"] = NewRekey.TextToSign(serial, request);
            typed["Request"] = Pem.Encode("CERTIFICATE REQUEST", request);
            return await RenewFormAsync(http, typed, null, ct);
        }

        var created = newKey
            ? await door.Rooms.AskAsync<ApplicationCreated>(HttpMethod.Post, "/api/ra/rekeys", new NewRekey(serial, request, signature, version, accepted), null, null, ct)
            : await door.Rooms.AskAsync<ApplicationCreated>(HttpMethod.Post, "/api/ra/renewals", new NewRenewal(serial, request, version, accepted), null, null, ct);
        if (created.Value is not { } made)
        {
            return await RenewFormAsync(http, typed, created.Problem, ct);
        }

        ApplicationCookies.Remember(http, made.Id, made.AccessToken);
        return PageDoor.To(http.Request, $"/applications/{made.Id}?new=1");
    }

    // The browser has no SM3: the page asks for the text that the old key has to sign for the new request.
    private static async Task<IResult> RekeyTextAsync(HttpContext http, CancellationToken ct)
    {
        if (!SameOrigin.Holds(http.Request))
        {
            throw new RefusedException(RefusalCode.MessageNotAllowed, "The request came from another site.");
        }

        var serial = Hex(http.Request.Query["serial"]) ?? throw new RefusedException(RefusalCode.FieldInvalid, "A serial is hex.", "serial");
        return Results.Text(NewRekey.TextToSign(serial, RequestFile.Der(await http.Request.ReadBodyAsync(RequestLimit, ct))));
    }

    private async Task<IResult> RecoverAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        var serials = form["serials"].ToString().ToLowerInvariant().Split([' ', ',', '，', '、', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var request = RequestFile.Der(await PageDoor.FileAsync(form, "requestFile", ct) ?? Encoding.UTF8.GetBytes(form["request"].ToString()));
        var asked = new RecoveryRequest(
            Rooms.Ca, serials, form["holder"].ToString().Trim(), form["ground"] == nameof(RecoveryGround.Damaged) ? RecoveryGround.Damaged : RecoveryGround.Lost, form["reason"].ToString().Trim(), request);
        var opened = await door.Rooms.AskAsync<RecoveryStatus>(HttpMethod.Post, "/api/kmc/recoveries/requests", asked, null, null, ct);
        return opened.Value is { } status
            ? PageDoor.To(http.Request, $"/recover/{status.Id}?new=1&serials={string.Join('.', serials)}")
            : await door.PageAsync<RecoverPage>(
                http,
                new() { ["Serials"] = string.Join(' ', serials), ["Holder"] = asked.Holder, ["Reason"] = asked.Reason, ["Request"] = form["request"].ToString() },
                opened.Problem);
    }

    private async Task<IResult> RecoveryAsync(HttpContext http, Problem? problem, CancellationToken ct)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        if (!CaseId().IsMatch(id))
        {
            return PageDoor.To(http.Request, "/recover");
        }

        var status = AtRegistration(id) ? await RegisteredAsync(id, ct) : await door.Rooms.GetAsync<RecoveryStatus>("/api/kmc/recoveries/" + id, ct);
        return status.Value is null
            ? await door.PageAsync<RecoverPage>(http, problem: status.Problem)
            : await door.PageAsync<RecoveryPage>(http, new() { ["Status"] = status.Value, ["Door"] = Door(id), ["New"] = http.Request.Query["new"] == "1" }, problem);
    }

    // A recovery that was asked for at a counter is the RA's case and goes to the key centre from there: for the holder it is one thing.
    private async Task<Answer<RecoveryStatus>> RegisteredAsync(string id, CancellationToken ct)
    {
        var progress = await door.Rooms.GetAsync<RecoveryProgress>("/api/ra/recoveries/" + id, ct);
        var state = progress.Value?.KeyCentre ?? (progress.Value?.State is CertificateCaseState.Refused ? CaseState.Refused : CaseState.Requested);
        return new(progress.Value is { } told ? new RecoveryStatus(told.Case, state, told.CodeUntil) : null, progress.Problem);
    }

    private static bool AtRegistration(string id) => id.StartsWith('C');

    private static string Door(string id) => (AtRegistration(id) ? "/api/ra/recoveries/" : "/api/kmc/recoveries/") + id;

    private async Task<IResult> DownloadAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        if (!CaseId().IsMatch(id))
        {
            return PageDoor.To(http.Request, "/recover");
        }

        var keys = await door.Rooms.AskAsync<RecoveredKeys>(HttpMethod.Post, Door(id) + "/download", new RecoveryDownload(form["code"].ToString().Trim()), null, null, ct);
        return keys.Value is { } recovered
            ? await door.PageAsync<RecoveredPage>(http, new() { ["Keys"] = recovered.Keys })
            : await RecoveryAsync(http, keys.Problem, ct);
    }

    private async Task<IResult> DataAsync(HttpContext http, Problem? problem, CancellationToken ct)
    {
        if (ApplicationCookies.Find(http) is not { } own)
        {
            return PageDoor.To(http.Request, "/applications");
        }

        var data = await door.Rooms.AskAsync<HolderData>(HttpMethod.Get, $"/api/ra/applications/{own.Id}/data", null, own.Token, null, ct);
        var status = await door.Rooms.AskAsync<ApplicationStatus>(HttpMethod.Get, $"/api/ra/applications/{own.Id}", null, own.Token, null, ct);
        var below = long.TryParse(http.Request.Query["below"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? $"?below={number}" : "";
        var looks = await door.Rooms.AskAsync<DataLooks>(HttpMethod.Get, $"/api/ra/applications/{own.Id}/looks{below}", null, own.Token, null, ct);
        return data.Value is null || status.Value is null
            ? await door.PageAsync<ApplicationsPage>(http, problem: data.Problem ?? status.Problem)
            : await door.PageAsync<DataPage>(
                http, new() { ["Id"] = own.Id, ["Data"] = data.Value, ["Status"] = status.Value, ["Profile"] = door.Policy.Profiles.GetValueOrDefault(status.Value.Profile), ["Looks"] = looks.Value, ["Saved"] = http.Request.Query["saved"] == "1" }, problem);
    }

    private async Task<IResult> CorrectAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        if (ApplicationCookies.Find(http) is not { } own)
        {
            return PageDoor.To(http.Request, "/applications");
        }

        // Only what differs from what the page showed is a correction.
        var changed = form.Where(pair => pair.Key.StartsWith("field.", StringComparison.Ordinal) && pair.Value.ToString().Trim() != form["before." + pair.Key["field.".Length..]].ToString())
            .ToDictionary(pair => pair.Key["field.".Length..], pair => pair.Value.ToString().Trim());
        if (changed.Count == 0)
        {
            return PageDoor.To(http.Request, $"/applications/{own.Id}/data");
        }

        using var content = JsonContent.Create(new DataCorrection(changed), options: ContractJson.Options);
        var done = await door.Rooms.SendAsync(HttpMethod.Post, $"/api/ra/applications/{own.Id}/data", content, own.Token, null, ct);
        return done.Problem is null ? PageDoor.To(http.Request, $"/applications/{own.Id}/data?saved=1") : await DataAsync(http, done.Problem, ct);
    }

    private static string? Hex(string? text) => text?.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant() is { } plain && SerialHex().IsMatch(plain) ? plain : null;

    private static byte[] Base64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.Trim(), bytes, out var length) ? bytes[..length] : [];
    }

    [GeneratedRegex("^C?[0-9a-f]{32}$")]
    private static partial Regex CaseId();

    [GeneratedRegex("^[0-9a-f]{1,64}$")]
    private static partial Regex SerialHex();
}
