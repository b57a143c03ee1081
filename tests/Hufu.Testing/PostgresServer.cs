using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hufu.Crypto;

namespace Hufu.Testing;

/// <summary>
/// A real PostgreSQL (15, Debian's) on a free loopback port with fsync on and its data in a temporary folder; password sign-in over TCP. It runs as user postgres when the test
/// runs as root (initdb and postgres refuse root) and is stopped by its own process id.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";

    private static readonly Lazy<Task<PostgresServer>> Shared = new(() => StartAsync(CancellationToken.None));

    private readonly string _folder;
    private readonly string _password;
    private Process _process;

    private PostgresServer(string folder, string password, int port, Process process)
    {
        _folder = folder;
        _password = password;
        Port = port;
        _process = process;
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The folder of the cluster: tables, write-ahead log, settings.</summary>
    public string Folder => _folder;

    /// <summary>The connection string of the database <c>hufu</c> as its owner. Each room takes a schema of its own in it.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Database=hufu;Timeout=120;Username=hufu;Password={_password}";

    /// <summary>The server that the tests of one process share; it ends with the process. Schemas have new names: <see cref="NewSchema"/>.</summary>
    public static Task<PostgresServer> SharedAsync() => Shared.Value;

    /// <summary>A schema name that nobody has used.</summary>
    public static string NewSchema(string room) => $"{room}_{SecureRandom.NewId()[..12]}";

    /// <summary>Makes a cluster and starts it; it answers when this returns.</summary>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("hufu-postgres-").FullName;
        var password = SecureRandom.NewId();
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The test server is Debian's PostgreSQL.");
        }

        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var secret = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(secret, password + "\n", cancellationToken);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", ["-R", "postgres", folder], cancellationToken);
        }

        var data = Path.Combine(folder, "data");
        await RunAsync(
            Program("initdb", out var prefix), [.. prefix, "-D", data, "-U", "hufu", "--pwfile", secret, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "-N"], cancellationToken);
        var port = FreePort();
        var server = new PostgresServer(folder, password, port, Launch(data, folder, port));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Stop();
        await server.WaitUntilReadyAsync(cancellationToken);
        await server.RunSqlAsync("postgres", "CREATE DATABASE hufu", cancellationToken);
        return server;
    }

    /// <summary>Makes a standby of a server that follows it by streaming replication (docs/backup.md), and starts it; it answers reads when this returns.</summary>
    public static async Task<PostgresServer> StartStandbyAsync(PostgresServer primary, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("hufu-standby-").FullName;
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The test server is Debian's PostgreSQL.");
        }

        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", ["-R", "postgres", folder], cancellationToken);
        }

        var data = Path.Combine(folder, "data");
        await RunAsync(
            Program("pg_basebackup", out var prefix), [.. prefix, "-d", $"host=127.0.0.1 port={primary.Port} user=hufu password={primary._password}", "-D", data, "-R", "-X", "stream", "-c", "fast"],
            cancellationToken);
        var port = FreePort();
        var server = new PostgresServer(folder, primary._password, port, Launch(data, folder, port));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Stop();
        await server.WaitUntilReadyAsync(cancellationToken);
        return server;
    }

    /// <summary>Makes a standby the primary; it takes writes when this returns.</summary>
    public Task PromoteAsync(CancellationToken cancellationToken) => RunSqlAsync("postgres", "SELECT pg_promote(true, 60)", cancellationToken);

    /// <summary>Ends the server at once, as a power cut would end it: what was not flushed is gone.</summary>
    public void Kill()
    {
        Signal("QUIT");
        _process.WaitForExit();
    }

    /// <summary>Starts it again on the same data.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        _process.Dispose();
        _process = Launch(Path.Combine(_folder, "data"), _folder, Port);
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>Runs SQL with psql.</summary>
    public async Task<string> RunSqlAsync(string database, string sql, CancellationToken cancellationToken) => await RunAsync(
        Path.Combine(Binaries, "psql"), [$"host=127.0.0.1 port={Port} dbname={database} user=hufu password={_password}", "-v", "ON_ERROR_STOP=1", "-At", "-c", sql], cancellationToken);

    public ValueTask DisposeAsync()
    {
        Stop();
        return ValueTask.CompletedTask;
    }

    private void Stop()
    {
        if (!Directory.Exists(_folder))
        {
            return;
        }

        Signal("INT");
        if (!_process.WaitForExit(10_000))
        {
            Signal("QUIT");
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // The server is a child of runuser: its own id stands in postmaster.pid.
    private void Signal(string signal)
    {
        var file = Path.Combine(_folder, "data", "postmaster.pid");
        if (!_process.HasExited && File.Exists(file))
        {
            using var kill = Process.Start("kill", ["-" + signal, File.ReadLines(file).First()]);
            kill.WaitForExit();
        }
    }

    private static Process Launch(string data, string folder, int port)
    {
        var program = Program("postgres", out var prefix);
        return Process.Start(new ProcessStartInfo(
            program,
            [
                .. prefix, "-D", data, "-c", "listen_addresses=127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-k", folder, "-c", "fsync=on", "-c", "max_connections=200",
                "-c", "shared_buffers=64MB", "-c", "logging_collector=off", "-c", "log_min_messages=fatal",
            ]) { WorkingDirectory = "/" }) ?? throw new InvalidOperationException("postgres did not start");
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                await RunSqlAsync("postgres", "SELECT 1", cancellationToken);
                return;
            }
            catch (InvalidOperationException) when (i < 100 && !_process.HasExited)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    private static string Program(string name, out string[] prefix)
    {
        var path = Path.Combine(Binaries, name);
        prefix = Environment.IsPrivilegedProcess ? ["-u", "postgres", "--", path] : [];
        return Environment.IsPrivilegedProcess ? "runuser" : path;
    }

    private static async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{program} is missing; ./test installs postgresql-15", e);
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? (await output).Trim() : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await error}");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
