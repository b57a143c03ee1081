using Hufu.Architecture.Tests.Checks;
using Hufu.Architecture.Tests.Reading;

namespace Hufu.Architecture.Tests.Tests;

/// <summary>A room's SQL names its own tables.</summary>
public sealed class SqlTests
{
    public static TheoryData<string> Sources => [.. Repository.Projects.Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal)).Select(project => project.Name)];

    [Theory, MemberData(nameof(Sources))]
    public void SQL_names_tables_of_its_own_room_only(string name)
    {
        Project project = Repository.Find(name);
        IReadOnlyList<string> prefixes = SqlTables.Prefixes.GetValueOrDefault(name, []);
        IEnumerable<(string File, string Sql)> statements =
            Repository.Files(project.Folder, ".sql").Select(file => (file, Repository.Text(file)))
                .Concat(Repository.Files(project.Folder, ".cs").SelectMany(file =>
                    CSharpText.Read(Repository.Text(file)).Literals.Where(SqlTables.IsSql).Select(literal => (file, literal))));
        Violations.None(statements.SelectMany(statement => SqlTables.Named(statement.Sql)
            .Where(table => !SqlTables.Exempt.ContainsKey(table) && !(table == "{}" && SqlTables.Composed.ContainsKey(statement.File)) && !prefixes.Any(prefix => table.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(table => $"{statement.File}: {table}")));
    }

    [Theory]
    [InlineData("SELECT a FROM ca_serial s JOIN ra_application a ON a.id = s.id WHERE x = 'from kmc_pair'", "ca_serial,ra_application")]
    [InlineData("INSERT INTO ca_serial (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = excluded.b", "ca_serial")]
    [InlineData("WITH due AS (SELECT id FROM ca_intent) DELETE FROM ca_intent WHERE id IN (SELECT id FROM due)", "ca_intent")]
    [InlineData("CREATE TABLE IF NOT EXISTS kmc_pair (ca BIGINT REFERENCES kmc_authority (id));", "kmc_pair,kmc_authority")]
    [InlineData("CREATE UNIQUE INDEX x ON ra_application (state)", "ra_application")]
    [InlineData("UPDATE ra_application SET a = 1 WHERE a IS DISTINCT FROM b", "ra_application")]
    [InlineData("SELECT value FROM json_each(@ids)", "")]
    [InlineData("SELECT 1 FROM ra_a x, kmc_b WHERE 1", "ra_a,kmc_b")]
    [InlineData("SELECT 1 FROM {}", "{}")]
    [InlineData("SELECT a FROM ra_a WHERE time >= @from ORDER BY time", "ra_a")]
    [InlineData("ALTER TABLE ca_serial ADD COLUMN y TEXT -- FROM ra_nothing", "ca_serial")]
    public void The_check_reads_SQL(string sql, string tables)
    {
        Assert.True(SqlTables.IsSql(sql));
        Assert.Equal(tables, string.Join(',', SqlTables.Named(sql)));
    }

    [Theory]
    [InlineData("Select one from the list")]
    [InlineData("UPDATE")]
    [InlineData("The order came FROM another room")]
    public void The_check_leaves_prose_alone(string prose) => Assert.False(SqlTables.IsSql(prose));

    [Fact]
    public void The_check_reads_every_form_of_literal()
    {
        const string Source = """"
            // "comment"
            var a = "one \" 1" + @"two "" 2" + $"three {x["y"]} 3"; char c = '"'; /* "no" */
            var b = """
                four " 4
                """; var d = $$"""five {{x}} 5"""; var e = "";
            """";
        CSharpText text = CSharpText.Read(Source);
        Assert.Equal(["one   1", "two \" 2", "three {} 3", "four \" 4", "five {} 5", ""], text.Literals.Select(literal => literal.Trim()));
        Assert.Equal(["\"comment\"", "\"no\""], text.Comments.Select(comment => comment.Trim()));
    }
}
