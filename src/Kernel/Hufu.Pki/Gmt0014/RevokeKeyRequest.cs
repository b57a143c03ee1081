using System.Formats.Asn1;

namespace Hufu.Pki.Gmt0014;

// RevokeKeyReq ::= SEQUENCE { userCertNo INTEGER }

/// <summary>Tells the KM that a key is out of use: it moves to the history store.</summary>
/// <param name="CertificateNumber">userCertNo.</param>
public sealed record RevokeKeyRequest(SerialNumber CertificateNumber) : KeyRequest(CertificateNumber)
{
    private protected override int Choice => 2;

    private protected override void WriteFields(AsnWriter writer, Gmt0014Options options) => CertificateNumber.Write(writer);
}
