using System.Formats.Asn1;
using System.Text;

namespace Hufu.Pki.Gmt0014;

// AppUserInfo ::= SEQUENCE { userCertNo INTEGER, userPubKey SubjectPublicKeyInfo, notBefore GeneralizedTime, notAfter GeneralizedTime,
//   userName [0] EXPLICIT OCTET STRING OPTIONAL, dsCode [1] EXPLICIT IA5String OPTIONAL, extendInfo [2] EXPLICIT IA5String OPTIONAL }   (GM/T 0014 5.2.3.2)

/// <summary>Whom an encryption pair is for.</summary>
/// <param name="UserCertificateNumber">userCertNo: serial of the encryption certificate to be.</param>
/// <param name="UserPublicKey">userPubKey: the user's signing key, which protects the returned private key.</param>
/// <param name="NotBefore">Start of the encryption certificate.</param>
/// <param name="NotAfter">End of the encryption certificate.</param>
/// <param name="UserName">The user's name, or null.</param>
/// <param name="DistrictCode">dsCode, or null; the KM stores it when present.</param>
/// <param name="ExtendInfo">extendInfo, or null.</param>
public sealed record AppUserInfo(
    SerialNumber UserCertificateNumber, SubjectPublicKeyInfo UserPublicKey, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string? UserName, string? DistrictCode, string? ExtendInfo)
{
    internal static AppUserInfo Read(ref DerReader reader)
    {
        DerReader fields = reader.ReadSequence();
        AppUserInfo info = new(
            SerialNumber.Read(ref fields), SubjectPublicKeyInfo.Read(ref fields), fields.ReadGeneralizedTime(), fields.ReadGeneralizedTime(),
            ReadText(ref fields, 0), ReadText(ref fields, 1), ReadText(ref fields, 2));
        fields.ThrowIfNotEmpty();
        return info;
    }

    private static string? ReadText(ref DerReader fields, int number)
    {
        if (!fields.TryReadConstructed(DerTag.ContextConstructed(number), out DerReader wrapped))
        {
            return null;
        }

        byte tag = wrapped.PeekTag();
        string text = tag == DerTag.OctetString ? wrapped.ReadString(tag, DerTag.Utf8String) : wrapped.ReadString(tag);
        wrapped.ThrowIfNotEmpty();
        return text;
    }

    internal void Write(AsnWriter writer, Gmt0014Options options)
    {
        using (writer.PushSequence())
        {
            UserCertificateNumber.Write(writer);
            UserPublicKey.Write(writer);
            writer.WriteGeneralizedTime(DerTime.WholeSecond(NotBefore), true);
            writer.WriteGeneralizedTime(DerTime.WholeSecond(NotAfter), true);
            WriteText(writer, 0, UserName, UserTextType.OctetString);
            WriteText(writer, 1, DistrictCode, options.UserText);
            WriteText(writer, 2, ExtendInfo, options.UserText);
        }
    }

    private static void WriteText(AsnWriter writer, int number, string? text, UserTextType type)
    {
        if (text is null)
        {
            return;
        }

        if (type == UserTextType.Ia5String && text.AsSpan().ContainsAnyExceptInRange('\0', '\x7F'))
        {
            throw PkiException.BadValue("dsCode or extendInfo holds a character that an IA5String does not have.");
        }

        using (writer.PushContext(number))
        {
            if (type == UserTextType.OctetString)
            {
                writer.WriteOctetString(Encoding.UTF8.GetBytes(text));
            }
            else
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, text);
            }
        }
    }
}
