namespace Hufu.Pki.Linting.Rules;

/// <summary>The signature algorithms inside and outside are equal byte for byte.</summary>
internal sealed class SignatureAlgorithmsDiffer() : SharedRule(
    "hufu_signature_algorithms_differ", LintTargets.Certificate | LintTargets.RevocationList, LintSeverity.Error, "RFC 5280 4.1.1.2, 5.1.1.2",
    "The signature algorithms inside and outside are equal byte for byte.",
    "Assemble with the algorithm that stands inside.", "内外签名算法标识须逐字节一致。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        if (subject.OuterAlgorithm is { } outer && !outer.Equals(subject.Algorithm))
        {
            report.Add("The signature algorithms inside and outside differ.");
        }
    }
}
