using Hufu.EndToEnd.Tests.Judges;
using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests;

/// <summary>The golden certificate of every profile, judged by BouncyCastle and by <c>hufu lint --profile</c>. (OpenSSL and the bytes: Hufu.Modules.Tests.)</summary>
public sealed class GoldenTests
{
    private static readonly string Folder = Tree.At("tests", "golden");

    private static string[] Files => [.. Directory.GetFiles(Folder, "*.cer").Order(StringComparer.Ordinal)];

    [Fact]
    public async Task BouncyCastle_reads_and_verifies_every_one()
    {
        IReadOnlyDictionary<string, string> verdicts = await BouncyCastle.CheckGoldenAsync(Folder);
        Assert.Equal(Files.Select(Path.GetFileName), verdicts.Keys.Order(StringComparer.Ordinal));
        Assert.All(verdicts, v => Assert.Equal("ok", v.Value));
    }

    [Fact]
    public async Task BouncyCastle_refuses_one_with_a_byte_changed()
    {
        using Workplace work = new();
        File.Copy(Path.Combine(Folder, "root-ca.cer"), work.At("root-ca.cer"));
        byte[] changed = await File.ReadAllBytesAsync(Path.Combine(Folder, "operational-ca.cer"), TestContext.Current.CancellationToken);
        changed[^3] ^= 1;
        work.Write("operational-ca.cer", changed);
        Assert.NotEqual("ok", (await BouncyCastle.CheckGoldenAsync(work.Folder))["operational-ca.cer"]);
    }

    [Fact]
    public async Task The_command_finds_no_error_in_any_by_its_profile()
    {
        foreach (string file in Files)
        {
            string profile = Path.GetFileName(file).Replace(".enc.cer", "", StringComparison.Ordinal).Replace(".cer", "", StringComparison.Ordinal);
            Outcome outcome = await Command.RunAsync(Tree.At("hufu"), ["lint", file, "--profile", profile]);
            Assert.True(outcome.ExitCode == 0 && outcome.Output.Contains(" 0 errors", StringComparison.Ordinal), outcome.ToString());
        }
    }
}
