namespace Hufu.Governance;

/// <summary>A rule by which the audit pages list what is out of the ordinary.</summary>
/// <param name="Id">One of <see cref="Known"/>.</param>
/// <param name="Clause">The clause that asks for it.</param>
/// <param name="AtLeast">From how many on.</param>
/// <param name="Within">In which time; null where time is of no account.</param>
/// <param name="Zh">What it looks for, in Chinese.</param>
/// <param name="En">In English.</param>
public sealed record AnomalySetting(string Id, string Clause, int AtLeast, TimeSpan? Within, string Zh, string En)
{
    /// <summary>The rules that there are; a policy names each.</summary>
    public static IReadOnlyList<string> Known { get; } = ["refused-acts", "failed-acts", "failed-sign-ins", "odd-hours", "volume", "clock-back", "gap", "silence"];
}

/// <summary>Reads anomalies.yaml.</summary>
internal static class AnomalyRulesFile
{
    public const string Name = "anomalies.yaml";

    public static IReadOnlyList<AnomalySetting> Load(string directory)
    {
        var file = YamlMap.Load(directory, Name);
        var rules = AnomalySetting.Known.Select(id =>
        {
            var entry = file.Map(id);
            TimeSpan? within = null;
            // A clock's step back and a missing number are measured against no time.
            if (id is not ("clock-back" or "gap"))
            {
                var period = entry.Period("within");
                within = period.Months == 0 && !period.IsZero ? period.Time : throw entry.ErrorAt("within", "'within' must be given in days, hours, minutes or seconds.");
            }

            var rule = new AnomalySetting(id, entry.Text("clause"), entry.Number("atLeast", 1, 1_000_000), within, entry.Text("zh"), entry.Text("en"));
            entry.Close();
            return rule;
        }).ToList();
        file.Close();
        return rules;
    }
}
