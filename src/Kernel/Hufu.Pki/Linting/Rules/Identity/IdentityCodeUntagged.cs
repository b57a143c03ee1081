namespace Hufu.Pki.Linting.Rules;

/// <summary>identifyCode says by its tag which document it numbers.</summary>
internal sealed class IdentityCodeUntagged() : CertificateRule(
    "hufu_identity_code_untagged", LintSeverity.Warning, "GM/T 0015 5.2.4; standards.md 3.3",
    "identifyCode says by its tag which document it numbers.",
    "Use IdentityExtensions.PersonalIdentity.", "个人身份标识码应以标签区分证件类型。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (IdentityNumbers.Read(subject, Oids.IdentifyCode) is { Document: null })
        {
            report.Add("identifyCode is a bare string.");
        }
    }
}
