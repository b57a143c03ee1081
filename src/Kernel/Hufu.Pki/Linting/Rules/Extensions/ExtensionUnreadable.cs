namespace Hufu.Pki.Linting.Rules;

/// <summary>Every extension of a known type reads as that type.</summary>
internal sealed class ExtensionUnreadable() : SharedRule(
    "hufu_extension_unreadable", LintTargets.Certificate | LintTargets.Request, LintSeverity.Error, "RFC 5280 4.2",
    "Every extension of a known type reads as that type.",
    "Build extensions with their own classes.", "扩展项内容与其类型不符；请用对应的类构造。")
{
    internal override void Check(LintSubject subject, LintReport report)
    {
        _ = (subject.KeyUsage, subject.BasicConstraints, subject.ExtendedKeyUsage, subject.AlternativeNames, subject.DistributionPoints, subject.InformationAccess);
        _ = (subject.AuthorityKeyIdentifier, subject.SubjectKeyIdentifier);
        subject.Read(Oids.CertificatePolicies, CertificatePolicies.Decode);
        subject.Read(Oids.PrivateKeyUsagePeriod, PrivateKeyUsagePeriod.Decode);
        subject.Read(Oids.FreshestCrl, CrlDistributionPoints.Decode);
        foreach ((string oid, string why) in subject.Broken)
        {
            report.Add($"The extension {oid} does not read: {why}");
        }
    }
}
