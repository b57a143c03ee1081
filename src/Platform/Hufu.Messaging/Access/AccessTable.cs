using Hufu.Contracts;

namespace Hufu.Messaging;

/// <summary>Who may send what to whom: the reviewed file <c>src/Contracts/Hufu.Contracts/access.csv</c> (kind, type, from, to), carried inside Hufu.Contracts.</summary>
public sealed class AccessTable
{
    /// <summary>The kind of an order.</summary>
    public const string Order = "order";

    /// <summary>The kind of a fact.</summary>
    public const string Fact = "fact";

    /// <summary>The kind of a query. Queries travel by REST; the row says who may read.</summary>
    public const string Query = "query";

    private readonly HashSet<(string Kind, string Type, string From, string To)> _rows;

    private AccessTable(HashSet<(string, string, string, string)> rows) => _rows = rows;

    /// <summary>The table of this build.</summary>
    public static AccessTable Default { get; } = Load();

    /// <summary>Whether the row is there, for rooms of those kinds (<see cref="Rooms.KindOf"/>). Everything else is refused.</summary>
    public bool Allows(string kind, string type, string from, string to) => _rows.Contains((kind, type, Rooms.KindOf(from), Rooms.KindOf(to)));

    /// <summary>Which rooms get a fact that a room publishes, in ordinal order.</summary>
    public IReadOnlyList<string> ReceiversOf(string fact, string from) =>
        [.. _rows.Where(r => r.Kind == Fact && r.Type == fact && r.From == Rooms.KindOf(from)).Select(r => r.To).Order(StringComparer.Ordinal)];

    /// <summary>Reads a table: a header line, then rows of four plain words.</summary>
    /// <exception cref="FormatException">Another header, a row without four words, an unknown kind, or a row twice.</exception>
    public static AccessTable Parse(string csv)
    {
        ArgumentNullException.ThrowIfNull(csv);
        string[] lines = csv.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines[0] != "kind,type,from,to")
        {
            throw new FormatException("access.csv begins with the line kind,type,from,to.");
        }

        HashSet<(string, string, string, string)> rows = [];
        foreach (string line in lines.Skip(1))
        {
            string[] cells = line.Split(',');
            if (cells.Length != 4 || cells.Any(string.IsNullOrWhiteSpace) || cells[0] is not (Order or Fact or Query) || !rows.Add((cells[0], cells[1], cells[2], cells[3])))
            {
                throw new FormatException($"access.csv has a row that is none, or twice: {line}");
            }
        }

        return new AccessTable(rows);
    }

    private static AccessTable Load()
    {
        using Stream stream = typeof(Refusal).Assembly.GetManifestResourceStream("access.csv")
            ?? throw new InvalidOperationException("Hufu.Contracts carries no access.csv.");
        using StreamReader reader = new(stream);
        return Parse(reader.ReadToEnd());
    }
}
