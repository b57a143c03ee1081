using System.Diagnostics;

/// <summary>What a newcomer waits for: the whole story of <c>./hufu demo</c> (bar: 20 s, 0.05 a second) and <c>./hufu up</c> until its first line (bar: 3 s, 0.33 a second), processes started and all.</summary>
internal sealed class StartBench : IBench
{
    private const int Runs = 5;

    private readonly string root = Root();

    public string Name => "start";

    public string Title => "Stories a second (bar 0.05) and starts a second (bar 0.33); wall clock, medians of five";

    public IEnumerable<BenchRow> Run()
    {
        RunToEnd("--version"); // builds if it has to
        yield return Row("demo", () => RunToEnd("demo", "--out", Path.Combine(root, "out", "bench", "demo")));
        yield return Row("up-ready", StartAndStop);
    }

    private static BenchRow Row(string name, Func<double> run)
    {
        var seconds = new double[Runs];
        for (var i = 0; i < Runs; i++)
        {
            seconds[i] = run();
            Console.Error.WriteLine($"  {name} {i + 1}/{Runs}: {seconds[i]:0.00} s");
        }

        Array.Sort(seconds);
        return new BenchRow(name, 1 / seconds[Runs / 2], null, null, 0);
    }

    private double RunToEnd(params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        using var process = Start(arguments);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"./hufu {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }

        return watch.Elapsed.TotalSeconds;
    }

    private double StartAndStop()
    {
        var data = Directory.CreateDirectory(Path.Combine(root, "out", "bench", $"up-{Environment.ProcessId}-{Environment.TickCount64}"));
        var watch = Stopwatch.StartNew();
        using var process = Start("up", "--port", "0", "--data", data.FullName);
        if (process.StandardOutput.ReadLine()?.StartsWith("Hufu: ", StringComparison.Ordinal) != true)
        {
            throw new InvalidOperationException("./hufu up did not come up.");
        }

        var ready = watch.Elapsed.TotalSeconds;
        using (var stop = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            stop.WaitForExit();
        }

        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        data.Delete(recursive: true);
        return ready;
    }

    private Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Path.Combine(root, "hufu"), arguments) { RedirectStandardOutput = true, WorkingDirectory = root }) ?? throw new InvalidOperationException("./hufu did not start.");

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
