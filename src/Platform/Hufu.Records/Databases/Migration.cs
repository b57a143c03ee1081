using System.Globalization;
using System.Reflection;
using Hufu.Crypto;

namespace Hufu.Records;

/// <summary>One numbered step of a database's shape. Forward only: a step that was applied never changes; its SM3 digest is kept beside it.</summary>
/// <remarks>
/// The text is PostgreSQL's dialect (BIGINT, TEXT, BYTEA, <c>BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY</c>); <see cref="SqliteDialect"/> turns it for SQLite.
/// </remarks>
public sealed class Migration
{
    internal Migration(string space, int number, string name, string sql)
    {
        Space = space;
        Number = number;
        Name = name;
        Sql = sql;
        // The digest is over the text with LF line ends, so that a checkout with CRLF is the same migration.
        Digest = Convert.ToHexStringLower(Sm3.HashData(System.Text.Encoding.UTF8.GetBytes(sql.ReplaceLineEndings("\n"))));
    }

    /// <summary>The name space of the number: the assembly's name.</summary>
    public string Space { get; }

    /// <summary>1, 2, 3 … within the space.</summary>
    public int Number { get; }

    /// <summary>The words after the number in the file's name.</summary>
    public string Name { get; }

    /// <summary>SM3 of the text, 64 lower-case hex digits.</summary>
    public string Digest { get; }

    internal string Sql { get; }

    /// <summary>Reads the embedded resources <c>Storage/NNNN_name.sql</c> of an assembly, in order.</summary>
    /// <param name="assembly">A room's assembly; its name is the name space of its numbers.</param>
    /// <returns>The migrations, numbered from 1 without a gap; empty when the assembly has none.</returns>
    /// <exception cref="InvalidOperationException">A resource's name or number is out of line: a programming error.</exception>
    public static IReadOnlyList<Migration> FromAssembly(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        string space = assembly.GetName().Name!;
        var migrations = new List<Migration>();
        foreach (string resource in assembly.GetManifestResourceNames())
        {
            int at = resource.IndexOf(".Storage.", StringComparison.Ordinal);
            if (at < 0 || !resource.EndsWith(".sql", StringComparison.Ordinal))
            {
                continue;
            }

            string file = resource[(at + ".Storage.".Length)..^".sql".Length];
            if (file.Length < 6 || file[4] != '_' || !int.TryParse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                throw new InvalidOperationException($"{space}: a migration is named NNNN_name.sql, not '{file}.sql'.");
            }

            using Stream stream = assembly.GetManifestResourceStream(resource)!;
            using var reader = new StreamReader(stream);
            migrations.Add(new Migration(space, number, file[5..], reader.ReadToEnd()));
        }

        migrations.Sort((a, b) => a.Number.CompareTo(b.Number));
        for (int i = 0; i < migrations.Count; i++)
        {
            if (migrations[i].Number != i + 1)
            {
                throw new InvalidOperationException($"{space}: migrations are numbered from 1 without a gap; {i + 1:0000} is missing or double.");
            }
        }

        return migrations;
    }
}
