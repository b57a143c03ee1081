namespace Hufu.Pki.Linting.Rules;

/// <summary>extKeyUsage names purposes once each, and not any.</summary>
internal sealed class PurposesAreNamed() : LintRule(
    "hufu_cert_purpose_any_or_repeated", LintSeverity.Error, "RFC 5280 4.2.1.12", "extKeyUsage names purposes once each, and not any.", "Name the purposes.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.ExtendedKeyUsage is { } usage && (usage.Purposes.Contains(Oids.AnyExtendedKeyUsage) || usage.Purposes.Distinct().Count() != usage.Purposes.Count))
        {
            yield return "extKeyUsage names any purpose, or one twice.";
        }
    }
}
