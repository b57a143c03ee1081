using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Hosting;
using Hufu.Modules.Tests.Governance;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Hosting;

/// <summary>Which figures of policy a room has worked with: taken when it opens, in the ledger when they change.</summary>
public sealed class PolicyHistoryTests
{
    [Fact]
    public async Task A_changed_figure_is_kept_with_what_it_was_and_stands_in_the_ledger_once()
    {
        using var data = new TempFolder();
        var changed = Changed("clause: 6.6.2.5-a, value: PT5M", "clause: 6.6.2.5-a, value: PT4M");
        await using (var room = await TestRoom.OpenAsync(Rooms.Ca, folder: data.Path))
        {
            Assert.Equal(SourceTree.Policy.Values.All.Count, (await HistoryAsync(room)).Count); // the first time: all of them
            Assert.Empty(await TakenAsync(room));
        }

        for (var times = 0; times < 2; times++)
        {
            await using var room = await TestRoom.OpenAsync(Rooms.Ca, folder: data.Path, policy: changed);
            var newest = (await HistoryAsync(room))[0];
            Assert.Equal(("act-time-window", "6.6.2.5-a", "PT5M", "PT4M", changed.Digest), (newest.Name, newest.Clause, newest.Was, newest.Becomes, newest.Policy));
            Assert.Contains("\"was\":\"PT5M\"", Assert.Single(await TakenAsync(room)), StringComparison.Ordinal);
        }
    }

    private static async Task<List<PolicyValueChange>> HistoryAsync(TestRoom room)
    {
        await using var site = await TestSite.StartAsync(endpoints => HufuWeb.MapHufu(endpoints, [], [room.Context]));
        return System.Text.Json.JsonSerializer.Deserialize<List<PolicyValueChange>>(await site.Client.GetStringAsync("/api/ca/policy/history", CancellationToken.None), ContractJson.Options)!;
    }

    private static async Task<IReadOnlyList<string>> TakenAsync(TestRoom room)
    {
        await room.Context.Ledger.ExportAsync(CancellationToken.None);
        return [.. (await File.ReadAllLinesAsync(Path.Combine(room.Folder, "ca", "audit", "records.jsonl"), CancellationToken.None)).Where(line => line.Contains("policy.values.change", StringComparison.Ordinal))];
    }

    private static Policy Changed(string from, string to)
    {
        using var folder = PolicyTests.Copy();
        PolicyTests.Change(folder, "values.yaml", from, to);
        return Policy.Load(folder.Path);
    }
}
