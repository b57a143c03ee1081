namespace Hufu.Pki.Linting.Rules;

/// <summary>A CA has no extKeyUsage.</summary>
internal sealed class AuthorityWithPurposes() : CertificateRule(
    "hufu_authority_with_purposes", LintSeverity.Notice, "RFC 5280 4.2.1.12",
    "A CA has no extKeyUsage.",
    "Leave it out, unless the CA is to be held to these purposes.", "CA 证书一般不含扩展密钥用法。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.IsAuthority && subject.Find(Oids.ExtendedKeyUsage) is not null)
        {
            report.Add("A CA carries extKeyUsage.");
        }
    }
}
