using System.Globalization;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Portal.Rendering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Portal.Public;

/// <summary>The pages that anybody reads (6.2.1.1, 6.4.3.3): no cookie, no script needed.</summary>
internal sealed class PublicPages(PageDoor door, HealthWatch health, string openApi)
{
    private const string Brief = "max-age=5";
    private const string Hour = "max-age=3600";

    /// <summary>For which purposes the repository verifies, kebab-case.</summary>
    public static readonly string[] Purposes = ["signing", "encryption", "tls-server", "tls-client", "code-signing", "time-stamping"];

    [Clause("6.2.1.1-a")]
    public void Map(IEndpointRouteBuilder endpoints)
    {
        PageDoor.Get(endpoints, "/", async (http, ct) => await door.PageAsync<HomePage>(http, new() { ["Health"] = await health.ReportAsync().WaitAsync(ct) }, cache: Brief));
        PageDoor.Get(endpoints, "/apply", (http, _) => door.PageAsync<ApplyPage>(http, cache: Brief));
        PageDoor.Get(endpoints, "/addresses", (http, _) => door.PageAsync<AddressesPage>(http, new() { ["OpenApi"] = openApi }, cache: Hour));
        PageDoor.Get(endpoints, "/repository", RepositoryAsync);
        PageDoor.Get(endpoints, "/check", CheckAsync);
        PageDoor.Get(endpoints, "/verify", (http, _) => door.PageAsync<VerifyPage>(http, cache: Brief));
        PageDoor.Post(endpoints, "/verify", VerifyAsync);
        PageDoor.Get(endpoints, "/help", (http, _) => door.PageAsync<HelpPage>(http, cache: Hour));
        PageDoor.Get(endpoints, "/help/{profile}", (http, _) => door.PageAsync<GuidePage>(http, new() { ["Profile"] = door.Policy.HolderProfile((string)http.Request.RouteValues["profile"]!) }, cache: Hour));
        PageDoor.Get(endpoints, "/contact", async (http, ct) =>
        {
            var offices = await door.Rooms.GetAsync<List<Office>>("/api/ra/offices", ct);
            return await door.PageAsync<ContactPage>(http, new() { ["Offices"] = offices.Value ?? [] }, cache: Brief);
        });
        PageDoor.Get(endpoints, "/statement", async (http, ct) =>
        {
            var documents = await door.Rooms.GetAsync<List<string>>("/repository/documents", ct);
            return await door.PageAsync<StatementPage>(http, new() { ["Documents"] = documents.Value ?? [], ["Known"] = documents.Problem is null }, cache: Brief);
        });

        PageDoor.Get(endpoints, "/agreement", AgreementAsync);
    }

    private async Task<IResult> VerifyAsync(HttpContext http, IFormCollection form, CancellationToken ct)
    {
        if (await PageDoor.FileAsync(form, "file", ct) is not { } document)
        {
            return await door.PageAsync<VerifyPage>(http, problem: Problem.Of(RefusalCode.FieldMissing, field: "file"));
        }

        DateTimeOffset? time = null;
        if (form["time"].ToString() is { Length: > 0 } typed)
        {
            if (!DateTime.TryParse(typed, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            {
                return await door.PageAsync<VerifyPage>(http, problem: Problem.Of(RefusalCode.FieldInvalid, field: "time"));
            }

            time = new DateTimeOffset(local, door.Policy.Values.TimeZone.GetUtcOffset(local)).ToUniversalTime();
        }

        var question = new VerificationQuestion(document, await PageDoor.FileAsync(form, "content", ct), time, Purposes.FirstOrDefault(purpose => form["purpose"] == purpose), Signed: true);
        var answer = await door.Rooms.AskAsync<VerificationAnswer>(HttpMethod.Post, "/api/verify", question, null, null, ct);
        return await door.PageAsync<VerifyPage>(http, new() { ["Answer"] = answer.Value }, answer.Problem);
    }

    // All versions are kept: the one that was accepted stays readable.
    private async Task<IResult> AgreementAsync(HttpContext http, CancellationToken ct)
    {
        var version = http.Request.Query["version"].ToString();
        var agreement = await door.Rooms.GetAsync<Agreement>(version.Length is > 0 and <= 32 ? "/api/ra/agreements/" + Uri.EscapeDataString(version) : "/api/ra/agreement", ct);
        var versions = await door.Rooms.GetAsync<List<AgreementVersion>>("/api/ra/agreements", ct);
        return await door.PageAsync<AgreementPage>(http, new() { ["Agreement"] = agreement.Value, ["Versions"] = versions.Value ?? [] }, agreement.Problem);
    }

    private async Task<IResult> RepositoryAsync(HttpContext http, CancellationToken ct)
    {
        var digests = new Dictionary<string, string>();
        foreach (var name in new[] { "root.cer", "operational.cer" })
        {
            if ((await door.Rooms.SendAsync(HttpMethod.Get, "/ca/" + name, null, null, null, ct)).Value is { } certificate)
            {
                digests[name] = string.Join(' ', Convert.ToHexStringLower(Sm3.HashData(certificate)).Chunk(4).Select(four => new string(four)));
            }
        }

        return await door.PageAsync<RepositoryPage>(http, new() { ["Health"] = await health.ReportAsync().WaitAsync(ct), ["Digests"] = digests }, cache: Brief);
    }

    private async Task<IResult> CheckAsync(HttpContext http, CancellationToken ct)
    {
        var name = http.Request.Query["name"].ToString();
        var serial = http.Request.Query["serial"].ToString();
        if (serial.Length is > 0 and <= 64 && serial.All(char.IsAsciiHexDigitLower))
        {
            // The repository finds by name: the certificate itself says it.
            var file = await door.Rooms.SendAsync(HttpMethod.Get, $"/repository/certificates/{serial}.cer", null, null, null, ct);
            if (file.Value is null || Certificate.Decode(file.Value).Subject.CommonName is not { } subject)
            {
                return await door.PageAsync<CheckPage>(http, new() { ["Found"] = Array.Empty<FoundCertificate>() });
            }

            name = subject;
        }

        if (name.Length is 0 or > 128)
        {
            return await door.PageAsync<CheckPage>(http);
        }

        var found = await door.Rooms.GetAsync<List<FoundCertificate>>("/repository/certificates?name=" + Uri.EscapeDataString(name), ct);
        return await door.PageAsync<CheckPage>(
            http, new() { ["Name"] = name, ["Found"] = found.Value?.Where(certificate => serial.Length == 0 || certificate.Serial == serial).ToList() }, found.Problem);
    }
}
