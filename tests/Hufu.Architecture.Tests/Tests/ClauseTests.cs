using System.Text.RegularExpressions;
using Hufu.Architecture.Tests.Checks;
using Hufu.Architecture.Tests.Reading;
using Hufu.Host.Traceability;

namespace Hufu.Architecture.Tests.Tests;

/// <summary>Every requirement is in the registry; what is claimed is enforced and tested; what is owed stands in the ledger.</summary>
public sealed partial class ClauseTests
{
    [Fact]
    public void The_registry_has_the_ids_and_kinds_of_the_requirements()
    {
        string? requirements = Repository.Shared("requirements.md");
        Assert.SkipWhen(requirements is null, "../shared/requirements.md is not beside this clone; the registry was compared with it where it was");
        string[] asked = [.. RequirementRow().Matches(requirements).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}")];
        Assert.NotEmpty(asked);
        Assert.Equal(asked, Registry().Select(clause => $"{clause.Id} {clause.Kind}"));
    }

    [Fact]
    public void Titles_are_short() => Violations.None(Registry().Where(clause => clause.Title.Length > 160).Select(clause => clause.Id));

    [Fact]
    public void Claims_tests_registry_and_ledger_agree() => Violations.None(TraceabilityReport.Read(Repository.Tree).Problems());

    [Fact]
    public void The_traceability_page_is_fresh()
    {
        Assert.True(TraceabilityReport.Read(Repository.Tree).Page() == Repository.Text("docs/traceability.md"), "docs/traceability.md is stale: run ./hufu traceability and commit the page");
    }

    [Fact]
    public void Every_way_to_disagree_is_found()
    {
        Clause[] registry = [new("1-a", "S", "one"), new("1-b", "P", "two"), new("1-c", "S", "three"), new("1-d", "S", "four"), new("1-e", "T", "five"), new("1-f", "S", "six")];
        TraceabilityReport report = new(
            registry,
            [Mark("1-a", "Door.Open"), Mark("1-c", "Door.Shut"), Mark("1-f", "Door.Lock"), Mark("9-z", "Door.Lean")],
            [Mark("1-b", "DoorTests.Opens", isTest: true), Mark("1-c", "DoorTests.Shuts", isTest: true), Mark("1-f", "Doors", isTest: false)],
            "id,reason\n1-c,later\n1-a,\n8-y,later\n");
        Assert.Equal(
            [
                "Test: Door.Lean is marked with 9-z, which policy/clauses.csv does not have",
                "Test: Doors is marked with 1-f but is no test",
                "docs/open-clauses.csv: row 1-a is not a known id, once, with a reason",
                "docs/open-clauses.csv: row 8-y is not a known id, once, with a reason",
                "1-a is claimed by Door.Open but no test proves it",
                "1-b is tested by DoorTests.Opens but no member enforces it",
                "1-c is done and still stands in docs/open-clauses.csv",
                "1-d is neither claimed nor listed in docs/open-clauses.csv with a reason",
            ],
            report.Problems());
        Assert.Equal("id,reason\n1-a,\n8-y,later\n", report.SettledLedger());
    }

    [Fact]
    public void The_page_has_a_row_a_clause_with_names_and_commas_only()
    {
        TraceabilityReport report = new(
            [new("1-a", "S", "a | b"), new("1-b", "D", "c")],
            [Mark("1-a", "Door.Shut"), Mark("1-a", "Door"), Mark("1-a", "Door.Shut")],
            [Mark("1-a", "DoorTests.Shuts", isTest: true)],
            "id,reason\n");
        Assert.EndsWith("| id | kind | title | enforced in | tested in |\n|---|---|---|---|---|\n| 1-a | S | a \\| b | Door, Door.Shut | DoorTests.Shuts |\n| 1-b | D | c | | |\n", report.Page(), StringComparison.Ordinal);
    }

    private static IReadOnlyList<Clause> Registry() => Clause.ReadAll(Repository.Text("policy/clauses.csv"));

    private static ClauseMark Mark(string id, string member, bool isTest = false) => new(id, "Test", member, isTest);

    [GeneratedRegex(@"^\| (\d[\w.]*-[a-z]+) \| ([SPTD]) \|", RegexOptions.Multiline)]
    private static partial Regex RequirementRow();
}
