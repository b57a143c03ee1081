namespace Hufu.Pki;

/// <summary>What a certificate is to be used for; decides which keyUsage and extKeyUsage it must have.</summary>
public enum CertificatePurpose
{
    /// <summary>Verifying a person's, organisation's or device's signature: digitalSignature or nonRepudiation.</summary>
    Signing,

    /// <summary>Encrypting to the holder: keyEncipherment.</summary>
    Encryption,

    /// <summary>A TLS or TLCP server: digitalSignature, keyEncipherment or keyAgreement; serverAuth when extKeyUsage is there.</summary>
    TlsServer,

    /// <summary>A TLS or TLCP client: digitalSignature or keyAgreement; clientAuth when extKeyUsage is there.</summary>
    TlsClient,

    /// <summary>Code: digitalSignature; codeSigning must be there.</summary>
    CodeSigning,

    /// <summary>A time-stamping authority: digitalSignature or nonRepudiation; timeStamping alone, critical.</summary>
    TimeStamping,

    /// <summary>An OCSP responder: digitalSignature; OCSPSigning must be there.</summary>
    OcspSigning,

    /// <summary>A CA: cA and keyCertSign.</summary>
    Issuing,
}
