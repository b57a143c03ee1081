using Hufu.EndToEnd.Tests.Running;
using Hufu.Testing;

namespace Hufu.EndToEnd.Tests.Status;

/// <summary>A running platform (<c>hufu up</c>) that a demo has initialised, publishing into a real slapd. Made once for the tests of relying parties; everything ends by its own process id.</summary>
public sealed class StatusStage : IAsyncLifetime
{
    private readonly Workplace _work = new();
    private Server _platform = null!;

    /// <summary>Where it is.</summary>
    internal Uri Address => _platform.Address;

    /// <summary>The demo's files: sign.cer is revoked, renewed.cer is good.</summary>
    internal string Out => _work.At("out");

    /// <summary>The data directory.</summary>
    internal string Data => _work.At("data");

    internal SlapdServer Slapd { get; private set; } = null!;

    internal string File(string name) => Path.Combine(Out, name);

    public async ValueTask InitializeAsync()
    {
        (await Command.RunAsync(Tree.At("hufu"), ["--version"])).Succeeded(); // builds if it has to
        Slapd = await SlapdServer.StartAsync();
        string room = Directory.CreateDirectory(Path.Combine(Data, "publishing")).FullName;
        await System.IO.File.WriteAllTextAsync(Path.Combine(room, "password"), SlapdServer.Password);
        await System.IO.File.WriteAllTextAsync(
            Path.Combine(room, "directories.json"),
            $$"""{ "targets": [{ "name": "city", "host": "127.0.0.1", "port": {{Slapd.Port}}, "bindDn": "{{SlapdServer.Manager}}", "passwordFile": "password", "base": "{{SlapdServer.Base}}", "tls": "none" }] }""");
        _platform = await Server.StartAsync(["up", "--data", Data, "--port", "0"], _work.Folder, Data);
        (await Command.RunAsync(Tree.At("hufu"), ["demo", "--at", Address.ToString(), "--data", Data, "--out", Out], _work.Folder)).Succeeded();
    }

    public async ValueTask DisposeAsync()
    {
        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }

        if (Slapd is not null)
        {
            await Slapd.DisposeAsync();
        }

        _work.Dispose();
    }
}
