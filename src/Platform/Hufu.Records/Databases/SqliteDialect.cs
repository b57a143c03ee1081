using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Hufu.Records;

/// <summary>Every difference between SQLite and the PostgreSQL dialect that the rooms write stands in this file and in <see cref="SqliteLink"/>.</summary>
internal static partial class SqliteDialect
{
    // A BIGINT key is SQLite's row id only under the name INTEGER; a BYTEA column would read as text when its first value is NULL.
    internal static string Translate(string sql)
    {
        sql = Identity().Replace(sql, "INTEGER PRIMARY KEY AUTOINCREMENT");
        sql = Key().Replace(sql, "INTEGER PRIMARY KEY");
        sql = Bytes().Replace(sql, "BLOB");
        sql = Flag().Replace(sql, "INTEGER");
        return Collation().Replace(sql, "");
    }

    internal static DatabaseException Explain(SqliteException e, string? sql)
    {
        (DatabaseError error, string words) = e.SqliteExtendedErrorCode switch
        {
            1555 or 2067 or 2579 => (DatabaseError.UniqueViolation, "such a row exists already"),
            787 or 1811 => (DatabaseError.ForeignKeyViolation, "a row refers to one that is missing, or is still referred to"),
            _ => e.SqliteErrorCode switch
            {
                19 => (DatabaseError.ConstraintViolation, "a value is missing or not allowed"),
                13 => (DatabaseError.Full, "the disk or the database is full"),
                10 or 14 => (DatabaseError.Failed, "the database file cannot be read or written"),
                5 or 6 => (DatabaseError.InUse, "another process holds the database"),
                11 or 26 => (DatabaseError.Damaged, "the file is damaged or is no database"),
                8 => (DatabaseError.ReadOnly, "a reading session cannot write"),
                _ => (DatabaseError.Other, "the statement failed"),
            },
        };
        string where = sql is null ? "" : $" In: {(sql.Length > 200 ? sql[..200] + "…" : sql)}";
        return new DatabaseException(error, $"Database: {words} ({e.Message}).{where}", e);
    }

    [GeneratedRegex(@"\bBIGINT\s+GENERATED\s+(ALWAYS|BY\s+DEFAULT)\s+AS\s+IDENTITY\s+PRIMARY\s+KEY\b", RegexOptions.IgnoreCase)]
    private static partial Regex Identity();

    [GeneratedRegex(@"\bBIGINT\s+PRIMARY\s+KEY\b", RegexOptions.IgnoreCase)]
    private static partial Regex Key();

    [GeneratedRegex(@"\bBYTEA\b", RegexOptions.IgnoreCase)]
    private static partial Regex Bytes();

    [GeneratedRegex(@"\bBOOLEAN\b", RegexOptions.IgnoreCase)]
    private static partial Regex Flag();

    [GeneratedRegex(@"\bCOLLATE\s+""C""", RegexOptions.IgnoreCase)]
    private static partial Regex Collation();
}
