namespace Hufu.Agent.Statements;

/// <summary>What acts are, in words: the column <c>what</c> of policy/acts.csv as it was when the agent was built.</summary>
internal static class ActTitles
{
    private static readonly Dictionary<string, string> Titles = Load();

    /// <summary>The act in Chinese, or null when this agent does not know it.</summary>
    public static string? Of(string act) => Titles.GetValueOrDefault(act);

    private static Dictionary<string, string> Load()
    {
        using var reader = new StreamReader(typeof(ActTitles).Assembly.GetManifestResourceStream("acts.csv") ?? throw new InvalidOperationException("acts.csv is not in the program."));
        var titles = new Dictionary<string, string>(StringComparer.Ordinal);
        _ = reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(',') is { Length: >= 6 } cells)
            {
                titles[cells[0]] = cells[5];
            }
        }

        return titles;
    }
}
