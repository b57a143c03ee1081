using Hufu.Ca;
using Hufu.Ca.Services;
using Hufu.Contracts;
using Hufu.Modules.Tests.Hosting;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>What the CA shows of repairs and of its keys' backups: to its staff in a session, to nobody else on the network (docs/decisions/0047).</summary>
public sealed class ReadDoorTests
{
    [Fact]
    [Clause("6.6.2.6-d")]
    public async Task RepairsAndKeyBackupsAreReadInASessionByWhoMaySeeTheFigures()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        CaModule? module = null;
        await using var desk = await SignInDesk.OpenAsync(Rooms.Ca, (endpoints, context) => (module = new CaModule(context, new CaOptions())).MapEndpoints(endpoints), module: typeof(CaModule).Assembly);
        await using var room = module!;
        using var @operator = await desk.WithAccountAsync(Roles.Operator, "吴操作", "wu.caozuo");
        using var holder = await desk.WithAccountAsync(Roles.ShareHolder, "持有人一", "chiyouren");
        string id = Hufu.Crypto.SecureRandom.NewId();
        await desk.Room.Context.Database.WriteAsync(
            session =>
            {
                RepairStore.Insert(session, new RepairRow(id, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new RepairPlan("停机", [], []), ContractJson.Options), "d1", RepairRow.Open, null), 1);
                RepairStore.Sign(session, id, new RepairSignature("P0001", "P0001 周管理", Roles.BusinessAdministrator, 1), 1);
            },
            ct);
        string[] paths = ["/api/ca/repairs", $"/api/ca/repairs/{id}", "/api/ca/key-backups"];
        var (seeing, blind) = ((await desk.SignInAsync(@operator, "wu.caozuo")).Cookie, (await desk.SignInAsync(holder, "chiyouren")).Cookie);
        Assert.NotNull(seeing);
        Assert.NotNull(blind);
        foreach (string path in paths)
        {
            Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Get, path, null)).Code);
            Assert.Equal("session-missing", (await desk.CallAsync(HttpMethod.Get, path, new string('a', 43))).Code);
            Assert.Equal("role-missing", (await desk.CallAsync(HttpMethod.Get, path, blind)).Code);
            Assert.Null((await desk.CallAsync(HttpMethod.Get, path, seeing)).Code);
        }

        Assert.Contains("周管理", (await desk.CallAsync(HttpMethod.Get, paths[1], seeing)).Body.GetProperty("signedBy")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("unknown-object", (await desk.CallAsync(HttpMethod.Get, "/api/ca/repairs/nowhere", seeing)).Code);
        Assert.Equal("role-missing", (await desk.CallAsync(HttpMethod.Get, "/api/ca/repairs/nowhere", blind)).Code);

        // Every look is on record, a refused one too.
        Assert.Equal(9, (await desk.Room.LedgerAsync()).Count(line => line.Contains("\"ca.overview.read\"", StringComparison.Ordinal)));
    }
}
