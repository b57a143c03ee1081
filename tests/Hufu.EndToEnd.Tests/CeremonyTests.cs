using Hufu.EndToEnd.Tests.Judges;
using Hufu.EndToEnd.Tests.Running;

namespace Hufu.EndToEnd.Tests;

/// <summary>The transcript of <c>hufu ceremony --demo</c> (GM/T 0010 signedData of nine signers), judged by BouncyCastle.</summary>
public sealed class CeremonyTests
{
    [Fact]
    public async Task Every_signature_of_a_transcript_verifies_with_BouncyCastle_and_a_changed_one_does_not()
    {
        using Workplace work = new();
        (await Command.RunAsync(Tree.At("hufu"), ["ceremony", "--demo", "--json", "--out", work.At("c")])).Succeeded();
        IReadOnlyDictionary<string, string> verdicts = await BouncyCastle.CheckTranscriptAsync(work.At("c"));
        Assert.Equal(9, verdicts.Count);
        Assert.All(verdicts, v => Assert.Equal("ok", v.Value));
        string file = Path.Combine(work.At("c"), "transcript.p7s");
        byte[] changed = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        changed[^3] ^= 1;
        await File.WriteAllBytesAsync(file, changed, TestContext.Current.CancellationToken);
        Assert.Single((await BouncyCastle.CheckTranscriptAsync(work.At("c"))).Values, "wrong signature");
    }
}
