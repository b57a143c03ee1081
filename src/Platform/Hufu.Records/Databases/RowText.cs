using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Hufu.Records;

/// <summary>Text of a row as bytes, for readings of millions of rows that need no string each.</summary>
public static class RowText
{
    /// <summary>Copies a column of text as UTF-8.</summary>
    /// <param name="row">A row of <see cref="Session.Each"/>.</param>
    /// <param name="ordinal">The column; not NULL.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="ArgumentException">The text is longer than the destination.</exception>
    public static int CopyUtf8(DbDataReader row, int ordinal, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row is SqliteDataReader { Handle: { } statement })
        {
            ReadOnlySpan<byte> text = raw.sqlite3_column_blob(statement, ordinal);
            text.CopyTo(destination);
            return text.Length;
        }

        return Encoding.UTF8.GetBytes(row.GetString(ordinal), destination);
    }
}
