using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Hufu.Records;

/// <summary><c>INSERT INTO t (…) VALUES (@A, 'x', @B) …</c> taken apart, so that one statement can carry many rows.</summary>
internal sealed partial class BulkInsert
{
    private static readonly ConcurrentDictionary<string, BulkInsert?> Known = new(StringComparer.Ordinal);

    private readonly string head;
    private readonly string row;
    private readonly string tail;
    private readonly ConcurrentDictionary<Type, Argument[]> orders = new();

    private BulkInsert(string head, string row, string tail)
    {
        this.head = head;
        this.row = row;
        this.tail = tail;
        Parameters = [.. Parameter().Matches(row).Select(m => m.Value).Distinct(StringComparer.OrdinalIgnoreCase)];
        ForPostgres = OverArrays();
    }

    /// <summary>The parameters of a row, with the @, each once.</summary>
    internal string[] Parameters { get; }

    /// <summary>Whether rows that come one after the other may go together: not where a later row changes what an earlier one has put there.</summary>
    internal bool Gathers => tail.Length == 0 || !tail.Contains("UPDATE", StringComparison.OrdinalIgnoreCase);

    /// <summary>False for anything else than an INSERT of one row whose values are parameters and plain literals.</summary>
    internal static bool TryParse(string sql, [NotNullWhen(true)] out BulkInsert? insert)
    {
        insert = Known.GetOrAdd(sql, static text =>
        {
            Match match = Insert().Match(text);
            return match.Success && !match.Groups[3].Value.Contains('@') ? new BulkInsert(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value) : null;
        });
        return insert is { Parameters.Length: > 0 };
    }

    /// <summary>The same over arrays, one a parameter: <c>INSERT … SELECT … FROM unnest($1, $2) AS r (c1, c2)</c>.</summary>
    internal string ForPostgres { get; }

    /// <summary>The arguments of rows of a type, in the order of the parameters.</summary>
    internal Argument[] Order(Type rows) => orders.GetOrAdd(rows, static (type, parameters) => Sorted(parameters, Arguments.Of(type)), Parameters);

    private static Argument[] Sorted(string[] parameters, Argument[] arguments) =>
    [
        .. parameters.Select(p => arguments.FirstOrDefault(a => string.Equals(a.Parameter, p, StringComparison.OrdinalIgnoreCase)) is { IsList: false } found
            ? found
            : throw new ArgumentException($"The rows have no property for {p}.")),
    ];

    private string OverArrays() => string.Create(
        CultureInfo.InvariantCulture,
        $"{ValuesWord().Replace(head, "")} SELECT {Parameter().Replace(row, m => "r.c" + Index(m.Value))} FROM unnest({string.Join(", ", Parameters.Select((_, i) => "$" + (i + 1).ToString(CultureInfo.InvariantCulture)))}) AS r ({string.Join(", ", Parameters.Select((_, i) => "c" + i.ToString(CultureInfo.InvariantCulture)))}) {tail}");

    private string Index(string parameter) => Array.FindIndex(Parameters, p => string.Equals(p, parameter, StringComparison.OrdinalIgnoreCase)).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\s*INSERT\s+INTO\s+\w+\s*\([^()]*\)\s*VALUES\s*)\(((?:\s*(?:@\w+|NULL|-?\d+|'[^'@]*')\s*,?)+)\)(\s*(?:ON\s+CONFLICT\b.*)?)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Insert();

    [GeneratedRegex(@"VALUES\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex ValuesWord();

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();
}
