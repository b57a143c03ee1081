namespace Hufu.Pki.Linting.Rules;

/// <summary>Text in names is UTF8String throughout.</summary>
internal sealed class NamePrintableText() : SharedRule(
    "hufu_name_printable_text", LintTargets.Certificate | LintTargets.Request, LintSeverity.Notice, "standards.md 3.1; RFC 5280 4.1.2.4",
    "Text in names is UTF8String throughout.",
    "Build the name with NameAttribute.", "名称中的文本建议统一使用 UTF8String。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            if (attribute.StringTag == DerTag.PrintableString && attribute.Oid is Oids.CommonName or Oids.Organization or Oids.OrganizationalUnit or Oids.Locality or Oids.StateOrProvince)
            {
                report.Add($"{NameKeywords.OfOid(attribute.Oid)} is a PrintableString.");
            }
        }
    }
}
