using System.Data.Common;
using System.Globalization;
using Dapper;

namespace Hufu.Records;

/// <summary>Turns rows into values: a scalar from the first column, anything else by Dapper's mapping of columns to constructor or properties.</summary>
internal static class RowReader<T>
{
    private static readonly Type Underlying = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
    private static readonly bool IsScalar = Underlying.IsPrimitive || Underlying.IsEnum || Underlying == typeof(string) || Underlying == typeof(byte[]);

    /// <summary>The mapping of this reader's columns.</summary>
    internal static Func<DbDataReader, T> For(DbDataReader reader) =>
        IsScalar ? static row => FromColumn(row.IsDBNull(0) ? null : row.GetValue(0)) : reader.GetRowParser<T>();

    /// <summary>A column's value as this type; the default for NULL.</summary>
    internal static T FromColumn(object? value)
    {
        if (value is null or DBNull)
        {
            return default!;
        }

        if (value is T same)
        {
            return same;
        }

        return Underlying.IsEnum
            ? (T)(value is string name ? Enum.Parse(Underlying, name) : Enum.ToObject(Underlying, value))
            : (T)Convert.ChangeType(value, Underlying, CultureInfo.InvariantCulture);
    }
}
