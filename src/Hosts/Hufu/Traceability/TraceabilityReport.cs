using System.Text;

namespace Hufu.Host.Traceability;

/// <summary>Which clause is enforced where and tested where, and what does not add up.</summary>
internal sealed class TraceabilityReport
{
    private readonly IReadOnlyList<Clause> _clauses;
    private readonly ILookup<string, ClauseMark> _enforced;
    private readonly ILookup<string, ClauseMark> _tested;
    private readonly IReadOnlyList<IReadOnlyList<string>> _open;

    /// <param name="clauses">The registry, in its order.</param>
    /// <param name="enforced">Marks found under src.</param>
    /// <param name="tested">Marks found under tests.</param>
    /// <param name="openClauses">Text of docs/open-clauses.csv: id, reason.</param>
    public TraceabilityReport(IReadOnlyList<Clause> clauses, IEnumerable<ClauseMark> enforced, IEnumerable<ClauseMark> tested, string openClauses)
    {
        _clauses = clauses;
        _enforced = enforced.ToLookup(mark => mark.Id);
        _tested = tested.ToLookup(mark => mark.Id);
        _open = [.. CsvText.Read(openClauses).Skip(1)];
    }

    /// <summary>Reads the registry, the ledger of open clauses and every built assembly of the tree.</summary>
    public static TraceabilityReport Read(SourceTree tree) => new(
        Clause.ReadAll(File.ReadAllText(tree.At("policy", "clauses.csv"))),
        tree.Projects("src").SelectMany(project => ClauseScan.Read(tree.Assembly(project))),
        tree.Projects("tests").SelectMany(project => ClauseScan.Read(tree.Assembly(project))),
        File.ReadAllText(tree.At("docs", "open-clauses.csv")));

    /// <summary>The page docs/traceability.md.</summary>
    public string Page()
    {
        StringBuilder page = new();
        page.Append("# Clause by clause\n\n");
        page.Append("Written by `./hufu traceability` from the `[Clause]` marks in the built assemblies; not edited by hand.\n");
        page.Append("Clauses not done yet stand in [open-clauses.csv](open-clauses.csv) with a reason.\n\n");
        page.Append("| id | kind | title | enforced in | tested in |\n|---|---|---|---|---|\n");
        foreach (Clause clause in _clauses)
        {
            page.Append($"| {clause.Id} | {clause.Kind} | {clause.Title.Replace("|", "\\|", StringComparison.Ordinal)} |{Cell(_enforced[clause.Id])}|{Cell(_tested[clause.Id])}|\n");
        }

        return page.ToString();
    }

    /// <summary>The ledger of open clauses without the rows whose clause is done.</summary>
    public string SettledLedger()
    {
        StringBuilder ledger = new(CsvText.Write("id", "reason"));
        foreach (IReadOnlyList<string> row in _open.Where(row => !(row.Count == 2 && IsDone(row[0]))))
        {
            ledger.Append(CsvText.Write([.. row]));
        }

        return ledger.ToString();
    }

    /// <summary>Every way in which marks, registry and ledger contradict each other, a sentence each.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        HashSet<string> known = [.. _clauses.Select(clause => clause.Id)];
        foreach (ClauseMark mark in _enforced.Concat(_tested).SelectMany(marks => marks).Where(mark => !known.Contains(mark.Id)))
        {
            problems.Add($"{mark.Project}: {mark.Member} is marked with {mark.Id}, which policy/clauses.csv does not have");
        }

        foreach (ClauseMark mark in _tested.SelectMany(marks => marks).Where(mark => !mark.IsTest))
        {
            problems.Add($"{mark.Project}: {mark.Member} is marked with {mark.Id} but is no test");
        }

        HashSet<string> open = [];
        foreach (IReadOnlyList<string> row in _open)
        {
            if (row.Count != 2 || row[1].Length == 0 || !known.Contains(row[0]) || !open.Add(row[0]))
            {
                problems.Add($"docs/open-clauses.csv: row {row[0]} is not a known id, once, with a reason");
            }
        }

        foreach (Clause clause in _clauses)
        {
            bool enforced = _enforced.Contains(clause.Id), tested = _tested.Contains(clause.Id);
            if (enforced && !tested)
            {
                problems.Add($"{clause.Id} is claimed by {_enforced[clause.Id].First().Member} but no test proves it");
            }
            else if (tested && !enforced)
            {
                problems.Add($"{clause.Id} is tested by {_tested[clause.Id].First().Member} but no member enforces it");
            }
            else if (enforced && open.Contains(clause.Id))
            {
                problems.Add($"{clause.Id} is done and still stands in docs/open-clauses.csv");
            }
            else if (!enforced && clause.IsOwed && !open.Contains(clause.Id))
            {
                problems.Add($"{clause.Id} is neither claimed nor listed in docs/open-clauses.csv with a reason");
            }
        }

        return problems;
    }

    private bool IsDone(string id) => _enforced.Contains(id) && _tested.Contains(id);

    private static string Cell(IEnumerable<ClauseMark> marks)
    {
        string names = string.Join(", ", marks.Select(mark => mark.Member).Distinct().Order(StringComparer.Ordinal));
        return names.Length == 0 ? " " : $" {names} ";
    }
}
