namespace Hufu.Pki;

/// <summary>Limits on foreign input. Beyond one: <see cref="PkiException"/> with <see cref="PkiError.TooLarge"/>, before anything is allocated for it.</summary>
public static class PkiLimits
{
    /// <summary>Bytes of a certificate.</summary>
    public const int CertificateSize = 64 * 1024;

    /// <summary>Bytes of a certification request.</summary>
    public const int RequestSize = 64 * 1024;

    /// <summary>Bytes of a certificate revocation list held in memory.</summary>
    public const int RevocationListSize = 512 * 1024 * 1024;

    /// <summary>Bytes of an OCSP request.</summary>
    public const int OcspRequestSize = 16 * 1024;

    /// <summary>Bytes of an OCSP response.</summary>
    public const int OcspResponseSize = 256 * 1024;

    /// <summary>CertIDs in one OCSP request.</summary>
    public const int OcspRequestCount = 64;

    /// <summary>Bytes of an OCSP nonce (RFC 9654 2.1: 1 to 128).</summary>
    public const int OcspNonceSize = 128;

    /// <summary>Bytes of a time-stamp request.</summary>
    public const int TimeStampRequestSize = 16 * 1024;

    /// <summary>Bytes of a time-stamp response.</summary>
    public const int TimeStampResponseSize = 512 * 1024;

    /// <summary>Bytes of a signed or enveloped message, content included.</summary>
    public const int MessageSize = 256 * 1024 * 1024;

    /// <summary>Bytes of a GM/T 0014 request or response.</summary>
    public const int Gmt0014Size = 1024 * 1024;

    /// <summary>Entries in the request list or the response list of a GM/T 0014 message.</summary>
    public const int Gmt0014Count = 1000;

    /// <summary>Nested constructed elements.</summary>
    public const int Depth = 32;

    /// <summary>DER elements in one structure other than a revocation list.</summary>
    public const int Elements = 100_000;

    /// <summary>Extensions of one certificate, request, list or message.</summary>
    public const int Extensions = 64;

    /// <summary>Attributes in one distinguished name.</summary>
    public const int NameAttributes = 64;

    /// <summary>Names in one GeneralNames.</summary>
    public const int GeneralNames = 1024;

    /// <summary>Bytes of one attribute value of a distinguished name.</summary>
    public const int NameValueSize = 4096;

    /// <summary>Certificates or revocation lists carried in one message.</summary>
    public const int CertificatesInMessage = 64;

    /// <summary>Signers or recipients of one message.</summary>
    public const int SignersOrRecipients = 64;

    /// <summary>Attributes of one signer or request.</summary>
    public const int Attributes = 64;

    /// <summary>Characters of a PEM text.</summary>
    public const int PemSize = 16 * 1024 * 1024;
}
