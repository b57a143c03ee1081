using Hufu.EndToEnd.Tests.Judges;
using Hufu.EndToEnd.Tests.Running;
using Hufu.Testing;

namespace Hufu.EndToEnd.Tests.Demo;

/// <summary>The main job with every room's tables in PostgreSQL, one schema a room.</summary>
public sealed class PostgresTests : IDisposable
{
    private readonly Workplace _work = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task The_whole_demo_runs_on_PostgreSQL_and_leaves_no_database_file()
    {
        await using PostgresServer server = await PostgresServer.StartAsync(Ct);
        (await Command.RunAsync(Tree.At("hufu"), ["demo", "--out", _work.At("out"), "--postgres", server.ConnectionString], _work.Folder)).Succeeded();
        Assert.Empty(Directory.EnumerateFiles(_work.Folder, "*.db*", SearchOption.AllDirectories));
        string schemas = await server.RunSqlAsync("hufu", "SELECT string_agg(nspname, ',' ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_|public|information'", Ct);
        Assert.Equal("ca,kmc,ocsp,publishing,ra,tsa", schemas);
        using OpenSslChecks checks = new(_work.At("out"));
        foreach (string question in checks.All.Keys.Where(q => q.StartsWith("hop-", StringComparison.Ordinal)))
        {
            await checks.All[question]();
        }

        Outcome verified = await Command.RunAsync(Tree.At("hufu"), ["audit", "verify", _work.At("out/audit")], _work.Folder);
        verified.Succeeded();
    }
}
