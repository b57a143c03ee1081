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

    [Fact]
    public void The_receiver_of_every_row_has_a_handler()
    {
        Violations.None(Rows().Where(row => !IsHandled(Room(row[3]), row[0], row[1])).Select(row => $"{row[3]} does not handle the {row[0]} {row[1]} of {row[2]}"));
    }

    [Fact]
    public void A_room_handles_what_stands_in_the_table_only()
    {
        Violations.None(Rooms.All.SelectMany(room => Room(room).GenericCalls
            .Where(call => call.Method is "Handle" or "Subscribe" && IsContract(call.Argument) && !Rows().Any(row => row[1] == call.Argument && row[3] == room))
            .Select(call => $"{room} handles {call.Argument}, which access.csv sends to nobody there")));
    }

    private static BuiltAssembly Room(string room) => BuiltAssembly.Of(Repository.Find($"Hufu.{char.ToUpperInvariant(room[0])}{room[1..]}"));

    // Post.Handle<TOrder, TReply>, Post.HandleDer("type", …), Post.Subscribe<TFact>.
    // What every room does alike stands in Hosting.
    private static bool IsHandled(BuiltAssembly room, string kind, string type) =>
        (kind == "fact" && BuiltAssembly.Of(Repository.Find("Hufu.Hosting")).GenericCalls.Contains(("Subscribe", type)))
        || room.GenericCalls.Contains((kind == "fact" ? "Subscribe" : "Handle", type))
        || (kind == "order" && room.ForeignMembers.Any(member => member.EndsWith(".HandleDer", StringComparison.Ordinal)) && room.Strings.Contains(type));

    private static bool IsContract(string type) => BuiltAssembly.Of(Repository.Find("Hufu.Contracts")).Types.Any(declared => declared.Name == type && declared.Interfaces.Any(Kinds.ContainsKey));

    private static IReadOnlyList<IReadOnlyList<string>> Rows()
    {
        IReadOnlyList<IReadOnlyList<string>> records = CsvText.Read(Repository.Text("src/Contracts/Hufu.Contracts/access.csv"));
        Assert.Equal(["kind", "type", "from", "to"], records[0]);
        return [.. records.Skip(1)];
    }
}
