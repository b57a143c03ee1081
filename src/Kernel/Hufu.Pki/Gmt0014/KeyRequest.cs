using System.Formats.Asn1;

namespace Hufu.Pki.Gmt0014;

// Request ::= CHOICE { applykeyreq [0] ApplyKeyReq, restorekeyreq [1] RestoreKeyReq, revokekeyreq [2] RevokeKeyReq }   (GM/T 0014 5.2.3; IMPLICIT)

/// <summary>One entry of a request to the KM.</summary>
public abstract record KeyRequest
{
    private protected KeyRequest(SerialNumber userCertificateNumber) => UserCertificateNumber = userCertificateNumber;

    /// <summary>userCertNo: serial of the user's encryption certificate, unique for the CA.</summary>
    public SerialNumber UserCertificateNumber { get; }

    private protected abstract int Choice { get; }

    private protected abstract void WriteFields(AsnWriter writer, Gmt0014Options options);

    internal void Write(AsnWriter writer, Gmt0014Options options) => ChoiceWriting.Write(writer, Choice, options, w => WriteFields(w, options));

    internal static KeyRequest Read(ref DerReader list)
    {
        byte tag = list.PeekTag();
        if (tag == 0x82)
        {
            return new RevokeKeyRequest(SerialNumber.Read(ref list, tag)); // a bare INTEGER under [2], met in the field
        }

        DerReader fields = ChoiceWriting.Open(ref list);
        KeyRequest request = tag switch
        {
            0xA0 => ApplyKeyRequest.ReadFields(ref fields),
            0xA1 => RestoreKeyRequest.ReadFields(ref fields),
            0xA2 => new RevokeKeyRequest(SerialNumber.Read(ref fields)),
            _ => throw PkiException.Malformed($"Tag {tag:X2} is no request."),
        };
        fields.ThrowIfNotEmpty();
        return request;
    }
}
