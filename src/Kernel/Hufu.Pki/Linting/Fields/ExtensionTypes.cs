namespace Hufu.Pki.Linting;

/// <summary>Extension types that relying parties know (RFC 5280, GM/T 0015).</summary>
internal static class ExtensionTypes
{
    private const string SubjectDirectoryAttributes = "2.5.29.9", SubjectInfoAccess = "1.3.6.1.5.5.7.1.11", SignedTimestamps = "1.3.6.1.4.1.11129.2.4.2", Netscape = "2.16.840.1.113730.1.";

    internal static bool IsKnown(string oid) => oid is Oids.KeyUsage or Oids.BasicConstraints or Oids.ExtendedKeyUsage or Oids.SubjectAltName or Oids.IssuerAltName
        or Oids.AuthorityKeyIdentifier or Oids.SubjectKeyIdentifier or Oids.CertificatePolicies or Oids.PolicyMappings or Oids.PolicyConstraints or Oids.InhibitAnyPolicy or Oids.NameConstraints
        or Oids.CrlDistributionPoints or Oids.FreshestCrl or Oids.AuthorityInfoAccess or Oids.PrivateKeyUsagePeriod or Oids.OcspNoCheck
        or Oids.IdentifyCode or Oids.InsuranceNumber or Oids.IcRegistrationNumber or Oids.OrganizationCode or Oids.TaxationNumber
        or SubjectDirectoryAttributes or SubjectInfoAccess or SignedTimestamps || oid.StartsWith(Netscape, StringComparison.Ordinal);

    internal static bool IsKnownInList(string oid) => oid is Oids.AuthorityKeyIdentifier or Oids.IssuerAltName or Oids.CrlNumber or Oids.DeltaCrlIndicator or Oids.IssuingDistributionPoint
        or Oids.FreshestCrl or Oids.AuthorityInfoAccess;
}
