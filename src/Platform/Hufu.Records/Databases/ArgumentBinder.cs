using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Hufu.Records;

/// <summary>Sets the parameters of SQLite's prepared commands from argument objects.</summary>
internal static class ArgumentBinder
{
    /// <summary>False when the argument needs Dapper's own way: a list to be unfolded, or dynamic parameters.</summary>
    internal static bool TryBind(string sql, object? args, SqliteLink link, [NotNullWhen(true)] out SqliteCommand? command)
    {
        command = null;
        if (args is null)
        {
            command = link.Prepare(sql);
            return true;
        }

        if (Arguments.AreForeign(args))
        {
            return false;
        }

        Argument[] arguments = Arguments.Of(args);
        foreach (Argument argument in arguments)
        {
            if (argument.IsList)
            {
                return false;
            }
        }

        SqliteCommand prepared = link.Prepare(sql);
        SqliteParameterCollection parameters = prepared.Parameters;
        if (parameters.Count != arguments.Length || !Same(parameters, arguments))
        {
            parameters.Clear();
            foreach (Argument argument in arguments)
            {
                parameters.Add(new SqliteParameter { ParameterName = argument.Parameter });
            }
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            parameters[i].Value = arguments[i].Column(args);
        }

        command = prepared;
        return true;
    }

    private static bool Same(SqliteParameterCollection parameters, Argument[] arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!string.Equals(parameters[i].ParameterName, arguments[i].Parameter, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
