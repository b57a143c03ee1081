using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace Hufu.Records;

/// <summary>Sets the parameters of a prepared command from the public properties of an argument object.</summary>
internal static class ArgumentBinder
{
    private static readonly ConcurrentDictionary<Type, Property[]> Known = new();

    /// <summary>False when the argument needs Dapper's own way: a list to be unfolded, or dynamic parameters.</summary>
    internal static bool TryBind(string sql, object? args, SqliteLink link, [NotNullWhen(true)] out SqliteCommand? command)
    {
        command = null;
        if (args is null)
        {
            command = link.Prepare(sql);
            return true;
        }

        if (args is IEnumerable or Dapper.SqlMapper.IDynamicParameters)
        {
            return false;
        }

        Property[] properties = Known.GetOrAdd(args.GetType(), Inspect);
        foreach (Property property in properties)
        {
            if (property.IsList)
            {
                return false;
            }
        }

        SqliteCommand prepared = link.Prepare(sql);
        SqliteParameterCollection parameters = prepared.Parameters;
        if (parameters.Count != properties.Length || !Same(parameters, properties))
        {
            parameters.Clear();
            foreach (Property property in properties)
            {
                parameters.Add(new SqliteParameter { ParameterName = property.Parameter });
            }
        }

        for (int i = 0; i < properties.Length; i++)
        {
            parameters[i].Value = ToColumn(properties[i].Get(args), properties[i].Parameter);
        }

        command = prepared;
        return true;
    }

    private static bool Same(SqliteParameterCollection parameters, Property[] properties)
    {
        for (int i = 0; i < properties.Length; i++)
        {
            if (!string.Equals(parameters[i].ParameterName, properties[i].Parameter, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    private static object ToColumn(object? value, string parameter) => value switch
    {
        null => DBNull.Value,
        long or int or string or byte[] or double or bool => value,
        short or byte or uint or ushort => Convert.ToInt64(value),
        Enum name => name.ToString(),
        ReadOnlyMemory<byte> bytes => bytes.ToArray(),
        Memory<byte> bytes => bytes.ToArray(),
        DateTime or DateTimeOffset => throw new ArgumentException($"{parameter}: times are BIGINT, Unix milliseconds in UTC (ToUnixTimeMilliseconds)."),
        _ => throw new ArgumentException($"{parameter}: a {value.GetType().Name} has no column type."),
    };

    private static Property[] Inspect(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(p => p.GetMethod is not null && p.GetIndexParameters().Length == 0)
            .Select(p => new Property("@" + p.Name, Getter(type, p), IsListType(p.PropertyType))),
    ];

    private static bool IsListType(Type type) => type != typeof(string) && type != typeof(byte[]) && typeof(IEnumerable).IsAssignableFrom(type);

    private static Func<object, object?> Getter(Type type, PropertyInfo property)
    {
        ParameterExpression instance = Expression.Parameter(typeof(object));
        UnaryExpression body = Expression.Convert(Expression.Property(Expression.Convert(instance, type), property), typeof(object));
        return Expression.Lambda<Func<object, object?>>(body, instance).Compile();
    }

    private sealed record Property(string Parameter, Func<object, object?> Get, bool IsList);
}
