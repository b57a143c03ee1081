using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Hufu.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

/// <summary>The platform's web server with one front door, loaded by <see cref="HttpLoader"/> from another process on the other core. One core is the server's.</summary>
internal sealed class LoadedServer : IDisposable
{
    private const int Usual = 64;
    private static readonly TimeSpan s_longestWarming = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly string _file;
    private readonly string _type;
    private readonly int _port;
    private readonly int _connections;

    private LoadedServer(WebApplication app, string file, string type, int connections)
    {
        _connections = connections;
        _app = app;
        _file = file;
        _type = type;
        _port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
    }

    /// <summary>Starts it with doors and the bodies that are posted.</summary>
    internal static LoadedServer Start(IReadOnlyList<IFrontDoor> doors, IEnumerable<byte[]> bodies, string type, int connections = Usual)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddHufuWeb();
        var app = builder.Build();
        app.UseFrontDoors(doors);
        app.StartAsync().GetAwaiter().GetResult();
        var file = Path.GetTempFileName();
        using (var output = new BufferedStream(File.Create(file)))
        {
            var length = new byte[4];
            foreach (var body in bodies)
            {
                BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
                output.Write(length);
                output.Write(body);
            }
        }

        return new LoadedServer(app, file, type, connections);
    }

    /// <summary>Loads paths in turn until the compiler's second tier has nothing left to do, or half a minute is over: what it takes is nobody's answer.</summary>
    internal void Warm(params string[] paths)
    {
        var watch = Stopwatch.StartNew();
        long before;
        do
        {
            before = System.Runtime.JitInfo.GetCompiledMethodCount();
            foreach (var path in paths)
            {
                Full(path, 1);
            }
        }
        while (System.Runtime.JitInfo.GetCompiledMethodCount() - before > 20 && watch.Elapsed < s_longestWarming);
    }

    /// <summary>Loads a path as fast as it answers.</summary>
    internal Load Full(string path, double seconds) => Run(path, seconds, 0);

    /// <summary>Loads a path at a rate.</summary>
    internal Load At(string path, double seconds, double rate) => Run(path, seconds, rate);

    private Load Run(string path, double seconds, double rate)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var cpu = Environment.CpuUsage.TotalTime;
        var start = new ProcessStartInfo("taskset", ["-c", "1", Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "bench.dll"), "load", $"{_port}", path, _type, _file, $"{_connections}", Text(seconds), Text(rate)])
        {
            RedirectStandardOutput = true,
        };
        if (!Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal))
        {
            start.ArgumentList.RemoveAt(3);
        }

        using var process = Process.Start(start)!;
        var words = process.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        process.WaitForExit();
        if (process.ExitCode != 0 || words.Length < 3)
        {
            throw new InvalidOperationException("The loader failed.");
        }

        var numbers = words.Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        var used = Environment.CpuUsage.TotalTime - cpu;
        return new Load(numbers[0] / numbers[1], numbers[0] / used.TotalSeconds, (long)((GC.GetTotalAllocatedBytes() - allocated) / numbers[0]), (int)numbers[2], numbers.Length > 5 ? numbers[3..] : []);
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _app.StopAsync().GetAwaiter().GetResult();
        _app.DisposeAsync().AsTask().GetAwaiter().GetResult();
        File.Delete(_file);
    }
}

/// <summary>What a load has shown.</summary>
/// <param name="Rate">Answers a second of the clock.</param>
/// <param name="CpuRate">Answers a second of the server's processor time.</param>
/// <param name="Allocated">Managed bytes allocated for each answer.</param>
/// <param name="Size">Bytes of an answer.</param>
/// <param name="Latencies">50th, 99th and 99.9th percentile in microseconds, when there was a rate.</param>
internal sealed record Load(double Rate, double CpuRate, long Allocated, int Size, double[] Latencies);

/// <summary>Reads the request as every door does and answers always the same bytes: the peer.</summary>
internal sealed class ConstantDoor(string path, string type) : IFrontDoor
{
    /// <summary>What it answers.</summary>
    internal byte[] Answer { get; set; } = [];

    public Task? TryHandle(HttpContext context) => context.Request.Path.Value == path ? AnswerAsync(context) : null;

    private async Task AnswerAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAsync(context.RequestAborted);
        while (!read.IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await reader.ReadAsync(context.RequestAborted);
        }

        reader.AdvanceTo(read.Buffer.End);
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = type;
        response.ContentLength = Answer.Length;
        await response.BodyWriter.WriteAsync(Answer, context.RequestAborted);
    }
}
