namespace Hufu.Pki.Linting.Rules;

/// <summary>C and serialNumber are PrintableString, mail and DC IA5String, everything else UTF8String.</summary>
internal sealed class NameHasItsStringTypes() : LintRule(
    "hufu_cert_name_string_type", LintSeverity.Error, "GM/T 0015; RFC 5280 4.1.2.4", "C and serialNumber are PrintableString, mail and DC IA5String, everything else UTF8String.", "Build the name with NameAttribute.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        foreach (NameAttribute attribute in subject.Tbs.Subject.Attributes)
        {
            byte expected = attribute.Oid switch
            {
                Oids.Country or Oids.DnSerialNumber => DerTag.PrintableString,
                Oids.EmailAddress or Oids.DomainComponent => DerTag.Ia5String,
                _ => DerTag.Utf8String,
            };
            if (attribute.StringTag != expected || (expected == DerTag.PrintableString && !DerText.IsPrintable(attribute.Value)))
            {
                yield return $"{NameKeywords.OfOid(attribute.Oid)} has the string type {attribute.StringTag:X2}, or a character that its type does not have.";
            }
        }
    }
}
