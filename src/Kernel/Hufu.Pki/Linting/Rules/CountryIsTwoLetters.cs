namespace Hufu.Pki.Linting.Rules;

/// <summary>There is at most one C, of two upper-case letters.</summary>
internal sealed class CountryIsTwoLetters() : LintRule(
    "hufu_cert_name_country_code", LintSeverity.Error, "GM/T 0015; ISO 3166", "There is at most one C, of two upper-case letters.", "Write CN.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        string[] countries = [.. subject.Tbs.Subject.Attributes.Where(a => a.Oid == Oids.Country).Select(a => a.Value)];
        if (countries.Length > 1 || countries.Any(c => c.Length != 2 || !c.All(char.IsAsciiLetterUpper)))
        {
            yield return $"C is {string.Join(" and ", countries)}.";
        }
    }
}
