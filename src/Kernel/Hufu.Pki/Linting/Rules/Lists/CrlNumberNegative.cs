namespace Hufu.Pki.Linting.Rules;

/// <summary>cRLNumber is not negative.</summary>
internal sealed class CrlNumberNegative() : RevocationListRule(
    "hufu_crl_number_negative", LintSeverity.Error, "RFC 5280 5.2.3",
    "cRLNumber is not negative.",
    "Count up from 1.", "CRL 编号不得为负。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Number is { Sign: < 0 } number)
        {
            report.Add($"cRLNumber is {number}.");
        }
    }
}
