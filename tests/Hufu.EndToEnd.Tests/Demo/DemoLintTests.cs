using System.Text.Json;
using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests.Demo;

/// <summary>What the platform signs keeps its own linter's rules: every certificate, list and request of the demo.</summary>
[Collection(typeof(SharedDemoRun))]
public sealed class DemoLintTests(DemoRun demo)
{
    public static TheoryData<string, string> Files => new()
    {
        { "root.cer", "root-ca" }, { "ca.cer", "operational-ca" }, { "root.crl", "" }, { "sign.cer", "organisation" }, { "enc.cer", "organisation" }, { "renewed.cer", "person-trial" }, { "server.csr.pem", "" },
        { "server.cer", "server" }, { "crl-before.crl", "" }, { "crl-after.crl", "" }, { "tsa.cer", "room-tsa" },
    };

    [Theory, MemberData(nameof(Files))]
    public async Task Nothing_of_the_demo_has_an_error(string file, string profile)
    {
        string[] held = profile.Length > 0 ? ["--profile", profile] : [];
        Outcome outcome = await demo.RunAsync(["lint", Path.Combine(demo.Folder, file), "--json", .. held]);
        using JsonDocument answer = JsonDocument.Parse(outcome.Output);
        JsonElement linted = Assert.Single(answer.RootElement.EnumerateArray());
        Assert.True(linted.GetProperty("readable").GetBoolean());
        Assert.Empty(linted.GetProperty("findings").EnumerateArray().Where(f => f.GetProperty("severity").GetString() == "error").Select(f => f.ToString()));
        Assert.Equal(0, outcome.ExitCode);
    }
}
