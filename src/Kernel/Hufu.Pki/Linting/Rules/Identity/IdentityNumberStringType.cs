namespace Hufu.Pki.Linting.Rules;

/// <summary>Numbers of identity extensions are PrintableStrings, of an officer's card UTF8String.</summary>
internal sealed class IdentityNumberStringType() : CertificateRule(
    "hufu_identity_number_string_type", LintSeverity.Warning, "GM/T 0015 5.2.4; standards.md 3.3",
    "Numbers of identity extensions are PrintableStrings, of an officer's card UTF8String.",
    "Build them with IdentityExtensions.", "身份扩展中的号码应为 PrintableString（军官证为 UTF8String）。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        foreach (string oid in IdentityNumbers.Oids)
        {
            if (IdentityNumbers.Read(subject, oid) is { Number.Length: > 0 } number && !DerText.IsPrintable(number.Number) && number.Document != IdentityDocument.OfficerCard)
            {
                report.Add($"The identity extension {oid} holds a character that a PrintableString does not have.");
            }
        }
    }
}
