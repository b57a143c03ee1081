using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests.Demo;

/// <summary>One run of <c>./hufu demo</c> for all tests of the collection: with nobody at the keyboard, into a folder of its own.</summary>
public sealed class DemoRun : IAsyncLifetime
{
    private readonly Workplace _work = new();

    /// <summary>The folder that the demo left its files in.</summary>
    internal string Folder => _work.At("out");

    /// <summary>What the demo printed.</summary>
    internal Outcome Outcome { get; private set; } = null!;

    internal IReadOnlyDictionary<string, string?> BouncyCastle { get; private set; } = null!;

    internal IReadOnlyDictionary<string, string?> Asn1Crypto { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        (await RunAsync("--version")).Succeeded(); // builds if it has to
        Outcome = (await RunAsync("demo", "--out", Folder)).Succeeded();
        BouncyCastle = await Judges.BouncyCastle.CheckAsync(Folder);
        Asn1Crypto = await Judges.Asn1Crypto.CheckAsync(Folder);
    }

    public ValueTask DisposeAsync()
    {
        _work.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs ./hufu in the temporary folder, its data there too.</summary>
    internal Task<Outcome> RunAsync(params string[] arguments) =>
        Command.RunAsync(Tree.At("hufu"), arguments, _work.Folder, new Dictionary<string, string> { ["HUFU_DATA"] = _work.At("data") });
}

/// <summary>The tests that share the run.</summary>
[CollectionDefinition]
public sealed class SharedDemoRun : ICollectionFixture<DemoRun>;
