namespace Hufu.Pki.Linting.Rules;

/// <summary>Name attributes keep to the upper bounds of X.520.</summary>
internal sealed class NameHasItsLengths() : LintRule(
    "hufu_cert_name_too_long", LintSeverity.Error, "RFC 5280 appendix A.1", "Name attributes keep to the upper bounds of X.520.", "Shorten the value.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        foreach (NameAttribute attribute in subject.Tbs.Subject.Attributes)
        {
            int limit = attribute.Oid switch
            {
                Oids.Country => 2,
                Oids.Locality or Oids.StateOrProvince or Oids.Street => 128,
                Oids.EmailAddress => 255,
                Oids.Surname or Oids.GivenName => 128,
                Oids.UserId => 256,
                _ => 64,
            };
            if (attribute.Value.Length > limit)
            {
                yield return $"{NameKeywords.OfOid(attribute.Oid)} has {attribute.Value.Length} characters; {limit} are allowed.";
            }
        }
    }
}
