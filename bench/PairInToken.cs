using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

/// <summary>
/// From submission by the RA to the pair in the token, on one machine, everything in one process as `./hufu demo` plays it: the vetter reads and approves, the sealed order, the key centre's pair, both
/// certificates, the mailed code, the download, the import and the signed receipt. Wall clock of those four steps of the story, median of three (bar: one second; the national test allows thirty).
/// </summary>
internal static class PairInToken
{
    private const int Runs = 3;
    private const double Bar = 1000;

    private static readonly string[] Steps =
    [
        "The vetter reads the papers, answers every check and approves", "RA → CA sealed order;", "The mail tells how to fetch;", "The encryption key is imported into the token;",
    ];

    /// <summary>Measures; a row of pairs a second beside one a second.</summary>
    public static BenchRow Run()
    {
        var times = Enumerable.Range(0, Runs).Select(_ => Once()).Order().ToArray();
        var median = times[Runs / 2];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  pair-in-token: {median:N0} ms from the vetter's act to the receipt (runs {string.Join(", ", times.Select(time => time.ToString("N0", CultureInfo.InvariantCulture)))}); bar {Bar:N0} ms: {(median < Bar ? "ok" : "missed")}"));
        return new BenchRow("pair-in-token", 1000 / median, 1, 1000 / median, 0);
    }

    private static double Once()
    {
        var root = Root();
        var folder = Path.Combine(root, "out", "bench", "pair-in-token");
        var start = new ProcessStartInfo(Path.Combine(root, "hufu"), ["demo", "--out", folder]) { RedirectStandardOutput = true, WorkingDirectory = root };
        using (var process = Process.Start(start) ?? throw new InvalidOperationException("./hufu did not start."))
        {
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"./hufu demo ended with {process.ExitCode}.");
            }
        }

        using var story = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "story.json")));
        return Steps.Sum(step => story.RootElement.EnumerateArray().First(one => one.GetProperty("step").GetString()!.StartsWith(step, StringComparison.Ordinal)).GetProperty("milliseconds").GetDouble());
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Hufu.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The bench runs from its source tree.");
    }
}
