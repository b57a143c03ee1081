namespace Hufu.Pki.Linting.Rules;

/// <summary>issuerUniqueID and subjectUniqueID are not written.</summary>
internal sealed class UniqueIdentifiers() : CertificateRule(
    "hufu_unique_identifiers", LintSeverity.Error, "RFC 5280 4.1.2.8",
    "issuerUniqueID and subjectUniqueID are not written.",
    "Leave them out; name the subject uniquely.", "不得使用 issuerUniqueID、subjectUniqueID；请以唯一名称区分主体。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.HasUniqueIdentifiers)
        {
            report.Add("The certificate carries unique identifiers.");
        }
    }
}
