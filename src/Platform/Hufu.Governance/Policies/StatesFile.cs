using System.Collections.Frozen;

namespace Hufu.Governance;

/// <summary>Reads states.csv: <c>kind,act,states</c>; a row without an act lists all states of a kind of object, one with an act those in which it can be done. Acts that stand in no row look at no state.</summary>
internal static class StatesFile
{
    public const string Name = "states.csv";
    private const string Header = "kind,act,states";

    public static FrozenDictionary<string, ActStates> Load(string directory, IReadOnlyDictionary<string, ActRule> acts)
    {
        var path = Path.Combine(directory, Name);
        if (!File.Exists(path))
        {
            throw new PolicyException(Name, 0, "The file is missing.");
        }

        var lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0] != Header)
        {
            throw new PolicyException(Name, 1, $"The first line must be {Header}.");
        }

        var kinds = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var states = new Dictionary<string, ActStates>(StringComparer.Ordinal);
        for (var i = 1; i < lines.Length; i++)
        {
            var cells = lines[i].Split(',');
            string[] words = cells.Length == 3 ? cells[2].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
            if (cells[0].Length == 0 || words.Length == 0 || words.Distinct().Count() != words.Length)
            {
                throw new PolicyException(Name, i + 1, "A row has a kind, an act or nothing, and states.");
            }

            if (cells[1].Length == 0)
            {
                kinds[cells[0]] = words;
                continue;
            }

            if (!acts.ContainsKey(cells[1]) || !kinds.TryGetValue(cells[0], out var all) || words.Except(all).Any())
            {
                throw new PolicyException(Name, i + 1, "The act is unknown, or its kind does not stand above it with these states.");
            }

            if (!states.TryAdd(cells[1], new ActStates(cells[0], words, all)))
            {
                throw new PolicyException(Name, i + 1, $"'{cells[1]}' stands there twice.");
            }
        }

        return states.ToFrozenDictionary(StringComparer.Ordinal);
    }
}

/// <summary>In which states of its object an act can be done.</summary>
/// <param name="Kind">The kind of object: the part of its name before the slash.</param>
/// <param name="Allowed">States in which it can be done, in their order.</param>
/// <param name="All">All states of such an object.</param>
public sealed record ActStates(string Kind, IReadOnlyList<string> Allowed, IReadOnlyList<string> All);
