using System.Formats.Asn1;

namespace Hufu.Pki.Gmt0014;

// RestoreKeyReq ::= SEQUENCE { retAsymAlg, retSymAlg, retHashAlg AlgorithmIdentifier, userCertNo INTEGER, userPubKey SubjectPublicKeyInfo }

/// <summary>Asks the KM to return an escrowed key again.</summary>
/// <param name="ReturnAlgorithms">What the private key is to be returned under.</param>
/// <param name="CertificateNumber">userCertNo of the key to recover.</param>
/// <param name="UserPublicKey">The signing key that protects the returned private key.</param>
public sealed record RestoreKeyRequest(ReturnAlgorithms ReturnAlgorithms, SerialNumber CertificateNumber, SubjectPublicKeyInfo UserPublicKey) : KeyRequest(CertificateNumber)
{
    private protected override int Choice => 1;

    private protected override void WriteFields(AsnWriter writer, Gmt0014Options options)
    {
        ReturnAlgorithms.Write(writer);
        CertificateNumber.Write(writer);
        UserPublicKey.Write(writer);
    }

    internal static RestoreKeyRequest ReadFields(ref DerReader fields) => new(ReturnAlgorithms.Read(ref fields), SerialNumber.Read(ref fields), SubjectPublicKeyInfo.Read(ref fields));
}
