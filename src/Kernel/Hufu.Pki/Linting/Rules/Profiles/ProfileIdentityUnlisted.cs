namespace Hufu.Pki.Linting.Rules;

/// <summary>Only identity extensions of the profile are carried.</summary>
internal sealed class ProfileIdentityUnlisted() : ProfileRule(
    "hufu_profile_identity_unlisted", LintSeverity.Error, "requirements 6.2.1.3-a",
    "Only identity extensions of the profile are carried.",
    "Leave the extension out.", "含模板未列的身份扩展。")
{
    protected override void Check(CertificateSubject subject, LintProfile profile, LintReport report)
    {
        foreach (string oid in IdentityNumbers.Oids)
        {
            if (subject.Find(oid) is not null && !profile.IdentityExtensions.Contains(oid))
            {
                report.Add($"The identity extension {oid} is not of the profile.");
            }
        }
    }
}
