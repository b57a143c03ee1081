namespace Hufu.Contracts;

/// <summary>
/// Looks for anomalies in a span of time: <c>POST /api/{room}/audit/anomalies</c>, act <see cref="ActNames.AuditAnomaliesRead"/>, object <c>ledger/{ledger}</c>; answered with <see cref="AnomalyReport"/>.
/// </summary>
/// <param name="Ledger">Whose ledger; as in <see cref="RecordQuery"/>.</param>
/// <param name="From">Records of this time or later.</param>
/// <param name="Until">Records before this time; at most 400 days after <paramref name="From"/>.</param>
public sealed record AnomalyQuery(string Ledger, DateTimeOffset From, DateTimeOffset Until);

/// <summary>What was found.</summary>
/// <param name="Ledger">Whose ledger.</param>
/// <param name="Records">How many records were looked at.</param>
/// <param name="Whole">False when the span holds more records than are looked at in one go; then the newest were.</param>
/// <param name="Rules">Every rule that was applied, with its figures from policy.</param>
/// <param name="Found">What was found, by rule and time; at most 500.</param>
public sealed record AnomalyReport(string Ledger, long Records, bool Whole, IReadOnlyList<AnomalyRule> Rules, IReadOnlyList<Anomaly> Found);

/// <summary>A rule of policy/anomalies.yaml.</summary>
/// <param name="Id">Its name: <c>refused-acts</c>, <c>odd-hours</c>, <c>clock-back</c>, <c>gap</c>, <c>silence</c>, <c>failed-sign-ins</c>, <c>volume</c>, <c>failed-acts</c>.</param>
/// <param name="Clause">The clause that asks for it.</param>
/// <param name="Zh">What it looks for, in Chinese.</param>
/// <param name="En">In English.</param>
/// <param name="AtLeast">From how many on.</param>
/// <param name="Within">Within which time, ISO 8601; null where time is of no account.</param>
/// <param name="Hits">How many were found.</param>
public sealed record AnomalyRule(string Id, string Clause, string Zh, string En, int AtLeast, string? Within, int Hits);

/// <summary>Something out of the ordinary. It accuses nobody: an auditor looks and marks.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Clause">Its clause.</param>
/// <param name="Actor">Whom it concerns; empty where nobody.</param>
/// <param name="At">When: the first of the records.</param>
/// <param name="Count">How many records.</param>
/// <param name="Records">Their numbers, at most 20.</param>
/// <param name="Words">In words.</param>
public sealed record Anomaly(string Rule, string Clause, string Actor, DateTimeOffset At, int Count, IReadOnlyList<long> Records, string Words);
