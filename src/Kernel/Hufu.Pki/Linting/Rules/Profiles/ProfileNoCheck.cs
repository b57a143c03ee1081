namespace Hufu.Pki.Linting.Rules;

/// <summary>no-check is there when the profile says so, and only then.</summary>
internal sealed class ProfileNoCheck() : ProfileRule(
    "hufu_profile_no_check", LintSeverity.Error, "requirements 6.2.1.3-a; RFC 6960 4.2.2.2.1",
    "no-check is there when the profile says so, and only then.",
    "Issue by the profile.", "ocsp-nocheck 与模板不符。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        if (subject.Find(Oids.OcspNoCheck) is not null != profile.OcspNoCheck)
        {
            report.Add($"no-check is {(profile.OcspNoCheck ? "missing" : "not of the profile")}.");
        }
    }
}
