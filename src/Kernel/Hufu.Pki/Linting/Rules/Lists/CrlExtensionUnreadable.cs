namespace Hufu.Pki.Linting.Rules;

/// <summary>Every extension of a known type reads as that type.</summary>
internal sealed class CrlExtensionUnreadable() : RevocationListRule(
    "hufu_crl_extension_unreadable", LintSeverity.Error, "RFC 5280 5.2",
    "Every extension of a known type reads as that type.",
    "Build the list with RevocationListWriter.", "CRL 扩展项内容与其类型不符。")
{
    protected override void Check(RevocationListSubject subject, LintReport report)
    {
        _ = (subject.AuthorityKeyIdentifier, subject.Number, subject.DeltaBase, subject.DistributionPoint);
        subject.Read(Oids.FreshestCrl, CrlDistributionPoints.Decode);
        foreach ((string oid, string why) in subject.Broken)
        {
            report.Add($"The extension {oid} does not read: {why}");
        }
    }
}
