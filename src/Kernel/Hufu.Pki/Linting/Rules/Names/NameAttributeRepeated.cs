namespace Hufu.Pki.Linting.Rules;

/// <summary>CN, O, ST, L and serialNumber occur once.</summary>
internal sealed class NameAttributeRepeated() : SharedRule(
    "hufu_name_attribute_repeated", LintTargets.Certificate | LintTargets.Request, LintSeverity.Warning, "GM/T 0037 A.11",
    "CN, O, ST, L and serialNumber occur once.",
    "Keep the most specific value.", "CN、O、ST、L、serialNumber 只应出现一次。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        foreach (string oid in (ReadOnlySpan<string>)[Oids.CommonName, Oids.Organization, Oids.StateOrProvince, Oids.Locality, Oids.DnSerialNumber])
        {
            int count = 0;
            foreach (NameAttribute attribute in subject.Name.Attributes)
            {
                count += attribute.Oid == oid ? 1 : 0;
            }

            if (count > 1)
            {
                report.Add($"{NameKeywords.OfOid(oid)} occurs {count} times.");
            }
        }
    }
}
