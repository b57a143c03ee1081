namespace Hufu.Pki.Linting.Rules;

/// <summary>The key's private half is not printed in a standard.</summary>
internal sealed class KeyPublished() : SharedRule(
    "hufu_key_published", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "R16",
    "The key's private half is not printed in a standard.",
    "Refuse the key and have a new one made.", "该公钥对应的私钥已公开（标准示例），须拒绝并重新生成。")
{
    // The generator (private key 1) and the example key of GM/T 0003.5.
    private static readonly byte[] s_generator = Convert.FromHexString("32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7");
    private static readonly byte[] s_example = Convert.FromHexString("09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020");

    internal override void Check(LintSubject subject, LintReport report)
    {
        // X alone: a point and its negative have the same, and private keys as easily told.
        if (subject.Key is { IsSm2: true, PublicKey.Length: 65 } key && (key.PublicKey.Span[1..33].SequenceEqual(s_generator) || key.PublicKey.Span[1..33].SequenceEqual(s_example)))
        {
            report.Add("The key is a published example, or the generator itself.");
        }
    }
}
