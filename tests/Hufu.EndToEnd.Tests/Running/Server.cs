using System.Diagnostics;

namespace Hufu.EndToEnd.Tests.Running;

/// <summary>A program that serves until it is told to stop; its first line says where.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _error;

    private Server(Process process, Uri address)
    {
        _process = process;
        Address = address;
        _error = Task.WhenAll(Drain(process.StandardOutput), Drain(process.StandardError));
    }

    public Uri Address { get; }

    /// <summary>For a test that lets it die.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts ./hufu with these arguments and waits for the line that ends with its address.</summary>
    public static async Task<Server> StartAsync(string[] arguments, string folder, string data, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(Tree.At("hufu"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder };
        start.Environment["HUFU_DATA"] = data;
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException("./hufu did not start");
        try
        {
            string line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(3)) ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
            return new Server(process, new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim()));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Process.Start("kill", ["-TERM", $"{_process.Id}"])!.WaitForExit();
        }

        if (!_process.WaitForExit(15_000))
        {
            _process.Kill(entireProcessTree: true);
        }

        await _error;
        _process.Dispose();
    }

    private static async Task Drain(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is not null)
        {
            // What it says is not looked at, but a full pipe would stop it.
        }
    }
}
