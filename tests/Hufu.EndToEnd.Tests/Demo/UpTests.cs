using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests.Demo;

/// <summary><c>./hufu up</c>: the platform as a server on the loopback, over an empty data folder.</summary>
public sealed partial class UpTests
{
    [Fact]
    public async Task Up_says_where_it_is_and_stops_when_told()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using Workplace work = new();
        (await Command.RunAsync(Tree.At("hufu"), ["--version"])).Succeeded(); // builds if it has to
        ProcessStartInfo start = new(Tree.At("hufu"), ["up", "--port", "0"]) { RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = work.Folder };
        start.Environment["HUFU_DATA"] = work.At("data");
        using Process process = Process.Start(start)!;
        try
        {
            string first = await process.StandardOutput.ReadLineAsync(stop).AsTask().WaitAsync(TimeSpan.FromSeconds(20), stop) ?? "";
            Match match = FirstLine().Match(first);
            Assert.True(match.Success, $"the first line was: {first}");

            using HttpClient http = new() { BaseAddress = new Uri(match.Groups[1].Value) };
            using HttpResponseMessage page = await http.GetAsync("/", stop);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            Assert.StartsWith("text/html", page.Content.Headers.ContentType!.MediaType, StringComparison.Ordinal);

            // What else there is, and what to do next, stands in the lines that follow; each address answers.
            List<string> addresses = [];
            while (addresses.Count < 4)
            {
                string line = await process.StandardOutput.ReadLineAsync(stop).AsTask().WaitAsync(TimeSpan.FromSeconds(5), stop) ?? throw new EndOfStreamException("it ended");
                addresses.AddRange(Address().Matches(line).Select(found => found.Value));
            }

            foreach (string address in addresses.Where(address => address.Contains("health", StringComparison.Ordinal) || address.Contains("openapi", StringComparison.Ordinal)))
            {
                using HttpResponseMessage answer = await http.GetAsync(address, stop);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }

            Assert.True(Directory.Exists(work.At("data")));
        }
        finally
        {
            if (!process.HasExited)
            {
                Process.Start("kill", ["-TERM", $"{process.Id}"])!.WaitForExit();
            }

            if (!process.WaitForExit(10_000))
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail("it did not stop within 10 seconds of SIGTERM");
            }
        }

        Assert.Contains(process.ExitCode, new[] { 0, 143 });
    }

    [GeneratedRegex("^Hufu: (http://127\\.0\\.0\\.1:[0-9]+/)$")]
    private static partial Regex FirstLine();

    [GeneratedRegex("http://127\\.0\\.0\\.1:[0-9]+/\\S*")]
    private static partial Regex Address();
}
