using System.Diagnostics;

namespace Hufu.Host.Serving;

/// <summary>What <c>hufu up --demo</c> adds to the platform: the story is played once so that there are people, and the signing agent runs with their tokens. Both are programs of their own, ended with the platform.</summary>
internal sealed class DemoCompany : IDisposable
{
    private Process? agent;

    /// <summary>The folder of the story's files and tokens.</summary>
    public static string FolderIn(string dataDirectory) => Path.Combine(dataDirectory, "demo");

    /// <summary>Plays the story against a platform that is not initialised yet.</summary>
    /// <returns>The story's exit status.</returns>
    public static async Task<int> PlayAsync(Uri address, string dataDirectory, CancellationToken ct)
    {
        using var story = Start(Environment.ProcessPath!, [.. Entry, "demo", "--at", address.ToString(), "--data", dataDirectory, "--out", FolderIn(dataDirectory)]);
        await story.WaitForExitAsync(ct);
        return story.ExitCode;
    }

    /// <summary>Starts the agent, if it was built.</summary>
    /// <returns>False when its program is not here.</returns>
    public bool StartAgent(Uri address, string dataDirectory)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Hufu.Agent", "release", "Hufu.Agent.dll"));
        if (!File.Exists(program))
        {
            return false;
        }

        agent = Start("dotnet", [program, "--demo", FolderIn(dataDirectory), "--origin", address.GetLeftPart(UriPartial.Authority)]);
        return true;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (agent is { HasExited: false })
        {
            agent.Kill(entireProcessTree: true);
            agent.WaitForExit(5_000);
        }

        agent?.Dispose();
    }

    // Run as `dotnet Hufu.dll`, the process is dotnet and its first argument the program.
    private static IEnumerable<string> Entry => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];

    private static Process Start(string program, IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(program, arguments)) ?? throw new InvalidOperationException($"{program} did not start.");
}
