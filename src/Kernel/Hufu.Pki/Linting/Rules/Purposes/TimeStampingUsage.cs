namespace Hufu.Pki.Linting.Rules;

/// <summary>A time-stamping authority's key signs, and does nothing else.</summary>
internal sealed class TimeStampingUsage() : CertificateRule(
    "hufu_time_stamping_usage", LintSeverity.Error, "RFC 3161 2.3; RFC 5280 4.2.1.12",
    "A time-stamping authority's key signs, and does nothing else.",
    "Set digitalSignature and nonRepudiation only.", "时间戳密钥只能用于签名。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.HasPurpose(Oids.PurposeTimeStamping) && subject.KeyUsage is { } usage && ((usage & KeyUsages.Signing) == 0 || (usage & ~KeyUsages.Signing) != 0))
        {
            report.Add($"The purpose is timeStamping, keyUsage {usage}.");
        }
    }
}
