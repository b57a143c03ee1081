namespace Hufu.Pki.Linting.Rules;

/// <summary>Every extension of a known type reads as that type.</summary>
internal sealed class ExtensionsRead() : LintRule(
    "hufu_cert_extension_unreadable", LintSeverity.Error, "RFC 5280 4.2", "Every extension of a known type reads as that type.", "Build extensions with their own classes.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        _ = (subject.KeyUsage, subject.BasicConstraints, subject.ExtendedKeyUsage, subject.AlternativeName);
        subject.Read(Oids.SubjectKeyIdentifier, SubjectKeyIdentifier.Decode);
        subject.Read(Oids.AuthorityKeyIdentifier, AuthorityKeyIdentifier.Decode);
        subject.Read(Oids.CertificatePolicies, CertificatePolicies.Decode);
        subject.Read(Oids.CrlDistributionPoints, CrlDistributionPoints.Decode);
        subject.Read(Oids.AuthorityInfoAccess, AuthorityInformationAccess.Decode);
        subject.Read(Oids.PrivateKeyUsagePeriod, PrivateKeyUsagePeriod.Decode);
        foreach ((string oid, string why) in subject.Broken)
        {
            yield return $"The extension {oid} does not read: {why}";
        }
    }
}
