using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests;

/// <summary>Commands that speak to the server over a data directory find it wherever it listens this time.</summary>
public sealed class RestartedServerTests
{
    [Fact]
    public async Task Commands_find_a_server_that_came_up_again_on_another_port_and_say_when_none_runs()
    {
        using Workplace work = new();
        string data = work.At("data");
        await using (Server first = await Server.StartAsync(["up", "--data", data, "--port", "0"], work.Folder, data))
        {
            await AnswersAsync(data);
        }

        Outcome none = await AskAsync(data);
        Assert.Equal(2, none.ExitCode);
        Assert.Contains($"No server runs over {data}", none.Error, StringComparison.Ordinal);
        await using Server second = await Server.StartAsync(["up", "--data", data, "--port", "0"], work.Folder, data);
        Assert.Contains($":{second.Address.Port}", await File.ReadAllTextAsync(Path.Combine(data, "server.lock"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await AnswersAsync(data);
    }

    // No directory of this name is there: only the server can say so.
    private static async Task AnswersAsync(string data)
    {
        Outcome asked = await AskAsync(data);
        Assert.Equal(2, asked.ExitCode);
        Assert.Contains("There is no such object", asked.Error, StringComparison.Ordinal);
    }

    private static Task<Outcome> AskAsync(string data) => Command.RunAsync(Tree.At("hufu"), ["directory", "compare", "village", "--data", data]);
}
