namespace Hufu.Pki;

/// <summary>Object identifiers in dotted text. GM ones: GM/T 0006 (GB/T 33560) and GM/T 0010; the others: RFC 5280, 5652, 6960, 3161, PKCS#9.</summary>
public static partial class Oids
{
    /// <summary>id-ecPublicKey: the algorithm of an elliptic curve public key, SM2 included.</summary>
    public const string EcPublicKey = "1.2.840.10045.2.1";

    /// <summary>prime-field of X9.62, inside explicit curve parameters.</summary>
    public const string PrimeField = "1.2.840.10045.1.1";

    /// <summary>The NIST curve P-256.</summary>
    public const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>ECDSA with SHA-256.</summary>
    public const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";

    /// <summary>The SM2 curve sm2p256v1, also "the SM2 algorithm".</summary>
    public const string Sm2 = "1.2.156.10197.1.301";

    /// <summary>SM2-1, the signature algorithm: signer's algorithm in GM/T 0010.</summary>
    public const string Sm2Signing = "1.2.156.10197.1.301.1";

    /// <summary>SM2-2, the key exchange; some software writes it for encryption.</summary>
    public const string Sm2KeyExchange = "1.2.156.10197.1.301.2";

    /// <summary>SM2-3, the encryption algorithm: key transport in GM/T 0010.</summary>
    public const string Sm2Encryption = "1.2.156.10197.1.301.3";

    /// <summary>SM2 signature over SM3.</summary>
    public const string Sm2WithSm3 = "1.2.156.10197.1.501";

    /// <summary>SM3.</summary>
    public const string Sm3 = "1.2.156.10197.1.401";

    /// <summary>HMAC-SM3 as written.</summary>
    public const string HmacSm3 = "1.2.156.10197.1.401.2";

    /// <summary>HMAC-SM3 as some others write it.</summary>
    public const string HmacSm3Alternative = "1.2.156.10197.1.401.3.1";

    /// <summary>SM4 without a mode; with an initialisation vector it means CBC.</summary>
    public const string Sm4 = "1.2.156.10197.1.104";

    /// <summary>SM4 in ECB mode.</summary>
    public const string Sm4Ecb = "1.2.156.10197.1.104.1";

    /// <summary>SM4 in CBC mode.</summary>
    public const string Sm4Cbc = "1.2.156.10197.1.104.2";

    /// <summary>SHA-1; only as a CertID hash in OCSP.</summary>
    public const string Sha1 = "1.3.14.3.2.26";

    /// <summary>SHA-256.</summary>
    public const string Sha256 = "2.16.840.1.101.3.4.2.1";

    /// <summary>GM/T 0010 data.</summary>
    public const string GmData = "1.2.156.10197.6.1.4.2.1";

    /// <summary>GM/T 0010 signedData.</summary>
    public const string GmSignedData = "1.2.156.10197.6.1.4.2.2";

    /// <summary>GM/T 0010 envelopedData.</summary>
    public const string GmEnvelopedData = "1.2.156.10197.6.1.4.2.3";

    /// <summary>GM/T 0010 signedAndEnvelopedData.</summary>
    public const string GmSignedAndEnvelopedData = "1.2.156.10197.6.1.4.2.4";

    /// <summary>GM/T 0010 encryptedData.</summary>
    public const string GmEncryptedData = "1.2.156.10197.6.1.4.2.5";

    /// <summary>PKCS#7 / CMS data.</summary>
    public const string CmsData = "1.2.840.113549.1.7.1";

    /// <summary>PKCS#7 / CMS signedData.</summary>
    public const string CmsSignedData = "1.2.840.113549.1.7.2";

    /// <summary>PKCS#7 / CMS envelopedData.</summary>
    public const string CmsEnvelopedData = "1.2.840.113549.1.7.3";

    /// <summary>PKCS#7 signedAndEnvelopedData.</summary>
    public const string CmsSignedAndEnvelopedData = "1.2.840.113549.1.7.4";

    /// <summary>id-ct-TSTInfo.</summary>
    public const string TstInfo = "1.2.840.113549.1.9.16.1.4";

    /// <summary>PKCS#9 emailAddress.</summary>
    public const string EmailAddress = "1.2.840.113549.1.9.1";

    /// <summary>PKCS#9 contentType attribute.</summary>
    public const string AttributeContentType = "1.2.840.113549.1.9.3";

    /// <summary>PKCS#9 messageDigest attribute.</summary>
    public const string AttributeMessageDigest = "1.2.840.113549.1.9.4";

    /// <summary>PKCS#9 signingTime attribute.</summary>
    public const string AttributeSigningTime = "1.2.840.113549.1.9.5";

    /// <summary>PKCS#9 challengePassword attribute.</summary>
    public const string AttributeChallengePassword = "1.2.840.113549.1.9.7";

    /// <summary>PKCS#9 extensionRequest attribute.</summary>
    public const string AttributeExtensionRequest = "1.2.840.113549.1.9.14";

    /// <summary>GM/T 0092 challengePassword attribute.</summary>
    public const string AttributeGmChallengePassword = "1.2.156.10197.6.1.4.1.10.3";

    /// <summary>SigningCertificate (ESSCertID, SHA-1) attribute.</summary>
    public const string AttributeSigningCertificate = "1.2.840.113549.1.9.16.2.12";

    /// <summary>SigningCertificateV2 (ESSCertIDv2) attribute.</summary>
    public const string AttributeSigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";

    /// <summary>signature time-stamp token attribute (RFC 3161 appendix A).</summary>
    public const string AttributeTimeStampToken = "1.2.840.113549.1.9.16.2.14";
}
