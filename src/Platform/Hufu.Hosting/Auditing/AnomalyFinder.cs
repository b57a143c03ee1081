using System.Text.Json;
using System.Text.RegularExpressions;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>What of a record the rules look at.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Time">Its time.</param>
/// <param name="Actor">Who.</param>
/// <param name="Act">Which act.</param>
/// <param name="Object">On what.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="ClockBack">Whether the clock read less than the record before.</param>
/// <param name="Proposed">Whether it was refused only because a second person is needed.</param>
internal readonly record struct LookedAt(long Sequence, DateTimeOffset Time, string Actor, string Act, string Object, LedgerOutcome Outcome, bool ClockBack, bool Proposed);

/// <summary>Finds what is out of the ordinary in a span of records, by the rules of policy/anomalies.yaml. Pure.</summary>
internal sealed partial class AnomalyFinder(Policy policy)
{
    private const int Shown = 20;
    private const int VolumeTimes = 5;

    /// <summary>What the rules look at in a record.</summary>
    public static LookedAt Look(LedgerEntry entry)
    {
        bool back = false, proposed = false;
        if (entry.Line.Contains("\"clock\":", StringComparison.Ordinal) || entry.Outcome == LedgerOutcome.Refused)
        {
            using var line = JsonDocument.Parse(entry.Line);
            back = line.RootElement.TryGetProperty("clock", out _);
            proposed = line.RootElement.TryGetProperty("detail", out var detail) && detail.TryGetProperty("code", out var code) && code.ValueEquals("second-needed");
        }

        return new LookedAt(entry.Sequence, entry.Time, entry.Actor, entry.Act, entry.Object, entry.Outcome, back, proposed);
    }

    /// <summary>Applies every rule.</summary>
    /// <param name="records">The records in their order, of one ledger, without any left out.</param>
    /// <param name="from">Where the span begins.</param>
    /// <param name="until">Where it ends.</param>
    [Clause("6.6.1.4-g")]
    public IReadOnlyList<Anomaly> Find(IReadOnlyList<LookedAt> records, DateTimeOffset from, DateTimeOffset until) =>
    [
        .. policy.Anomalies.SelectMany(rule => rule.Id switch
        {
            "refused-acts" => Grouped(rule, records.Where(record => record is { Outcome: LedgerOutcome.Refused, Proposed: false } && record.Act != "session.sign-in"), record => record.Actor),
            "failed-acts" => Grouped(rule, records.Where(record => record.Outcome == LedgerOutcome.Failed), _ => ""),
            // Whoever tries may be nobody whom the room knows: then the attempts are one crowd.
            "failed-sign-ins" => Grouped(rule, records.Where(record => record is { Outcome: LedgerOutcome.Refused, Act: "session.sign-in" }), record => record.Actor),
            "odd-hours" => OddHours(rule, records),
            "volume" => Volume(rule, records, until - from),
            "clock-back" => records.Where(record => record.ClockBack).Select(record => Of(rule, record.Actor, [record], "系统时钟早于前一条记录 (the clock read less than the record before)")),
            "gap" => Gaps(rule, records),
            "silence" => Silence(rule, records),
            _ => [],
        }),
    ];

    private static IEnumerable<Anomaly> Grouped(AnomalySetting rule, IEnumerable<LookedAt> records, Func<LookedAt, string> by) =>
        records.GroupBy(by, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .SelectMany(group => Clusters([.. group], rule.Within!.Value, rule.AtLeast).Select(cluster => Of(rule, group.Key, cluster, $"{cluster.Count} 次：{string.Join("、", cluster.Select(record => record.Act).Distinct().Take(5))}")));

    private IEnumerable<Anomaly> OddHours(AnomalySetting rule, IReadOnlyList<LookedAt> records) => records
        .Where(record => Person().IsMatch(record.Actor) && !policy.Calendar.IsWorkingTime(record.Time))
        .GroupBy(record => (record.Actor, Day: policy.Values.LocalText(record.Time)[..10]))
        .Where(group => group.Count() >= rule.AtLeast)
        .Select(group => Of(rule, group.Key.Actor, [.. group], $"{group.Key.Day} {policy.Values.LocalText(group.First().Time)[11..]}–{policy.Values.LocalText(group.Last().Time)[11..]}，{group.Count()} 条：{string.Join("、", group.Select(record => record.Act).Distinct().Take(5))}"));

    private static IEnumerable<Anomaly> Volume(AnomalySetting rule, IReadOnlyList<LookedAt> records, TimeSpan span) => records
        .Where(record => Person().IsMatch(record.Actor))
        .GroupBy(record => record.Actor, StringComparer.Ordinal)
        .SelectMany(group =>
        {
            List<LookedAt> all = [.. group];
            var average = all.Count / Math.Max(1, span / rule.Within!.Value);
            return Clusters(all, rule.Within!.Value, rule.AtLeast).Where(cluster => cluster.Count >= VolumeTimes * average)
                .Select(cluster => Of(rule, group.Key, cluster, $"{cluster.Count} 条，其平均为 {average:0.##} 条"));
        });

    private static IEnumerable<Anomaly> Gaps(AnomalySetting rule, IReadOnlyList<LookedAt> records)
    {
        for (var i = 1; i < records.Count; i++)
        {
            if (records[i].Sequence != records[i - 1].Sequence + 1)
            {
                yield return Of(rule, "", [records[i - 1], records[i]], $"{records[i - 1].Sequence} 之后是 {records[i].Sequence}");
            }
        }
    }

    private static IEnumerable<Anomaly> Silence(AnomalySetting rule, IReadOnlyList<LookedAt> records)
    {
        for (var i = 1; i < records.Count; i++)
        {
            if (records[i].Time - records[i - 1].Time > rule.Within)
            {
                yield return Of(rule, "", [records[i - 1], records[i]], $"{(records[i].Time - records[i - 1].Time).TotalHours:0} 小时没有记录");
            }
        }
    }

    // From the first record on as many as lie within the time; what belongs to a cluster begins no other.
    private static List<IReadOnlyList<LookedAt>> Clusters(List<LookedAt> records, TimeSpan within, int least)
    {
        var clusters = new List<IReadOnlyList<LookedAt>>();
        for (int start = 0, end = 0; start < records.Count;)
        {
            end = Math.Max(end, start);
            while (end < records.Count && records[end].Time - records[start].Time <= within)
            {
                end++;
            }

            if (end - start >= least)
            {
                clusters.Add([.. records.Skip(start).Take(end - start)]);
                start = end;
            }
            else
            {
                start++;
            }
        }

        return clusters;
    }

    private static Anomaly Of(AnomalySetting rule, string actor, IReadOnlyList<LookedAt> records, string words) =>
        new(rule.Id, rule.Clause, actor, records[0].Time, records.Count, [.. records.Take(Shown).Select(record => record.Sequence)], words);

    [GeneratedRegex(@" \(P\d{4,}\)$")]
    private static partial Regex Person();
}
