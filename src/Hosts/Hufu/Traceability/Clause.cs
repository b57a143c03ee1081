namespace Hufu.Host.Traceability;

/// <summary>A row of policy/clauses.csv.</summary>
/// <param name="Id">Clause of the practice statement, hyphen, letter: <c>6.2.6.1-a</c>.</param>
/// <param name="Kind"><c>S</c> the software does it, <c>P</c> a policy parameter, <c>T</c> people do it, <c>D</c> published content.</param>
/// <param name="Title">What it asks for, in a few words.</param>
internal sealed record Clause(string Id, string Kind, string Title)
{
    /// <summary>Kinds that have to be claimed by a member and a test, or stand in docs/open-clauses.csv.</summary>
    public bool IsOwed => Kind is "S" or "P";

    /// <summary>Reads the registry.</summary>
    /// <exception cref="FormatException">A wrong head, kind or number of fields, or an id twice.</exception>
    public static IReadOnlyList<Clause> ReadAll(string text)
    {
        IReadOnlyList<IReadOnlyList<string>> records = CsvText.Read(text);
        if (records.Count == 0 || !records[0].SequenceEqual(["id", "kind", "title"]))
        {
            throw new FormatException("policy/clauses.csv: the first line has to be id,kind,title");
        }

        List<Clause> clauses = [];
        HashSet<string> seen = [];
        foreach (IReadOnlyList<string> record in records.Skip(1))
        {
            if (record.Count != 3 || record[1] is not ("S" or "P" or "T" or "D") || record[2].Length == 0 || !seen.Add(record[0]))
            {
                throw new FormatException($"policy/clauses.csv: row {record[0]} is not id,kind,title with a kind of S, P, T, D and an id of its own");
            }

            clauses.Add(new Clause(record[0], record[1], record[2]));
        }

        return clauses;
    }
}
