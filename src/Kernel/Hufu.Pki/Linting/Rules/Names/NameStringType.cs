namespace Hufu.Pki.Linting.Rules;

/// <summary>C and serialNumber are PrintableString, mail and DC IA5String, everything else UTF8String or PrintableString.</summary>
internal sealed class NameStringType() : SharedRule(
    "hufu_name_string_type", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "RFC 5280 4.1.2.4, appendix A.1; GM/T 0015",
    "C and serialNumber are PrintableString, mail and DC IA5String, everything else UTF8String or PrintableString.",
    "Build the name with NameAttribute.", "C、serialNumber 用 PrintableString，电子邮件、DC 用 IA5String，其余用 UTF8String。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            bool fits = attribute.Oid switch
            {
                Oids.Country or Oids.DnSerialNumber => attribute.StringTag == DerTag.PrintableString,
                Oids.EmailAddress or Oids.DomainComponent => attribute.StringTag == DerTag.Ia5String,
                _ => attribute.StringTag is DerTag.Utf8String or DerTag.PrintableString,
            };
            if (!fits)
            {
                report.Add($"{NameKeywords.OfOid(attribute.Oid)} has the string type {attribute.StringTag:X2}.");
            }
        }
    }
}
