namespace Hufu.Pki.Linting.Rules;

/// <summary>cRLNumber is there.</summary>
internal sealed class CrlNumberMissing() : RevocationListRule(
    "hufu_crl_number_missing", LintSeverity.Error, "RFC 5280 5.2.3; R09",
    "cRLNumber is there.",
    "Number the lists.", "CRL 须含 CRL 编号。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Find(Oids.CrlNumber) is null)
        {
            report.Add("cRLNumber is missing.");
        }
    }
}
