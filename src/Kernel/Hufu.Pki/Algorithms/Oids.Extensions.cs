namespace Hufu.Pki;

public static partial class Oids
{
    /// <summary>subjectKeyIdentifier.</summary>
    public const string SubjectKeyIdentifier = "2.5.29.14";

    /// <summary>keyUsage.</summary>
    public const string KeyUsage = "2.5.29.15";

    /// <summary>privateKeyUsagePeriod.</summary>
    public const string PrivateKeyUsagePeriod = "2.5.29.16";

    /// <summary>subjectAltName.</summary>
    public const string SubjectAltName = "2.5.29.17";

    /// <summary>issuerAltName.</summary>
    public const string IssuerAltName = "2.5.29.18";

    /// <summary>basicConstraints.</summary>
    public const string BasicConstraints = "2.5.29.19";

    /// <summary>cRLNumber.</summary>
    public const string CrlNumber = "2.5.29.20";

    /// <summary>reasonCode of a revoked entry.</summary>
    public const string ReasonCode = "2.5.29.21";

    /// <summary>invalidityDate of a revoked entry.</summary>
    public const string InvalidityDate = "2.5.29.24";

    /// <summary>deltaCRLIndicator.</summary>
    public const string DeltaCrlIndicator = "2.5.29.27";

    /// <summary>issuingDistributionPoint.</summary>
    public const string IssuingDistributionPoint = "2.5.29.28";

    /// <summary>certificateIssuer of a revoked entry.</summary>
    public const string CertificateIssuer = "2.5.29.29";

    /// <summary>nameConstraints.</summary>
    public const string NameConstraints = "2.5.29.30";

    /// <summary>cRLDistributionPoints.</summary>
    public const string CrlDistributionPoints = "2.5.29.31";

    /// <summary>certificatePolicies.</summary>
    public const string CertificatePolicies = "2.5.29.32";

    /// <summary>anyPolicy.</summary>
    public const string AnyPolicy = "2.5.29.32.0";

    /// <summary>policyMappings.</summary>
    public const string PolicyMappings = "2.5.29.33";

    /// <summary>authorityKeyIdentifier.</summary>
    public const string AuthorityKeyIdentifier = "2.5.29.35";

    /// <summary>policyConstraints.</summary>
    public const string PolicyConstraints = "2.5.29.36";

    /// <summary>extKeyUsage.</summary>
    public const string ExtendedKeyUsage = "2.5.29.37";

    /// <summary>anyExtendedKeyUsage.</summary>
    public const string AnyExtendedKeyUsage = "2.5.29.37.0";

    /// <summary>freshestCRL.</summary>
    public const string FreshestCrl = "2.5.29.46";

    /// <summary>inhibitAnyPolicy.</summary>
    public const string InhibitAnyPolicy = "2.5.29.54";

    /// <summary>authorityInfoAccess.</summary>
    public const string AuthorityInfoAccess = "1.3.6.1.5.5.7.1.1";

    /// <summary>Access method: OCSP.</summary>
    public const string AccessOcsp = "1.3.6.1.5.5.7.48.1";

    /// <summary>Access method: the issuer's certificate.</summary>
    public const string AccessCaIssuers = "1.3.6.1.5.5.7.48.2";

    /// <summary>OCSP basic response type.</summary>
    public const string OcspBasic = "1.3.6.1.5.5.7.48.1.1";

    /// <summary>OCSP nonce extension.</summary>
    public const string OcspNonce = "1.3.6.1.5.5.7.48.1.2";

    /// <summary>OCSP no-check extension of a responder's certificate.</summary>
    public const string OcspNoCheck = "1.3.6.1.5.5.7.48.1.5";

    /// <summary>Policy qualifier: address of the practice statement.</summary>
    public const string QualifierCps = "1.3.6.1.5.5.7.2.1";

    /// <summary>Policy qualifier: notice to the user.</summary>
    public const string QualifierUserNotice = "1.3.6.1.5.5.7.2.2";

    /// <summary>Purpose: TLS server.</summary>
    public const string PurposeServerAuth = "1.3.6.1.5.5.7.3.1";

    /// <summary>Purpose: TLS client.</summary>
    public const string PurposeClientAuth = "1.3.6.1.5.5.7.3.2";

    /// <summary>Purpose: code signing.</summary>
    public const string PurposeCodeSigning = "1.3.6.1.5.5.7.3.3";

    /// <summary>Purpose: mail protection.</summary>
    public const string PurposeEmailProtection = "1.3.6.1.5.5.7.3.4";

    /// <summary>Purpose: time stamping.</summary>
    public const string PurposeTimeStamping = "1.3.6.1.5.5.7.3.8";

    /// <summary>Purpose: IKE of IPsec (RFC 4945 5.1.3.12).</summary>
    public const string PurposeIpsecIke = "1.3.6.1.5.5.7.3.17";

    /// <summary>Purpose: signing OCSP responses.</summary>
    public const string PurposeOcspSigning = "1.3.6.1.5.5.7.3.9";

    /// <summary>GM/T 0015 identifyCode (personal identity).</summary>
    public const string IdentifyCode = "1.2.156.10260.4.1.1";

    /// <summary>GM/T 0015 insuranceNumber.</summary>
    public const string InsuranceNumber = "1.2.156.10260.4.1.2";

    /// <summary>GM/T 0015 iCRegistrationNumber (business registration).</summary>
    public const string IcRegistrationNumber = "1.2.156.10260.4.1.3";

    /// <summary>GM/T 0015 organizationCode; today mostly the unified social credit code.</summary>
    public const string OrganizationCode = "1.2.156.10260.4.1.4";

    /// <summary>GM/T 0015 taxationNumber.</summary>
    public const string TaxationNumber = "1.2.156.10260.4.1.5";

    /// <summary>commonName.</summary>
    public const string CommonName = "2.5.4.3";

    /// <summary>surname.</summary>
    public const string Surname = "2.5.4.4";

    /// <summary>serialNumber attribute of a name.</summary>
    public const string DnSerialNumber = "2.5.4.5";

    /// <summary>countryName.</summary>
    public const string Country = "2.5.4.6";

    /// <summary>localityName.</summary>
    public const string Locality = "2.5.4.7";

    /// <summary>stateOrProvinceName.</summary>
    public const string StateOrProvince = "2.5.4.8";

    /// <summary>streetAddress.</summary>
    public const string Street = "2.5.4.9";

    /// <summary>organizationName.</summary>
    public const string Organization = "2.5.4.10";

    /// <summary>organizationalUnitName.</summary>
    public const string OrganizationalUnit = "2.5.4.11";

    /// <summary>title.</summary>
    public const string Title = "2.5.4.12";

    /// <summary>givenName.</summary>
    public const string GivenName = "2.5.4.42";

    /// <summary>organizationIdentifier.</summary>
    public const string OrganizationIdentifier = "2.5.4.97";

    /// <summary>userId.</summary>
    public const string UserId = "0.9.2342.19200300.100.1.1";

    /// <summary>domainComponent.</summary>
    public const string DomainComponent = "0.9.2342.19200300.100.1.25";

    internal static readonly string[] All =
    [
        EcPublicKey, PrimeField, P256, EcdsaWithSha256, Sm2, Sm2Signing, Sm2KeyExchange, Sm2Encryption, Sm2WithSm3, Sm3, HmacSm3, HmacSm3Alternative, Sm4, Sm4Ecb,
        Sm4Cbc, Sha1, Sha256, GmData, GmSignedData, GmEnvelopedData, GmSignedAndEnvelopedData, GmEncryptedData, CmsData, CmsSignedData, CmsEnvelopedData,
        CmsSignedAndEnvelopedData, TstInfo, EmailAddress, AttributeContentType, AttributeMessageDigest, AttributeSigningTime, AttributeChallengePassword,
        AttributeExtensionRequest, AttributeGmChallengePassword, AttributeSigningCertificate, AttributeSigningCertificateV2, AttributeTimeStampToken,
        SubjectKeyIdentifier, KeyUsage, PrivateKeyUsagePeriod, SubjectAltName, IssuerAltName, BasicConstraints, CrlNumber, ReasonCode, InvalidityDate,
        DeltaCrlIndicator, IssuingDistributionPoint, CertificateIssuer, NameConstraints, CrlDistributionPoints, CertificatePolicies, AnyPolicy, PolicyMappings,
        AuthorityKeyIdentifier, PolicyConstraints, ExtendedKeyUsage, AnyExtendedKeyUsage, FreshestCrl, InhibitAnyPolicy, AuthorityInfoAccess, AccessOcsp,
        AccessCaIssuers, OcspBasic, OcspNonce, OcspNoCheck, QualifierCps, QualifierUserNotice, PurposeServerAuth, PurposeClientAuth, PurposeCodeSigning,
        PurposeEmailProtection, PurposeTimeStamping, PurposeOcspSigning, PurposeIpsecIke, IdentifyCode, InsuranceNumber, IcRegistrationNumber, OrganizationCode, TaxationNumber,
        CommonName, Surname, DnSerialNumber, Country, Locality, StateOrProvince, Street, Organization, OrganizationalUnit, Title, GivenName,
        OrganizationIdentifier, UserId, DomainComponent,
    ];
}
