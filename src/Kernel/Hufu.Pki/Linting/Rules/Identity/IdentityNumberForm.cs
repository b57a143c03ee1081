namespace Hufu.Pki.Linting.Rules;

/// <summary>Identity extensions hold one of the standard's forms, and not an empty one.</summary>
internal sealed class IdentityNumberForm() : CertificateRule(
    "hufu_identity_number_form", LintSeverity.Error, "GM/T 0015 5.2.4; standards.md 3.3",
    "Identity extensions hold one of the standard's forms, and not an empty one.",
    "Build them with IdentityExtensions.", "实体身份扩展须符合标准格式且不得为空。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (string oid in IdentityNumbers.Oids)
        {
            if (subject.Find(oid) is not null && IdentityNumbers.Read(subject, oid) is not { Number.Length: > 0 })
            {
                report.Add($"The identity extension {oid} does not read, or is empty.");
            }
        }
    }
}
