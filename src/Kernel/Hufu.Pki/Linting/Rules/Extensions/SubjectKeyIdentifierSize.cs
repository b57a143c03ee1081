namespace Hufu.Pki.Linting.Rules;

/// <summary>subjectKeyIdentifier has 8 to 32 bytes.</summary>
internal sealed class SubjectKeyIdentifierSize() : CertificateRule(
    "hufu_subject_key_identifier_size", LintSeverity.Error, "RFC 5280 4.2.1.2; standards.md 3.1",
    "subjectKeyIdentifier has 8 to 32 bytes.",
    "Use the key's own identifier, 20 bytes.", "主体密钥标识符长度应为 8 至 32 字节。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.SubjectKeyIdentifier is { } identifier && identifier.KeyIdentifier.Length is < 8 or > 32)
        {
            report.Add($"subjectKeyIdentifier has {identifier.KeyIdentifier.Length} bytes.");
        }
    }
}
