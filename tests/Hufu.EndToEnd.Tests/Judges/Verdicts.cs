using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests.Judges;

/// <summary>What a judge that runs as a program printed: "pass NAME" or "fail NAME: reason", a line a check.</summary>
internal static class Verdicts
{
    /// <summary>Name of each check → null when it passed, else the line that says why not. A judge that judged nothing fails the test.</summary>
    public static IReadOnlyDictionary<string, string?> Read(Outcome outcome)
    {
        Dictionary<string, string?> results = [];
        foreach (string line in outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split([' ', ':'], 3);
            results[parts[1]] = parts[0] == "pass" ? null : line;
        }

        Assert.True(results.Count > 0 && (outcome.ExitCode == 0) == results.Values.All(reason => reason is null), outcome.ToString());
        return results;
    }
}
