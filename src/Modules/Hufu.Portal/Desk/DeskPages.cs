using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Portal.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hufu.Portal.Desk;

/// <summary>The pages of staff. A page shows and asks; the person's own token signs each act, and the room decides.</summary>
internal sealed partial class DeskPages(PageDoor door, HealthWatch health)
{
    private const int BatchLimit = 16 * 1024 * 1024;
    private const int FiguresLimit = 2 * 1024 * 1024;

    public void Map(IEndpointRouteBuilder endpoints)
    {
        PageDoor.Get(endpoints, "/desk", (http, _) => door.PageAsync<WhoPage>(http));
        PageDoor.Get(endpoints, "/desk/session", (http, _) => door.PageAsync<SessionPage>(http));
        PageDoor.Get(endpoints, "/desk/ra", (http, _) => door.PageAsync<RaPage>(http));
        PageDoor.Get(endpoints, "/desk/ca", async (http, ct) => await door.PageAsync<CaPage>(http, new() { ["Health"] = await health.ReportAsync().WaitAsync(ct) }));
        PageDoor.Get(endpoints, "/desk/health", async (http, ct) => await door.PageAsync<HealthPage>(http, new() { ["Health"] = await health.ReportAsync().WaitAsync(ct) }));
        PageDoor.Get(endpoints, "/desk/batch", BatchAsync);
        endpoints.MapPost("/desk/digest", DigestAsync).WithBodyLimit(BatchLimit).ExcludeFromDescription();
        PageDoor.Get(endpoints, "/desk/kmc", KmcAsync);
        PageDoor.Get(endpoints, "/desk/audit", (http, _) => door.PageAsync<AuditPage>(http));
        PageDoor.Get(endpoints, "/desk/search", (http, _) => door.PageAsync<SearchPage>(http));
        PageDoor.Get(endpoints, "/desk/cases", (http, _) => door.PageAsync<CasesPage>(http));
        PageDoor.Get(endpoints, "/desk/figures", (http, _) => door.PageAsync<FiguresPage>(http));
        endpoints.MapPost("/desk/figures", FiguresAsync).WithBodyLimit(FiguresLimit).ExcludeFromDescription();
        PageDoor.Get(endpoints, "/desk/statistics", (http, _) => door.PageAsync<StatisticsPage>(http));
        endpoints.MapPost("/desk/statistics", StatisticsAsync).WithBodyLimit(FiguresLimit).ExcludeFromDescription();
        PageDoor.Get(endpoints, "/desk/backups", (http, _) => door.PageAsync<BackupsPage>(http));
        PageDoor.Get(endpoints, "/desk/deeds", DeedsAsync);
        PageDoor.Get(endpoints, "/desk/profiles", ProfilesAsync);
        PageDoor.Get(endpoints, "/desk/rooms", RoomsAsync);
        endpoints.MapPost("/desk/rooms/reading", ReadRoomAsync).WithBodyLimit(FiguresLimit).ExcludeFromDescription();
        endpoints.MapPost("/desk/difference", DifferenceAsync).WithBodyLimit(FiguresLimit).ExcludeFromDescription();
        PageDoor.Get(endpoints, "/desk/ceremonies", CeremoniesAsync);
        PageDoor.Get(endpoints, "/desk/staff", (http, _) => door.PageAsync<StaffPage>(http));
        PageDoor.Get(endpoints, "/desk/registers", (http, _) => door.PageAsync<RegistersPage>(http));
        PageDoor.Get(endpoints, "/desk/archive", (http, _) => door.PageAsync<ArchivePage>(http));
        PageDoor.Get(endpoints, "/desk/policy", PolicyAsync);
        PageDoor.Get(endpoints, "/desk/fees", FeesAsync);
        PageDoor.Get(endpoints, "/desk/counter", CounterAsync);
        PageDoor.Get(endpoints, "/desk/delivery", (http, _) => door.PageAsync<DeliveryPage>(http));
        PageDoor.Get(endpoints, "/desk/offices", OfficesAsync);
        PageDoor.Get(endpoints, "/desk/notices", (http, _) => door.PageAsync<NoticesPage>(http));
        PageDoor.Get(endpoints, "/desk/papers", (http, _) => door.PageAsync<PapersPage>(http));
        PageDoor.Get(endpoints, "/desk/disclosures", (http, _) => door.PageAsync<DisclosuresPage>(http));
    }

    // The browser has no SM3: a person signs a file's digest, which the room computes again from the file it gets.
    private static async Task<IResult> DigestAsync(HttpContext http, CancellationToken ct)
    {
        if (!SameOrigin.Holds(http.Request))
        {
            throw new RefusedException(RefusalCode.MessageNotAllowed, "The request came from another site.");
        }

        return Results.Text(Convert.ToHexStringLower(Sm3.HashData(await http.Request.ReadBodyAsync(BatchLimit, ct))));
    }

    // The figures are the person's, read with their own signed act; this draws them and keeps nothing.
    private async Task<IResult> FiguresAsync(HttpContext http, CancellationToken ct)
    {
        var overview = await ReadAsync<CaOverview>(http, ct);
        var begins = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var name in overview.Authorities.Select(one => one.Name).Where(name => Name().IsMatch(name)).Take(20))
        {
            if ((await door.Rooms.SendAsync(HttpMethod.Get, $"/ca/{name}.cer", null, null, null, ct)).Value is { } certificate)
            {
                begins[name] = Certificate.Decode(certificate).NotBefore;
            }
        }

        return await door.PartAsync<FiguresPart>(http, new() { ["Overview"] = overview, ["Begins"] = begins });
    }

    private async Task<IResult> StatisticsAsync(HttpContext http, CancellationToken ct) => await door.PartAsync<StatisticsPart>(http, new() { ["Statistics"] = await ReadAsync<RegistrationStatistics>(http, ct) });

    private static async Task<T> ReadAsync<T>(HttpContext http, CancellationToken ct)
    {
        if (!SameOrigin.Holds(http.Request))
        {
            throw new RefusedException(RefusalCode.MessageNotAllowed, "The request came from another site.");
        }

        try
        {
            return JsonSerializer.Deserialize<T>(await http.Request.ReadBodyAsync(FiguresLimit, ct), ContractJson.Options) ?? throw new RefusedException(RefusalCode.Malformed, "Nothing to draw.");
        }
        catch (JsonException fault)
        {
            throw new RefusedException(RefusalCode.Malformed, fault.Message);
        }
    }

    private async Task<IResult> DeedsAsync(HttpContext http, CancellationToken ct)
    {
        var id = http.Request.Query["id"].ToString().Trim();
        if (!Number().IsMatch(id))
        {
            var show = http.Request.Query["show"].ToString();
            var all = await door.Rooms.GetAsync<IReadOnlyList<ProposalStanding>>("/api/ca/deeds", ct);
            var words = door.Context(http.Request).Words;
            var deeds = TableOrder.By(
                [.. (all.Value ?? []).Where(deed => !DeedsPage.States.Contains(show) || DeedsPage.StateOf(deed) == show)], http.Request.Query["sort"],
                ("kind", deed => words["deed" + deed.Proposal.Deed]), ("name", deed => deed.Proposal.Name), ("reason", deed => deed.Proposal.Words), ("by", deed => deed.ProposedBy), ("state", deed => words["deedState_" + DeedsPage.StateOf(deed)]));
            var (rows, at, of) = TablePage.Cut(deeds, http.Request.Query["page"]);
            return await door.PageAsync<DeedsPage>(http, new() { ["Show"] = show, ["Rows"] = rows, ["At"] = at, ["Of"] = of }, all.Problem);
        }

        var standing = await door.Rooms.GetAsync<ProposalStanding>("/api/ca/deeds/" + id, ct);
        return await door.PageAsync<DeedsPage>(http, new() { ["Asked"] = id, ["Standing"] = standing.Value }, standing.Problem);
    }

    private async Task<IResult> ProfilesAsync(HttpContext http, CancellationToken ct)
    {
        var query = http.Request.Query;
        if (query["change"].ToString() is var change && Number().IsMatch(change))
        {
            var asked = await door.Rooms.GetAsync<ProfileChange>("/api/ca/profile-changes/" + change, ct);
            return asked.Value is { } found ? await door.PageAsync<ProfileChangePage>(http, new() { ["Change"] = found }) : await ListProfilesAsync(http, asked.Problem, ct);
        }

        if (query["p"].ToString() is var id && Name().IsMatch(id))
        {
            var profile = await door.Rooms.GetAsync<ProfileInForce>("/api/ca/profiles/" + id, ct);
            if (profile.Value is not { } inForce)
            {
                return await ListProfilesAsync(http, profile.Problem, ct);
            }

            var versions = await door.Rooms.GetAsync<IReadOnlyList<ProfileVersionShown>>($"/api/ca/profiles/{id}/versions", ct);
            var difference = long.TryParse(query["from"], NumberStyles.None, CultureInfo.InvariantCulture, out var from) && long.TryParse(query["to"], NumberStyles.None, CultureInfo.InvariantCulture, out var to)
                ? (await door.Rooms.GetAsync<ProfileDifference>($"/api/ca/profiles/{id}/difference?from={from}&to={to}", ct)).Value : null;
            return await door.PageAsync<ProfilePage>(http, new() { ["InForce"] = inForce, ["Versions"] = versions.Value ?? [], ["Difference"] = difference });
        }

        return await ListProfilesAsync(http, null, ct);
    }

    private async Task<IResult> ListProfilesAsync(HttpContext http, Problem? problem, CancellationToken ct)
    {
        var (a, b) = (http.Request.Query["a"].ToString(), http.Request.Query["b"].ToString());
        var inForce = await door.Rooms.GetAsync<IReadOnlyList<ProfileInForce>>("/api/ca/profiles", ct);
        var changes = await door.Rooms.GetAsync<IReadOnlyList<ProfileChange>>("/api/ca/profile-changes", ct);
        var page = door.Context(http.Request);
        var ordered = TableOrder.By(
            changes.Value ?? [], http.Request.Query["sort"], ("at", change => change.ProposedAt),
            ("profile", change => page.Policy.Profiles.TryGetValue(change.Profile, out var about) ? page.Text(about.TitleZh, about.TitleEn) : change.Profile),
            ("reason", change => change.Words), ("by", change => change.ProposedBy), ("state", change => page.Words["profileChange_" + change.State]));
        var (rows, at, of) = TablePage.Cut(ordered, http.Request.Query["page"]);
        return await door.PageAsync<ProfilesPage>(http, new() { ["A"] = a, ["B"] = b, ["Left"] = Text(a), ["Right"] = Text(b), ["InForce"] = inForce.Value ?? [], ["Changes"] = rows, ["At"] = at, ["Of"] = of }, problem);
    }

    private string? Text(string profile) => door.Policy.Profiles.ContainsKey(profile) ? door.Policy.ProfileText(profile) : null;

    private async Task<IResult> DifferenceAsync(HttpContext http, CancellationToken ct)
    {
        var texts = await ReadAsync<Dictionary<string, string>>(http, ct);
        return await door.PartAsync<DifferencePart>(http, new() { ["Before"] = texts.GetValueOrDefault("before", ""), ["After"] = texts.GetValueOrDefault("after", "") });
    }

    private async Task<IResult> RoomsAsync(HttpContext http, CancellationToken ct)
    {
        var standing = new List<(string, SetupState?)>();
        foreach (var room in Rooms.All)
        {
            standing.Add((room, (await door.Rooms.GetAsync<SetupState>($"/api/{room}/setup", ct)).Value));
        }

        return await door.PageAsync<RoomsPage>(http, new() { ["Standing"] = standing });
    }

    // Reads what another room's files say, for whoever is about to sign for them; keeps nothing.
    private async Task<IResult> ReadRoomAsync(HttpContext http, CancellationToken ct)
    {
        var asked = await ReadAsync<RoomFiles>(http, ct);
        var requests = asked.Kind == "requests";
        return await door.PartAsync<RoomPapersPart>(http, new() { ["Papers"] = requests ? RoomPapers.OfRequests(asked.Files ?? []) : RoomPapers.OfCertificates(asked.Files ?? [], door.Now), ["Requests"] = requests });
    }

    private sealed record RoomFiles(string Kind, IReadOnlyList<byte[]>? Files);

    private async Task<IResult> CeremoniesAsync(HttpContext http, CancellationToken ct)
    {
        var transcripts = new List<(string, string?)>();
        foreach (var room in new[] { Rooms.Ca, Rooms.Kmc })
        {
            var text = await door.Rooms.SendAsync(HttpMethod.Get, $"/api/{room}/ceremony/transcript", null, null, null, ct);
            transcripts.Add((room, text.Value is { } bytes ? Encoding.UTF8.GetString(bytes) : null));
        }

        return await door.PageAsync<CeremoniesPage>(http, new() { ["Transcripts"] = transcripts });
    }

    private async Task<IResult> PolicyAsync(HttpContext http, CancellationToken ct)
    {
        var changes = await door.Rooms.GetAsync<IReadOnlyList<PolicyValueChange>>("/api/ca/policy/history", ct);
        return await door.PageAsync<PolicyPage>(http, new() { ["Changes"] = changes.Value ?? [] });
    }

    private async Task<IResult> BatchAsync(HttpContext http, CancellationToken ct)
    {
        var agreement = await door.Rooms.GetAsync<Agreement>("/api/ra/agreement", ct);
        return await door.PageAsync<BatchPage>(http, new() { ["AgreementVersion"] = agreement.Value?.Version ?? "" }, agreement.Problem);
    }

    private async Task<IResult> FeesAsync(HttpContext http, CancellationToken ct)
    {
        var prices = await door.Rooms.GetAsync<IReadOnlyList<Price>>("/api/ra/prices", ct);
        return await door.PageAsync<FeesPage>(http, new() { ["Prices"] = prices.Value ?? [] }, prices.Problem);
    }

    private async Task<IResult> CounterAsync(HttpContext http, CancellationToken ct)
    {
        var agreement = await door.Rooms.GetAsync<Agreement>("/api/ra/agreement", ct);
        IReadOnlyList<CertificateProfile> types =
        [
            .. door.Policy.Profiles.Values.Where(profile => profile.Kind == ProfileKind.Holder && (!door.Policy.Forms.TryGetValue(profile.Id, out var form) || form.Channels.Contains(ApplicationChannel.Counter)))
                .OrderBy(profile => profile.Id, StringComparer.Ordinal),
        ];
        var type = http.Request.Query["type"].ToString();
        var chosen = types.FirstOrDefault(profile => profile.Id == type);
        var keys = chosen is null ? null : (await door.Rooms.GetAsync<FormText>("/api/ra/forms/" + chosen.Id, ct)).Value?.Keys;
        return await door.PageAsync<CounterPage>(
            http, new() { ["Profiles"] = types, ["Chosen"] = chosen, ["Keys"] = keys ?? KeyAlgorithm.Sm2, ["AgreementVersion"] = agreement.Value?.Version ?? "" }, agreement.Problem);
    }

    private async Task<IResult> OfficesAsync(HttpContext http, CancellationToken ct)
    {
        var offices = await door.Rooms.GetAsync<IReadOnlyList<Office>>("/api/ra/offices", ct);
        var all = offices.Value ?? [];
        var words = door.Context(http.Request).Words;
        var ordered = TableOrder.By(
            all, http.Request.Query["sort"], ("name", office => office.Kind == OfficeKind.Centre ? words["officeCentre"] : office.Name), ("kind", office => words["office" + office.Kind]), ("place", office => office.Address),
            ("types", office => office.Profiles.Count));
        var (rows, at, of) = TablePage.Cut(ordered, http.Request.Query["page"]);
        return await door.PageAsync<OfficesPage>(http, new() { ["Offices"] = all, ["Rows"] = rows, ["At"] = at, ["Of"] = of }, offices.Problem);
    }

    private async Task<IResult> KmcAsync(HttpContext http, CancellationToken ct)
    {
        var stores = await door.Rooms.GetAsync<KeyStores>("/api/kmc/stores", ct);
        var forecast = await door.Rooms.GetAsync<StoreForecast>("/api/kmc/stores/forecast", ct);
        var key = await door.Rooms.GetAsync<StorageKeyState>("/api/kmc/storage-key", ct);
        var due = await door.Rooms.GetAsync<DestructionDue>("/api/kmc/destructions/due", ct);
        var services = await door.Rooms.GetAsync<KeyCentreServices>("/api/kmc/services", ct);
        return await door.PageAsync<KmcPage>(
            http, new() { ["Stores"] = stores.Value, ["Forecast"] = forecast.Value, ["StorageKey"] = key.Value, ["Due"] = due.Value?.Pairs ?? [], ["Services"] = services.Value }, stores.Problem);
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,31}$")]
    private static partial Regex Name();

    [GeneratedRegex("^[0-9A-Za-z-]{1,64}$")]
    private static partial Regex Number();
}
