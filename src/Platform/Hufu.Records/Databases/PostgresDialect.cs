using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Hufu.Records;

/// <summary>Every difference between PostgreSQL and the SQL that the rooms write stands in this file and in <see cref="PostgresLink"/>.</summary>
internal static partial class PostgresDialect
{
    // Words are ordered by their bytes, as in SQLite, whatever the database's own collation is; flags are numbers.
    internal static string Translate(string sql) => Flag().Replace(Words().Replace(sql, "TEXT COLLATE \"C\""), "BIGINT");

    /// <summary>Turns <c>@Name</c> into <c>$1</c>; <c>IN @List</c> into <c>IN (SELECT unnest($1))</c>.</summary>
    /// <remarks>A plan that is kept from when a table was small reads the whole of it: <c>= ANY</c> then compares every row with every element one after the other, the join looks each row up once.</remarks>
    /// <returns>The text and the arguments in the order of the numbers.</returns>
    internal static PostgresText Number(string sql, Argument[] arguments)
    {
        var order = new List<Argument>();
        string numbered = Parameter().Replace(sql, match =>
        {
            if (match.Groups["name"] is not { Success: true } name)
            {
                return match.Value; // a literal or a comment
            }

            Argument argument = Array.Find(arguments, a => a.Parameter.AsSpan(1).Equals(name.Value, StringComparison.OrdinalIgnoreCase))
                ?? throw new ArgumentException($"The arguments have no property for @{name.Value}.");
            int index = order.IndexOf(argument);
            if (index < 0)
            {
                index = order.Count;
                order.Add(argument);
            }

            string number = "$" + (index + 1).ToString(CultureInfo.InvariantCulture);
            return match.Groups["not"].Success ? $"<> ALL({number})" : match.Groups["in"].Success ? $"IN (SELECT unnest({number}))" : number;
        });
        if (Control().IsMatch(numbered))
        {
            throw new DatabaseException(DatabaseError.TransactionLost, "Database: transactions are the writer's own; a work neither begins nor ends one.");
        }

        return new PostgresText(numbered, [.. order]);
    }

    internal static DatabaseException Explain(Exception e, string? sql)
    {
        if (e is not PostgresException told)
        {
            return new DatabaseException(DatabaseError.Failed, $"Database: PostgreSQL cannot be reached or does not answer ({e.Message}).{Where(sql)}", e);
        }

        (DatabaseError error, string words) = told.SqlState switch
        {
            "23505" => (DatabaseError.UniqueViolation, "such a row exists already"),
            "23503" => (DatabaseError.ForeignKeyViolation, "a row refers to one that is missing, or is still referred to"),
            "53100" => (DatabaseError.Full, "the disk or the database is full"),
            "58030" => (DatabaseError.Failed, "the database file cannot be read or written"),
            "55P03" => (DatabaseError.InUse, "another process holds the database"),
            "25006" => (DatabaseError.ReadOnly, "a reading session cannot write"),
            "25P02" => (DatabaseError.TransactionLost, "an earlier statement of the same work failed"),
            "XX001" or "XX002" => (DatabaseError.Damaged, "the database is damaged"),
            ['2', '3', ..] or "22021" or "22P05" => (DatabaseError.ConstraintViolation, "a value is missing or not allowed"),
            ['0', '8', ..] or ['5', '3', ..] or ['5', '7', 'P', ..] => (DatabaseError.Failed, "the server gave up"),
            _ => (DatabaseError.Other, "the statement failed"),
        };
        return new DatabaseException(error, $"Database: {words} ({told.SqlState} {told.MessageText}).{Where(sql)}", e);
    }

    private static string Where(string? sql) => sql is null ? "" : $" In: {(sql.Length > 200 ? sql[..200] + "…" : sql)}";

    [GeneratedRegex(@"\bTEXT\b(?!\s+COLLATE)")]
    private static partial Regex Words();

    [GeneratedRegex(@"\bBOOLEAN\b")]
    private static partial Regex Flag();

    // Literals and comments are stepped over; "@>" and "a@b" are no parameters.
    [GeneratedRegex(@"'(?:[^']|'')*'|--[^\n]*|(?:(?<not>\bNOT\s+IN\s+)|(?<in>\bIN\s+))?(?<![\w@])@(?<name>[A-Za-z_]\w*)", RegexOptions.IgnoreCase)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^\s*(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Control();
}

/// <summary>A statement as PostgreSQL takes it, with the arguments in the order of its numbers.</summary>
internal sealed record PostgresText(string Sql, Argument[] Order);
