using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Print;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>What a month's summary is made of.</summary>
internal sealed record MonthFigures
{
    public required string Ledger { get; init; }

    public required AuditMonth Month { get; init; }

    public required IReadOnlyList<LookedAt> Records { get; init; }

    /// <summary>False when the month has more records than were looked at.</summary>
    public required bool Whole { get; init; }

    public required IReadOnlyList<Anomaly> Anomalies { get; init; }

    /// <summary>The head over the ledger when the summary was made.</summary>
    public required SignedHead Head { get; init; }

    public required long Reviewed { get; init; }

    public required long Suspicious { get; init; }

    public required long Unanswered { get; init; }
}

/// <summary>The monthly summary on paper (6.6.1.4-b): figures from the records, the auditor's words, statement and signature.</summary>
internal static class MonthSummary
{
    private const int MostActs = 60;
    private const int MostAnomalies = 120;

    private static readonly Lazy<PrintFont?> Font = new(() => PrintFont.FindFile() is { } file ? PrintFont.Load(file) : null);

    public static byte[] Print(MonthFigures figures, MonthReview review, AuthorisedAct act, Policy policy, DateTimeOffset now)
    {
        var lines = new List<PrintedLine> { new(16, $"审计日志月度总结 {figures.Ledger} {figures.Month.Name}"), new(9, $"Monthly audit summary of the ledger '{figures.Ledger}', {figures.Month.Name} ({policy.Values.TimeZone.Id})") };
        Line($"生成时间 {policy.Values.LocalText(now)}，审计员 {act.Person}");
        Line($"记录 {figures.Records.Count} 条{(figures.Records.Count > 0 ? $"，序号 {figures.Records[0].Sequence} 至 {figures.Records[^1].Sequence}" : "")}{(figures.Whole ? "" : "（本月记录过多，仅统计最新部分）")}");
        Line($"已审阅 {figures.Reviewed} 条，可疑 {figures.Suspicious} 条，待说明 {figures.Unanswered} 条");
        Line($"完成 {Count(LedgerOutcome.Done)}，拒绝 {Count(LedgerOutcome.Refused)}，失败 {Count(LedgerOutcome.Failed)}");
        Line($"日志签名头：{figures.Head.ToJson()}");
        Heading("一、结论");
        Line(review.Conclusion.Trim());
        Heading("二、严重违规及处置");
        Line(review.Breaches.Trim());
        Heading("三、异常情况");
        foreach (var rule in policy.Anomalies)
        {
            var found = figures.Anomalies.Where(anomaly => anomaly.Rule == rule.Id).ToList();
            Line($"{rule.Zh}（{rule.Id}，{rule.Clause}）：{found.Count}");
            foreach (var anomaly in found.Take(MostAnomalies))
            {
                Line($"    {policy.Values.LocalText(anomaly.At)} {anomaly.Actor} {anomaly.Words} [{string.Join(", ", anomaly.Records)}]");
            }

            if (found.Count > MostAnomalies)
            {
                Line($"    …… 另有 {found.Count - MostAnomalies} 项");
            }
        }

        Heading("四、操作统计");
        foreach (var group in figures.Records.GroupBy(record => record.Act, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(MostActs))
        {
            var title = policy.Acts.TryGetValue(group.Key, out var rule) ? $"{rule.What}（{group.Key}）" : group.Key;
            Line($"{title}：{group.Count()}，其中拒绝 {group.Count(record => record.Outcome == LedgerOutcome.Refused)}，失败 {group.Count(record => record.Outcome == LedgerOutcome.Failed)}");
        }

        Heading("五、审计员的签名");
        foreach (var line in act.Signed.Statement.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Line(line);
        }

        Line($"signature: {Convert.ToBase64String(act.Signed.Signature)}");
        Line("本文件另有审计密钥的 GM/T 0010 分离签名。 A detached GM/T 0010 signature by the room's audit key goes with this file.");
        return PrintedDocument.Encode($"{figures.Ledger} {figures.Month.Name}", lines, Font.Value);

        int Count(LedgerOutcome outcome) => figures.Records.Count(record => record.Outcome == outcome);

        void Heading(string text) => lines.Add(new PrintedLine(12, text));

        void Line(string text) => lines.Add(new PrintedLine(9, text.ReplaceLineEndings(" ")));
    }
}
