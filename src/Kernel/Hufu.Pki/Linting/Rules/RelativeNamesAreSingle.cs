namespace Hufu.Pki.Linting.Rules;

/// <summary>Each relative name has one attribute, and CN occurs once.</summary>
internal sealed class RelativeNamesAreSingle() : LintRule(
    "hufu_cert_name_several_values", LintSeverity.Warning, "GM/T 0015", "Each relative name has one attribute, and CN occurs once.", "Put each attribute into a relative name of its own.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Tbs.Subject.RelativeNames.Any(r => r.Count > 1))
        {
            yield return "A relative name has several attributes.";
        }

        if (subject.Tbs.Subject.Attributes.Count(a => a.Oid == Oids.CommonName) > 1)
        {
            yield return "CN occurs more than once.";
        }
    }
}
