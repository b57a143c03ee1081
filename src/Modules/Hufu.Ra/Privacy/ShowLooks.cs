using System.Text.Json;
using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Ra.Privacy;

/// <summary>Shows holders from the room's log who has had their data before them: time, role, act and purpose; never a name of staff, nor another holder's.</summary>
internal sealed class ShowLooks(RaDesk desk)
{
    /// <summary>A search has shown this application; the search itself is a record of its own.</summary>
    public const string Found = "ra.application.found";

    /// <summary>Data of this application was given to officers; told to the holder where policy says so.</summary>
    public const string Disclosed = "ra.data.disclosed";

    private const int Page = 100;
    private const int Most = LedgerFilter.MaxLimit;

    // What shows data to somebody, or asks another about it. Zh: policy's words where it knows the act.
    private static readonly Dictionary<string, (string? Zh, string En)> Acts = new(StringComparer.Ordinal)
    {
        [ActNames.RaApplicationRead] = (null, "Read the application and its papers"),
        [ActNames.RaApplicationEnter] = (null, "Entered the application"),
        [ActNames.RaApplicationApprove] = (null, "Vetted and approved the application"),
        [ActNames.RaApplicationRefuse] = (null, "Vetted and refused the application"),
        [ActNames.RaExceptionConfirm] = (null, "Confirmed an exception"),
        [ActNames.RaExceptionRefuse] = (null, "Refused an exception"),
        [ActNames.RaNoticesRead] = (null, "Read or printed notices"),
        [ActNames.RaSourceAsk] = (null, "Asked a third-party source about data"),
        [ActNames.RaCallBackSend] = (null, "Called back with a code"),
        [ActNames.RaCodeRenew] = (null, "Made a lost code anew"),
        [ActNames.RaPairHandOver] = (null, "Handed the certificates over"),
        [Found] = ("查询结果中显示了申请", "Shown in a search's result"),
        [Disclosed] = ("依法向有关机关提供了资料", "Data was given to officers"),
        ["ra.data.read"] = ("持有者查看本人资料", "The holder looked at their own data"),
        ["ra.data.correct"] = ("持有者更正本人资料", "The holder corrected their own data"),
    };

    [Clause("6.4.2-d")]
    public async Task<DataLooks> RunAsync(string id, string? authorization, long? below, CancellationToken ct)
    {
        await desk.Context.Database.ReadAsync(session => HoldersData.Own(session, id, authorization), ct);
        var looks = new List<DataLook>();
        long? next = below;
        while (true)
        {
            var entries = await desk.Context.Ledger.SearchAsync(new LedgerFilter { Object = $"application/{id}", Outcome = LedgerOutcome.Done, Below = next, Limit = Most }, ct);
            var known = entries.Where(entry => Acts.ContainsKey(entry.Act)).ToList();
            if (known.Count > 0)
            {
                var seen = await desk.Context.Database.ReadAsync(session => known.Select(entry => Look(session, entry)).OfType<DataLook>().ToList(), ct);
                looks.AddRange(seen.Take(Page - looks.Count));
                if (looks.Count == Page)
                {
                    return new DataLooks(looks, looks[^1].Number);
                }
            }

            if (entries.Count < Most)
            {
                return new DataLooks(looks, null);
            }

            next = entries[^1].Sequence;
        }
    }

    private DataLook? Look(Session session, LedgerEntry entry)
    {
        using var line = JsonDocument.Parse(entry.Line);
        var detail = line.RootElement.TryGetProperty("detail", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        // Without the holder's consent: an inquiry is not warned of (policy says for how long).
        if (entry.Act == Disclosed && Text(detail, "ground") != nameof(DisclosureGround.OwnersConsent) && desk.Context.Policy.Values.Registration.DisclosureToldAfter.After(entry.Time) > desk.Context.Clock.GetUtcNow())
        {
            return null;
        }

        var rule = desk.Context.Policy.Acts.GetValueOrDefault(entry.Act);
        var (zh, en) = Acts[entry.Act];
        var role = entry.Actor == "holder" ? "holder" : Text(detail, "role") ?? RoleOf(session, entry.Actor, rule);
        var (roleZh, roleEn) = desk.Context.Policy.Roles.TryGetValue(role, out var known) ? (known.TitleZh, known.TitleEn) : role == "holder" ? ("持有者本人", "The holder") : ("注册机构工作人员", "Registration staff");
        return new DataLook(entry.Sequence, entry.Time, role, roleZh, roleEn, entry.Act, zh ?? rule?.What ?? entry.Act, en, Text(detail, "purpose"));
    }

    private static string? Text(JsonElement detail, string name) =>
        detail.ValueKind == JsonValueKind.Object && detail.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Records of earlier versions name no role: the only one that may do the act, or the person's.
    private string RoleOf(Session session, string actor, Governance.ActRule? rule)
    {
        if (rule is null)
        {
            return "staff";
        }

        if (rule.Roles.Count == 1)
        {
            return rule.Roles.Single();
        }

        var open = actor.LastIndexOf('(');
        var person = open >= 0 && actor.EndsWith(')') ? desk.Context.Staff.Find(session, actor[(open + 1)..^1]) : null;
        return person?.Roles.FirstOrDefault(rule.Roles.Contains) ?? "staff";
    }
}
