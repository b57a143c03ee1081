using System.Formats.Asn1;

namespace Hufu.Pki.Gmt0014;

// ApplyKeyReq ::= SEQUENCE { appKeyType AlgorithmIdentifier, appKeyLen INTEGER, retAsymAlg, retSymAlg, retHashAlg AlgorithmIdentifier, appUserInfo AppUserInfo }

/// <summary>Asks the KM for an encryption key pair.</summary>
/// <param name="KeyType">appKeyType: SM2.</param>
/// <param name="KeyLength">appKeyLen in bits: 256.</param>
/// <param name="ReturnAlgorithms">What the private key is to be returned under.</param>
/// <param name="User">Whom the pair is for.</param>
public sealed record ApplyKeyRequest(AlgorithmIdentifier KeyType, int KeyLength, ReturnAlgorithms ReturnAlgorithms, AppUserInfo User)
    : KeyRequest((User ?? throw new ArgumentNullException(nameof(User))).UserCertificateNumber)
{
    /// <summary>An SM2 pair for a user.</summary>
    public static ApplyKeyRequest ForSm2(AppUserInfo user) => new(AlgorithmIdentifier.Sm2, 256, ReturnAlgorithms.Sm, user);

    private protected override int Choice => 0;

    private protected override void WriteFields(AsnWriter writer, Gmt0014Options options)
    {
        KeyType.Write(writer);
        writer.WriteInteger(KeyLength);
        ReturnAlgorithms.Write(writer);
        User.Write(writer, options);
    }

    internal static ApplyKeyRequest ReadFields(ref DerReader fields) =>
        new(AlgorithmIdentifier.Read(ref fields), fields.ReadInt32(), ReturnAlgorithms.Read(ref fields), AppUserInfo.Read(ref fields));
}
