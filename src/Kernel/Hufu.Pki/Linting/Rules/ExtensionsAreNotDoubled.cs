namespace Hufu.Pki.Linting.Rules;

/// <summary>Each extension occurs once.</summary>
internal sealed class ExtensionsAreNotDoubled() : LintRule(
    "hufu_cert_extension_repeated", LintSeverity.Error, "RFC 5280 4.2", "Each extension occurs once.", "Correct the profile.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        foreach (IGrouping<string, CertificateExtension> group in subject.Tbs.Extensions.GroupBy(e => e.Oid).Where(g => g.Count() > 1))
        {
            yield return $"The extension {group.Key} occurs {group.Count()} times.";
        }
    }
}
