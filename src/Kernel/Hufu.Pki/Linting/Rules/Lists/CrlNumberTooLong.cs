namespace Hufu.Pki.Linting.Rules;

/// <summary>cRLNumber is encoded in at most 20 bytes.</summary>
internal sealed class CrlNumberTooLong() : RevocationListRule(
    "hufu_crl_number_too_long", LintSeverity.Error, "RFC 5280 5.2.3",
    "cRLNumber is encoded in at most 20 bytes.",
    "Count up from 1.", "CRL 编号编码不得超过 20 字节。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        if (subject.Number is { } number && number.GetByteCount() > SerialNumber.MaxSize)
        {
            report.Add($"cRLNumber is encoded in {number.GetByteCount()} bytes.");
        }
    }
}
