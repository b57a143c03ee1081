namespace Hufu.Pki.Linting.Rules;

/// <summary>A life of more than 3,653 days is refused by a strict peer.</summary>
internal sealed class LifeIsUnderTenYears() : LintRule(
    "hufu_cert_validity_over_ten_years", LintSeverity.Warning, "interop.md", "A life of more than 3,653 days is refused by a strict peer.", "Shorten it where such peers must accept it.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        if (subject.Kind == CertificateKind.EndEntity && subject.Tbs.NotAfter - subject.Tbs.NotBefore > TimeSpan.FromDays(3653))
        {
            yield return $"It lives {(subject.Tbs.NotAfter - subject.Tbs.NotBefore).TotalDays:F0} days.";
        }
    }
}
