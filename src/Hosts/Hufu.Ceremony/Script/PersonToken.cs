using Hufu.Ceremony.Authorities;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Ceremony.Script;

/// <summary>Tokens of people who take part before any CA exists: one pair that signs and opens, under a certificate that it signs itself.</summary>
internal static class PersonToken
{
    public const string Container = "ceremony";
    private const int YearsOfLife = 5;

    /// <summary>Makes a token and its certificate. Whoever writes the script compares the digest with the person, face to face.</summary>
    /// <returns>The certificate, which lies in the token too.</returns>
    public static Certificate Create(string folder, string name, string organisation, ReadOnlySpan<char> pin, DateTimeOffset now, DeviceOptions options)
    {
        using SoftToken token = SoftToken.Create(folder, name.Length > 64 ? name[..64] : name, pin, options);
        SubjectPublicKeyInfo key = token.GenerateSigningPair(Container, KeyUse.Both);
        DistinguishedName subject = DistinguishedName.Create([(Oids.Country, "CN"), (Oids.Organization, organisation), (Oids.CommonName, name)]);
        DateTimeOffset from = WholeSecond.Of(now);
        Certificate certificate = Certificate.Sign(
            new TbsCertificate
            {
                SerialNumber = SerialNumber.Create(),
                Signature = AlgorithmIdentifier.Sm2WithSm3,
                Issuer = subject,
                NotBefore = from,
                NotAfter = from.AddYears(YearsOfLife).AddSeconds(-1),
                Subject = subject,
                PublicKey = key,
                Extensions =
                [
                    AuthorityKeyIdentifier.FromKeyIdentifier(key.KeyIdentifier).ToExtension(),
                    new SubjectKeyIdentifier(key.KeyIdentifier).ToExtension(),
                    new KeyUsageExtension(KeyUsages.DigitalSignature | KeyUsages.NonRepudiation | KeyUsages.KeyEncipherment).ToExtension(),
                ],
            },
            token.GetSigner(Container));
        token.ImportCertificate(Container, KeyUse.Signing, certificate);
        return certificate;
    }

    /// <summary>The name under which a share lies on its holder's token.</summary>
    public static string ShareName(ShareCommitments commitments) => "share-" + Convert.ToHexStringLower(commitments.SetId);

    public static Sm2PublicKey KeyOf(Certificate certificate) => certificate.PublicKey.RequireSm2();
}
