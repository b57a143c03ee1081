namespace Hufu.Pki.Linting.Rules;

/// <summary>A dNSName is a host name in lower-case labels of letters, digits and hyphens; a wildcard only as the whole first label.</summary>
internal sealed class HostNamesAreHostNames() : LintRule(
    "hufu_cert_alternative_name_host", LintSeverity.Error, "RFC 5280 4.2.1.6; RFC 1123", "A dNSName is a host name in lower-case labels of letters, digits and hyphens; a wildcard only as the whole first label.", "Correct the name, or refuse it.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        foreach (GeneralName name in subject.AlternativeName?.Names ?? [])
        {
            if (name.Kind == GeneralNameKind.Dns && !IsHostName(name.Value))
            {
                yield return $"'{name.Value}' is no host name.";
            }
        }
    }

    private static bool IsHostName(string name)
    {
        string[] labels = name.Split('.');
        bool wildcard = labels[0] == "*";
        return name.Length <= 253 && labels.Length >= (wildcard ? 3 : 1)
            && labels.Skip(wildcard ? 1 : 0).All(l => l.Length is >= 1 and <= 63 && l[0] != '-' && l[^1] != '-' && l.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));
    }
}
