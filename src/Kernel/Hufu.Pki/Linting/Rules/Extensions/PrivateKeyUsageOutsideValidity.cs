namespace Hufu.Pki.Linting.Rules;

/// <summary>privateKeyUsagePeriod lies inside the validity and runs forward.</summary>
internal sealed class PrivateKeyUsageOutsideValidity() : CertificateRule(
    "hufu_private_key_usage_outside_validity", LintSeverity.Warning, "RFC 3280 4.2.1.4; standards.md 3.3",
    "privateKeyUsagePeriod lies inside the validity and runs forward.",
    "Correct the period.", "私钥使用期应在证书有效期内且先后正确。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Read(Oids.PrivateKeyUsagePeriod, PrivateKeyUsagePeriod.Decode) is { } period
            && (period.NotBefore < subject.Tbs.NotBefore || period.NotAfter > subject.Tbs.NotAfter || period.NotBefore > period.NotAfter))
        {
            report.Add("privateKeyUsagePeriod lies outside the validity, or runs backward.");
        }
    }
}
