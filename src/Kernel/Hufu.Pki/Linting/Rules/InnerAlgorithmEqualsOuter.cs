namespace Hufu.Pki.Linting.Rules;

/// <summary>The signature algorithms inside and outside are equal byte for byte.</summary>
internal sealed class InnerAlgorithmEqualsOuter() : LintRule(
    "hufu_cert_signature_algorithms_differ", LintSeverity.Error, "RFC 5280 4.1.1.2", "The signature algorithms inside and outside are equal byte for byte.", "Assemble with the algorithm that stands in the TBS.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.OuterAlgorithm is { } outer && !outer.Equals(subject.Tbs.Signature))
        {
            yield return "The signature algorithms inside and outside differ.";
        }
    }
}
