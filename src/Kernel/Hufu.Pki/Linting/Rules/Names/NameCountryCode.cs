namespace Hufu.Pki.Linting.Rules;

/// <summary>There is at most one C, of two upper-case letters.</summary>
internal sealed class NameCountryCode() : SharedRule(
    "hufu_name_country_code", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "RFC 5280 appendix A.1; ISO 3166",
    "There is at most one C, of two upper-case letters.",
    "Write CN.", "C 至多一个，且为两个大写字母，如 CN。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        int countries = 0;
        foreach (NameAttribute attribute in subject.Name.Attributes)
        {
            if (attribute.Oid == Oids.Country && (++countries > 1 || attribute.Value.Length != 2 || !char.IsAsciiLetterUpper(attribute.Value[0]) || !char.IsAsciiLetterUpper(attribute.Value[1])))
            {
                report.Add(countries > 1 ? "C occurs more than once." : $"C is {attribute.Value}.");
            }
        }
    }
}
