using System.Collections;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Hufu.Records;

/// <summary>Argument values as the driver takes them, each with its type, so that a NULL has one too.</summary>
internal static class PostgresValues
{
    internal static NpgsqlParameter One(Argument argument, object args)
    {
        if (argument.IsList)
        {
            var values = new List<object>();
            foreach (object? value in (IEnumerable?)argument.Get(args) ?? Array.Empty<object>())
            {
                values.Add(Arguments.ToColumn(value, argument.Parameter));
            }

            return Many(argument.Kind, values);
        }

        object column = argument.Column(args);
        return column switch
        {
            long number => new NpgsqlParameter<long> { TypedValue = number, NpgsqlDbType = NpgsqlDbType.Bigint },
            string words => new NpgsqlParameter<string> { TypedValue = Whole(words), NpgsqlDbType = NpgsqlDbType.Text },
            byte[] bytes => new NpgsqlParameter<byte[]> { TypedValue = bytes, NpgsqlDbType = NpgsqlDbType.Bytea },
            _ => new NpgsqlParameter { Value = column, NpgsqlDbType = Type(argument.Kind) },
        };
    }

    internal static NpgsqlParameter Column<TRow>(Argument argument, IReadOnlyList<TRow> rows)
        where TRow : class
    {
        var values = new List<object>(rows.Count);
        foreach (TRow row in rows)
        {
            values.Add(argument.Column(row));
        }

        return Many(argument.Kind, values);
    }

    private static NpgsqlParameter Many(ColumnKind kind, List<object> values) => new()
    {
        NpgsqlDbType = NpgsqlDbType.Array | Type(kind),
        Value = kind switch
        {
            ColumnKind.Number => values.ConvertAll(v => v is DBNull ? (long?)null : (long)v).ToArray(),
            ColumnKind.Words => values.ConvertAll(v => v is DBNull ? null : Whole((string)v)).ToArray(),
            ColumnKind.Bytes => values.ConvertAll(v => v is DBNull ? null : (byte[])v).ToArray(),
            _ => values.ConvertAll(v => v is DBNull ? (double?)null : (double)v).ToArray(),
        },
    };

    // Half a surrogate pair becomes U+FFFD, as SQLite's driver has it; the driver here would refuse it.
    private static string Whole(string words) =>
        words.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(words)) : words;

    private static NpgsqlDbType Type(ColumnKind kind) => kind switch
    {
        ColumnKind.Number => NpgsqlDbType.Bigint,
        ColumnKind.Words => NpgsqlDbType.Text,
        ColumnKind.Bytes => NpgsqlDbType.Bytea,
        _ => NpgsqlDbType.Double,
    };
}
