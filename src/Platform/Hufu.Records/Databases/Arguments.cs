using System.Collections;
using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Hufu.Records;

/// <summary>The type of a column that an argument fits.</summary>
internal enum ColumnKind
{
    /// <summary>BIGINT.</summary>
    Number,
    /// <summary>TEXT.</summary>
    Words,
    /// <summary>BYTEA.</summary>
    Bytes,
    /// <summary>DOUBLE PRECISION.</summary>
    Real,
}

/// <summary>The parameters that an argument object brings: its public properties, <c>@Name</c> each.</summary>
internal static class Arguments
{
    private static readonly ConcurrentDictionary<Type, Argument[]> Known = new();

    /// <summary>The arguments of an object's type; of null none.</summary>
    internal static Argument[] Of(object? args) => args is null ? [] : Of(args.GetType());

    internal static Argument[] Of(Type type) => Known.GetOrAdd(type, Inspect);

    /// <summary>Whether Dapper's own way is needed: a list of argument objects, or dynamic parameters.</summary>
    internal static bool AreForeign(object? args) => args is IEnumerable or Dapper.SqlMapper.IDynamicParameters;

    /// <summary>A value as a column takes it.</summary>
    /// <exception cref="ArgumentException">No column type fits.</exception>
    internal static object ToColumn(object? value, string parameter) => value switch
    {
        null => DBNull.Value,
        long or string or byte[] or double => value,
        int number => (long)number,
        bool flag => flag ? 1L : 0L,
        short or byte or uint or ushort => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
        Enum name => name.ToString(),
        ReadOnlyMemory<byte> bytes => bytes.ToArray(),
        Memory<byte> bytes => bytes.ToArray(),
        DateTime or DateTimeOffset => throw new ArgumentException($"{parameter}: times are BIGINT, Unix milliseconds in UTC (ToUnixTimeMilliseconds)."),
        _ => throw new ArgumentException($"{parameter}: a {value.GetType().Name} has no column type."),
    };

    private static Argument[] Inspect(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(p => p.GetMethod is not null && p.GetIndexParameters().Length == 0)
            .Select(p => new Argument("@" + p.Name, Getter(type, p), Kind(p.PropertyType), IsListType(p.PropertyType))),
    ];

    private static bool IsListType(Type type) => type != typeof(string) && type != typeof(byte[]) && typeof(IEnumerable).IsAssignableFrom(type);

    private static ColumnKind Kind(Type type)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        if (IsListType(bare))
        {
            bare = bare.GetElementType() ?? bare.GetInterfaces().Append(bare).First(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>)).GetGenericArguments()[0];
        }

        return bare == typeof(string) || bare.IsEnum ? ColumnKind.Words
            : bare == typeof(byte[]) || bare == typeof(ReadOnlyMemory<byte>) || bare == typeof(Memory<byte>) ? ColumnKind.Bytes
            : bare == typeof(double) ? ColumnKind.Real
            : ColumnKind.Number;
    }

    private static Func<object, object?> Getter(Type type, PropertyInfo property)
    {
        ParameterExpression instance = Expression.Parameter(typeof(object));
        UnaryExpression body = Expression.Convert(Expression.Property(Expression.Convert(instance, type), property), typeof(object));
        return Expression.Lambda<Func<object, object?>>(body, instance).Compile();
    }
}

/// <summary>One parameter of an argument object.</summary>
/// <param name="Parameter">Its name, with the @.</param>
/// <param name="Get">Reads it.</param>
/// <param name="Kind">The column's type; of a list, its elements'.</param>
/// <param name="IsList">Whether it is a list, to be asked for with <c>IN @Name</c>.</param>
internal sealed record Argument(string Parameter, Func<object, object?> Get, ColumnKind Kind, bool IsList)
{
    internal object Column(object args) => Arguments.ToColumn(Get(args), Parameter);
}
