namespace Hufu.Pki.Linting.Rules;

/// <summary>The number of a resident identity card has 18 characters, a date of birth and the right check character.</summary>
internal sealed class IdentityCardChecksum() : CertificateRule(
    "hufu_identity_card_checksum", LintSeverity.Error, "GB 11643; R13",
    "The number of a resident identity card has 18 characters, a date of birth and the right check character.",
    "Have the number checked at the counter again.", "居民身份证号码的长度、出生日期或校验码有误，请重新核验。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (IdentityNumbers.Read(subject, Oids.IdentifyCode) is { Document: IdentityDocument.ResidentCard } number && !IdentityNumbers.IsResidentCard(number.Number))
        {
            report.Add("The identity number's form or check character is wrong.");
        }
    }
}
