namespace Hufu.Pki.Linting.Rules;

/// <summary>The validity is at most the profile's life, the last second counted in.</summary>
internal sealed class ProfileLife() : ProfileRule(
    "hufu_profile_life", LintSeverity.Error, "requirements 6.2.1.3-a; R07",
    "The validity is at most the profile's life, the last second counted in.",
    "Shorten the validity.", "有效期超出模板规定（含最后一秒）。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        if (CalendarLife.IsOver(subject.Tbs, profile.LifeMonths, profile.LifeTime))
        {
            report.Add($"It lives from {subject.Tbs.NotBefore:u} to {subject.Tbs.NotAfter:u}.");
        }
    }
}
