namespace Hufu.Pki.Linting.Rules;

/// <summary>The value of no-check is NULL.</summary>
internal sealed class OcspNoCheckValue() : CertificateRule(
    "hufu_ocsp_no_check_value", LintSeverity.Error, "RFC 6960 4.2.2.2.1",
    "The value of no-check is NULL.",
    "Use OcspNoCheck.ToExtension.", "ocsp-nocheck 的值须为 NULL。")
{
    protected override void Check(CertificateSubject subject, LintReport report)
    {
        if (subject.Find(Oids.OcspNoCheck) is { } extension && !extension.Value.Span.SequenceEqual((ReadOnlySpan<byte>)[DerTag.Null, 0]))
        {
            report.Add("The value of no-check is not NULL.");
        }
    }
}
