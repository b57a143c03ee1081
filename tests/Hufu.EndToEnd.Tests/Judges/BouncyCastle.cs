using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests.Judges;

/// <summary>Debian's BouncyCastle as a judge: bouncycastle/Check.java, compiled once for all tests.</summary>
internal static class BouncyCastle
{
    private const string Jars = "/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar";
    private static readonly SemaphoreSlim Once = new(1);
    private static string? _classes;

    /// <summary>Name of each check → null when it passed, else why not.</summary>
    /// <param name="folder">The demo folder.</param>
    /// <param name="only">The checks to run; all without any.</param>
    public static async Task<IReadOnlyDictionary<string, string?>> CheckAsync(string folder, params string[] only)
    {
        Outcome outcome = await RunAsync("Check", [folder, .. only]);
        return Verdicts.Read(outcome);
    }

    /// <summary>Makes the sample files by BouncyCastle (bouncycastle/Sample.java).</summary>
    public static async Task MakeSampleAsync(string folder) => (await RunAsync("Sample", [folder])).Succeeded();

    /// <summary>File name → ok, or why not (bouncycastle/Golden.java): every certificate of a folder under its issuer in the same folder.</summary>
    public static Task<IReadOnlyDictionary<string, string>> CheckGoldenAsync(string folder) => LinesAsync("Golden", folder);

    /// <summary>Signer's name → ok, or why not (bouncycastle/Transcript.java): everybody who signed a ceremony's transcript.</summary>
    public static Task<IReadOnlyDictionary<string, string>> CheckTranscriptAsync(string folder) => LinesAsync("Transcript", folder);

    /// <summary>"crl" and "ocsp" → good, revoked … or failed … (bouncycastle/Live.java): a relying party that has the root alone and follows what stands in the certificate.</summary>
    public static Task<IReadOnlyDictionary<string, string>> FollowAsync(string root, string leaf) => LinesAsync("Live", root, leaf);

    private static async Task<IReadOnlyDictionary<string, string>> LinesAsync(string program, params string[] arguments) =>
        (await RunAsync(program, arguments)).Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2)).ToDictionary(parts => parts[0], parts => parts[1]);

    private static async Task<Outcome> RunAsync(string program, string[] arguments) =>
        await Command.RunAsync("java", ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8", "-cp", $"{await CompiledAsync()}:{Jars}", program, .. arguments]);

    private static async Task<string> CompiledAsync()
    {
        await Once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_classes is null)
            {
                string classes = Tree.At("artifacts", "bouncycastle");
                Directory.CreateDirectory(classes);
                string sources = Tree.At("tests", "Hufu.EndToEnd.Tests", "bouncycastle");
                (await Command.RunAsync("javac", ["-encoding", "UTF-8", "-proc:none", "-d", classes, "-cp", Jars, .. Directory.GetFiles(sources, "*.java")])).Succeeded();
                _classes = classes;
            }

            return _classes;
        }
        finally
        {
            Once.Release();
        }
    }
}
