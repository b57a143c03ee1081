namespace Hufu.Pki.Linting.Rules;

/// <summary>timeStamping stands in a critical extKeyUsage.</summary>
internal sealed class TimeStampingNotCritical() : CertificateRule(
    "hufu_time_stamping_not_critical", LintSeverity.Error, "RFC 3161 2.3; GM/T 0033",
    "timeStamping stands in a critical extKeyUsage.",
    "Mark extKeyUsage critical.", "时间戳证书的扩展密钥用法须标记为关键。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.HasPurpose(Oids.PurposeTimeStamping) && subject.Find(Oids.ExtendedKeyUsage) is { Critical: false })
        {
            report.Add("timeStamping stands in an extKeyUsage that is not critical.");
        }
    }
}
