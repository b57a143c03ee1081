using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Hufu.Testing;

/// <summary>A real slapd on loopback with core, cosine and inetorgperson, in a folder of its own; stopped and started again by its own process id.</summary>
public sealed class SlapdServer : IAsyncDisposable
{
    public const string Base = "o=Hufu Test,c=CN";
    public const string Manager = "cn=manager," + Base;
    public const string Password = "secret-of-the-manager";

    private readonly TempFolder _folder = new();
    private Process? _process;

    private SlapdServer(int port) => Port = port;

    public int Port { get; }

    public static async Task<SlapdServer> StartAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var server = new SlapdServer(port);
        Directory.CreateDirectory(server._folder["db"]);
        await File.WriteAllTextAsync(server._folder["slapd.conf"], $"""
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include /etc/ldap/schema/inetorgperson.schema
            modulepath /usr/lib/ldap
            moduleload back_mdb
            pidfile {server._folder["slapd.pid"]}
            database mdb
            maxsize 1073741824
            suffix "{Base}"
            rootdn "{Manager}"
            rootpw {Password}
            directory {server._folder["db"]}
            index objectClass eq
            index uid,cn eq
            index userCertificate eq
            """);
        server.Start();
        await server.UntilUpAsync();
        await server.ToolAsync("ldapadd", $"dn: {Base}\nobjectClass: organization\no: Hufu Test\n");
        return server;
    }

    /// <summary>Runs slapd over its folder.</summary>
    public void Start() =>
        _process = Process.Start(new ProcessStartInfo("/usr/sbin/slapd", ["-f", _folder["slapd.conf"], "-h", $"ldap://127.0.0.1:{Port}", "-d", "0"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;

    /// <summary>Stops it; its data stays.</summary>
    public async Task StopAsync()
    {
        if (_process is { HasExited: false } process)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync();
            await process.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    public async Task UntilUpAsync()
    {
        for (var i = 0; i < 200; i++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        throw new TimeoutException("slapd does not come up: " + (_process is { HasExited: true } ? await _process.StandardError.ReadToEndAsync() : ""));
    }

    /// <summary>ldapsearch below the base: LDIF, unwrapped.</summary>
    public Task<string> SearchAsync(string filter, params string[] attributes) => ToolAsync("ldapsearch", "", ["-LLL", "-o", "ldif-wrap=no", "-b", Base, filter, .. attributes]);

    /// <summary>One of the LDAP tools as the manager.</summary>
    public async Task<string> ToolAsync(string tool, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, ["-x", "-H", $"ldap://127.0.0.1:{Port}", "-D", Manager, "-w", Password, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode is 0 or 32 ? output : throw new InvalidOperationException($"{tool}: {await error}");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }
}
