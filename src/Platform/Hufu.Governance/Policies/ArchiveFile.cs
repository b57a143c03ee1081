using System.Collections.Frozen;

namespace Hufu.Governance;

/// <summary>A class of what is archived (6.6.1.5-a, -b), data of policy/archive.yaml.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Clause">The clause of its period.</param>
/// <param name="Kept">How long, from the end of what it holds.</param>
/// <param name="Every">How often a package is due.</param>
/// <param name="Sealed">Whether its files are sealed against reading.</param>
/// <param name="HeldUntilAssessed">Whether it is kept in any case until an assessment over the time that it covers is on record (6.6.1.5-b).</param>
/// <param name="Zh">In Chinese.</param>
/// <param name="En">In English.</param>
public sealed record ArchiveClass(string Id, string Clause, CalendarPeriod Kept, CalendarPeriod Every, bool Sealed, bool HeldUntilAssessed, string Zh, string En);

/// <summary>Reads archive.yaml.</summary>
internal static class ArchiveFile
{
    public const string Name = "archive.yaml";

    /// <summary>Certificates and their records are kept ten years after their end, whatever a policy says (6.6.1.4-c, 6.6.1.5-b).</summary>
    private static readonly FrozenSet<string> TenYears = FrozenSet.Create(StringComparer.Ordinal, "ledger", "evidence", "certificates", "crls");

    public static FrozenDictionary<string, ArchiveClass> Load(string directory)
    {
        var file = YamlMap.Load(directory, Name);
        var classes = new Dictionary<string, ArchiveClass>(StringComparer.Ordinal);
        foreach (var id in file.Keys.ToList())
        {
            var entry = file.Map(id);
            if (id.Length > 30 || !id.All(letter => char.IsAsciiLetterLower(letter) || letter == '-'))
            {
                throw entry.Error($"'{id}' must be a name of small letters and hyphens, up to 30.");
            }

            var read = new ArchiveClass(
                id, entry.Text("clause"), entry.Period("kept"), entry.Period("every"), entry.Flag("sealed", otherwise: false), entry.Flag("heldUntilAssessed", otherwise: false), entry.Text("zh"), entry.Text("en"));
            entry.Close();
            if (read.Every.IsZero || read.Kept.IsZero)
            {
                throw entry.Error("'kept' and 'every' must be longer than nothing.");
            }

            if (TenYears.Contains(id) && !new CalendarPeriod(120, TimeSpan.Zero).IsAtMost(read.Kept))
            {
                throw entry.ErrorAt("kept", $"'{id}' is kept ten years or longer (6.6.1.5-b).");
            }

            classes[id] = read;
        }

        return classes.Count is > 0 and <= 40 ? classes.ToFrozenDictionary(StringComparer.Ordinal) : throw new PolicyException(Name, 0, "1 to 40 classes.");
    }
}
