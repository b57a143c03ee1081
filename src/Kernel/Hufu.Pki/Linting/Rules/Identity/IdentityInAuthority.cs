namespace Hufu.Pki.Linting.Rules;

/// <summary>Identity extensions stand in holders' certificates only.</summary>
internal sealed class IdentityInAuthority() : CertificateRule(
    "hufu_identity_in_authority", LintSeverity.Warning, "GM/T 0015 5.2.4",
    "Identity extensions stand in holders' certificates only.",
    "Leave them out.", "CA 证书不应含实体身份扩展。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (string oid in IdentityNumbers.Oids)
        {
            if (subject.IsAuthority && subject.Find(oid) is not null)
            {
                report.Add($"A CA carries the identity extension {oid}.");
            }
        }
    }
}
