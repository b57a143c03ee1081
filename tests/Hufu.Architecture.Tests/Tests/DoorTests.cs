using Hufu.Architecture.Tests.Checks;
using Hufu.Architecture.Tests.Reading;
using Hufu.Contracts;
using Hufu.Host.Traceability;

namespace Hufu.Architecture.Tests.Tests;

/// <summary>Who may send what to whom stands in access.csv, and nothing stands there that does not exist.</summary>
public sealed class DoorTests
{
    private static readonly Dictionary<string, string> Kinds = new() { ["IOrder"] = "order", ["IFact"] = "fact", ["IQuery"] = "query" };

    [Fact]
    public void Every_order_fact_and_query_has_a_row_and_every_row_has_its_type()
    {
        IEnumerable<string> declared = BuiltAssembly.Of(Repository.Find("Hufu.Contracts")).Types
            .SelectMany(type => type.Interfaces.Where(Kinds.ContainsKey).Select(kind => $"{Kinds[kind]} {type.Name}"));
        string[] listed = [.. Rows().Select(row => $"{row[0]} {row[1]}")];
        Assert.NotEmpty(listed);
        Assert.Equal(declared.Distinct().Order(StringComparer.Ordinal), listed.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_row_names_two_different_rooms_once()
    {
        Violations.None(Rows().Where(row => row.Count != 4 || !Rooms.All.Contains(row[2]) || !Rooms.All.Contains(row[3]) || row[2] == row[3]).Select(row => string.Join(',', row)));
        string[] rows = [.. Rows().Select(row => string.Join(',', row))];
        Assert.Equal(rows.Distinct(), rows);
    }

    private static IReadOnlyList<IReadOnlyList<string>> Rows()
    {
        IReadOnlyList<IReadOnlyList<string>> records = CsvText.Read(Repository.Text("src/Contracts/Hufu.Contracts/access.csv"));
        Assert.Equal(["kind", "type", "from", "to"], records[0]);
        return [.. records.Skip(1)];
    }
}
