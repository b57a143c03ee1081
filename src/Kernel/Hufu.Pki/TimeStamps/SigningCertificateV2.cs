using System.Security.Cryptography;

namespace Hufu.Pki;

// SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, policies SEQUENCE OF PolicyInformation OPTIONAL }
// ESSCertIDv2 ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier DEFAULT sha256, certHash OCTET STRING, issuerSerial IssuerSerial OPTIONAL }
// IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber INTEGER }   (RFC 5035)

/// <summary>The signed attribute that binds a signature to one certificate, with SM3.</summary>
public static class SigningCertificateV2
{
    /// <summary>The attribute for a certificate: SM3 of it, issuer and serial.</summary>
    public static PkiAttribute ToAttribute(Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return PkiAttribute.Create(Oids.AttributeSigningCertificateV2, w =>
        {
            using (w.PushSequence())
            using (w.PushSequence())
            using (w.PushSequence())
            {
                AlgorithmIdentifier.Sm3.Write(w);
                w.WriteOctetString(certificate.Sm3Digest.Span);
                using (w.PushSequence())
                {
                    using (w.PushSequence())
                    {
                        GeneralName.Directory(certificate.Issuer).Write(w);
                    }

                    certificate.SerialNumber.Write(w);
                }
            }
        });
    }

    /// <summary>True when the signer's attribute names this certificate: ESSCertIDv2 with SM3 or SHA-256, or the older ESSCertID.</summary>
    /// <param name="signer">The signer.</param>
    /// <param name="certificate">The certificate that its signature verified under.</param>
    public static bool Names(MessageSigner signer, Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(certificate);
        try
        {
            return PkiAttribute.Find(signer.SignedAttributes, Oids.AttributeSigningCertificateV2) is { Values: [ReadOnlyMemory<byte> v2] } ? Matches(v2, certificate, Oids.Sha256)
                : PkiAttribute.Find(signer.SignedAttributes, Oids.AttributeSigningCertificate) is { Values: [ReadOnlyMemory<byte> v1] } && Matches(v1, certificate, Oids.Sha1);
        }
        catch (PkiException)
        {
            return false;
        }
    }

    private static bool Matches(ReadOnlyMemory<byte> value, Certificate certificate, string defaultHash)
    {
        DerReader outer = new(value);
        DerReader attribute = outer.ReadSequence();
        DerReader list = attribute.ReadSequence();
        DerReader id = list.ReadSequence(); // the first names the signer's certificate
        string hash = id.PeekTag() == DerTag.Sequence ? AlgorithmIdentifier.Read(ref id).Oid : defaultHash;
        ReadOnlyMemory<byte> octets = id.ReadOctetString();
        if (!id.IsEmpty)
        {
            DerReader issuerSerial = id.ReadSequence();
            DerReader names = issuerSerial.ReadSequence();
            DistinguishedName? issuer = GeneralName.Read(ref names).DirectoryName;
            if (!certificate.Issuer.Equals(issuer) || SerialNumber.Read(ref issuerSerial) != certificate.SerialNumber)
            {
                return false;
            }
        }

        return Digests.Size(hash) != 0 && CryptographicOperations.FixedTimeEquals(octets.Span, Digests.Hash(hash, certificate.RawData.Span));
    }
}
