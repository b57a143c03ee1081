using System.Text.RegularExpressions;

namespace Hufu.Architecture.Tests.Checks;

/// <summary>Which tables a piece of SQL names.</summary>
internal static partial class SqlTables
{
    /// <summary>The prefixes of the tables that a project may name. A project that is not listed holds no SQL.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Prefixes { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["Hufu.Records"] = ["records_", "ledger_", "outbox_", "evidence_"],
        ["Hufu.Messaging"] = ["messaging_"],
        ["Hufu.Governance"] = ["governance_", "staff_", "acts_"],
        ["Hufu.Hosting"] = ["hosting_"],
        ["Hufu.Ca"] = ["ca_"],
        ["Hufu.Ra"] = ["ra_"],
        ["Hufu.Kmc"] = ["kmc_"],
        ["Hufu.Ocsp"] = ["ocsp_"],
        ["Hufu.Tsa"] = ["tsa_"],
        ["Hufu.Publishing"] = ["publishing_"],
        ["Hufu.Portal"] = ["portal_"],
    };

    /// <summary>Table names, each with its reason, that stand outside the prefixes.</summary>
    public static IReadOnlyDictionary<string, string> Exempt { get; } = new Dictionary<string, string>
    {
        ["sqlite_master"] = "SQLite's own catalogue, asked by Records for what exists",
        ["sqlite_schema"] = "SQLite's own catalogue, asked by Records for what exists",
        ["sqlite_sequence"] = "SQLite's own catalogue, asked by Records for what exists",
    };

    /// <summary>Files that put a table's name into SQL at run time, each with its reason.</summary>
    public static IReadOnlyDictionary<string, string> Composed { get; } = new Dictionary<string, string>
    {
        ["src/Platform/Hufu.Records/Ledgers/LineFile.cs"] = "the same three statements for two tables, ledger_record and ledger_head, that are named in the file itself",
    };

    /// <summary>Tells SQL from prose: a verb in capitals at the start of the text or of a line or statement.</summary>
    public static bool IsSql(string text) => Statement().IsMatch(text);

    /// <summary>The tables, views and indexed tables that the SQL names, in lower case; an interpolated name reads <c>{}</c>.</summary>
    public static IReadOnlyList<string> Named(string sql)
    {
        string bare = Parameter().Replace(Quoted().Replace(Comment().Replace(sql, " "), "''"), "@");
        HashSet<string> own = [.. CommonTable().Matches(bare).Select(match => match.Groups[1].Value.ToLowerInvariant())];
        return [.. Table().Matches(bare).Concat(Listed().Matches(bare)).Select(match => match.Groups[1].Value.Trim('"').ToLowerInvariant())
            .Where(name => !own.Contains(name)).Distinct()];
    }

    [GeneratedRegex(@"(?:^|[;\n(])\s*(?:SELECT\s|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s|DELETE\s+FROM\s|CREATE\s+(?:UNIQUE\s+)?(?:TABLE|INDEX|VIEW|TRIGGER)\s|ALTER\s+TABLE\s|DROP\s+(?:TABLE|INDEX|VIEW)\s|WITH\s+(?:RECURSIVE\s+)?\w+\s)")]
    private static partial Regex Statement();

    [GeneratedRegex(@"--[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"[@$]\w+")]
    private static partial Regex Parameter();

    // WITH a AS (…), b AS MATERIALIZED (…)
    [GeneratedRegex(@"(?:\bWITH\s+(?:RECURSIVE\s+)?|,\s*)(\w+)(?:\s*\([^()]*\))?\s+AS\s+(?:NOT\s+)?(?:MATERIALIZED\s+)?\(", RegexOptions.IgnoreCase)]
    private static partial Regex CommonTable();

    // A name in a place where SQL wants a table; "DO UPDATE SET", "IS DISTINCT FROM x" and functions after FROM are none.
    [GeneratedRegex(@"(?:(?<!\bDISTINCT\s+)\bFROM\s+(?:ONLY\s+)?(?!\w+\s*\()|\bJOIN\s+(?!\w+\s*\()|\bINTO\s+|(?<!\b(?:DO|FOR)\s+)\bUPDATE\s+(?:OR\s+\w+\s+)?|\bREFERENCES\s+|\b(?:TABLE|VIEW)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?|\bINDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?[\w{}""]+\s+ON\s+)([A-Za-z_""{][\w{}"".]*)", RegexOptions.IgnoreCase)]
    private static partial Regex Table();

    // FROM a, b
    [GeneratedRegex(@"(?<=\bFROM\s+[\w]+(?:\s+(?:AS\s+)?(?!where|order|group|limit|join|left|inner|on)\w+)?\s*,\s*)([A-Za-z_]\w*)(?!\s*\()", RegexOptions.IgnoreCase)]
    private static partial Regex Listed();
}
