namespace Hufu.Pki.Linting.Rules;

/// <summary>Without a revoked certificate, revokedCertificates is absent.</summary>
internal sealed class CrlEntriesEmpty() : RevocationListRule(
    "hufu_crl_entries_empty", LintSeverity.Error, "RFC 5280 5.1.2.6",
    "Without a revoked certificate, revokedCertificates is absent.",
    "Leave the empty SEQUENCE out.", "无撤销条目时须省略 revokedCertificates。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.HasEmptyEntries)
        {
            report.Add("revokedCertificates is there and empty.");
        }
    }
}
