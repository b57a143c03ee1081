namespace Hufu.Pki.Linting.Rules;

/// <summary>Name attributes are not empty, hold no control characters and no spaces at the ends.</summary>
internal sealed class NameIsClean() : LintRule(
    "hufu_cert_name_unclean", LintSeverity.Error, "RFC 5280 4.1.2.4; R13", "Name attributes are not empty, hold no control characters and no spaces at the ends.", "Trim the value before building the name.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        foreach (NameAttribute attribute in subject.Tbs.Subject.Attributes)
        {
            if (string.IsNullOrWhiteSpace(attribute.Value) || attribute.Value.AsSpan().Trim().Length != attribute.Value.Length || attribute.Value.Any(char.IsControl))
            {
                yield return $"{NameKeywords.OfOid(attribute.Oid)} is empty, or begins or ends with a space, or holds a control character.";
            }
        }
    }
}
