namespace Hufu.Pki.Linting.Rules;

/// <summary>timeStamping is the only purpose.</summary>
internal sealed class TimeStampingAlone() : CertificateRule(
    "hufu_time_stamping_alone", LintSeverity.Error, "RFC 3161 2.3; GM/T 0033",
    "timeStamping is the only purpose.",
    "Use the profile of a time-stamping authority.", "时间戳证书的扩展密钥用法只能含 timeStamping。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.HasPurpose(Oids.PurposeTimeStamping) && subject.ExtendedKeyUsage!.Purposes.Count != 1)
        {
            report.Add("timeStamping is not the only purpose.");
        }
    }
}
