using Hufu.Ca.Authorities;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;

namespace Hufu.Ca.Certificates;

/// <summary>Which of a profile's certificates is built.</summary>
internal enum PairSide
{
    /// <summary>The only one, or the signing certificate of a pair.</summary>
    Signing,

    /// <summary>The encryption certificate of a pair.</summary>
    Encryption,
}

/// <summary>What goes into one certificate besides the profile.</summary>
/// <param name="Serial">Its serial.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="PublicKey">The key that is certified.</param>
/// <param name="NotBefore">First second.</param>
/// <param name="NotAfter">Last second, counted in.</param>
/// <param name="Fields">Fields for identity extensions and alternative names.</param>
/// <param name="Part">The part of the issuer's partitioned CRL that its distribution point names; 0 for the CRL of everything.</param>
internal sealed record CertificateContent(
    SerialNumber Serial, DistinguishedName Subject, SubjectPublicKeyInfo PublicKey, DateTimeOffset NotBefore, DateTimeOffset NotAfter, IReadOnlyDictionary<string, string> Fields,
    long Part = 0);

/// <summary>Builds every certificate of this CA (step 5 of docs/issuing.md): the one place where extensions are chosen.</summary>
internal sealed class CertificateBuilder(CaOptions options, PublicAddresses addresses)
{
    /// <summary>Whether a linter's warning ends an issue as an error does.</summary>
    public bool RefusesWarnings => options.RefuseLintWarnings;

    /// <summary>The to-be-signed certificate.</summary>
    /// <param name="profile">Its profile.</param>
    /// <param name="side">Which of a pair.</param>
    /// <param name="content">What goes into it.</param>
    /// <param name="issuerName">The issuing CA's name, for its addresses.</param>
    /// <param name="issuer">Subject of the issuer.</param>
    /// <param name="issuerKey">Key of the issuer.</param>
    /// <param name="signature">What the issuer signs with.</param>
    public TbsCertificate Build(CertificateProfile profile, PairSide side, CertificateContent content, string issuerName, DistinguishedName issuer, SubjectPublicKeyInfo issuerKey,
        AlgorithmIdentifier signature)
    {
        var usage = side == PairSide.Signing ? profile.SigningUsage : profile.EncryptionUsage;
        var extensions = new List<CertificateExtension>(12)
        {
            AuthorityKeyIdentifier.FromKeyIdentifier(issuerKey.KeyIdentifier).ToExtension(),
            new SubjectKeyIdentifier(content.PublicKey.KeyIdentifier).ToExtension(),
            new KeyUsageExtension(usage).ToExtension(),
        };
        if (profile.IsAuthority)
        {
            extensions.Add(new BasicConstraints(true, profile.PathLength).ToExtension());
        }

        AddPurposes(profile, extensions);
        AddPolicy(profile, extensions);
        AddNames(profile, content.Fields, extensions);
        AddAddresses(profile, issuerName, content.Part, extensions);
        return new TbsCertificate
        {
            SerialNumber = content.Serial,
            Signature = signature,
            Issuer = issuer,
            NotBefore = content.NotBefore,
            NotAfter = content.NotAfter,
            Subject = content.Subject,
            PublicKey = content.PublicKey,
            Extensions = extensions,
        };
    }

    private static void AddPurposes(CertificateProfile profile, List<CertificateExtension> extensions)
    {
        if (profile.ExtendedKeyUsages.Count > 0)
        {
            extensions.Add(new ExtendedKeyUsage(profile.ExtendedKeyUsages).ToExtension(profile.ExtendedKeyUsageCritical));
        }

        if (profile.OcspNoCheck)
        {
            extensions.Add(OcspNoCheck.ToExtension());
        }
    }

    // certificatePolicies is never critical (interop.md). A root carries none: it is trusted by itself.
    private void AddPolicy(CertificateProfile profile, List<CertificateExtension> extensions)
    {
        if (options.PolicyOid is { } policy && !profile.Issuers.Contains(ProfileIssuer.Self))
        {
            extensions.Add(new CertificatePolicies([new CertificatePolicy(policy, options.PracticeStatementAddress)]).ToExtension());
        }
    }

    private static void AddNames(CertificateProfile profile, IReadOnlyDictionary<string, string> fields, List<CertificateExtension> extensions)
    {
        List<GeneralName> names = [];
        foreach (var name in profile.AlternativeNames)
        {
            if (fields.TryGetValue(name.Field, out var value) && value.Length > 0)
            {
                names.Add(name.ToGeneralName(value));
            }
        }

        if (names.Count > 0)
        {
            extensions.Add(new SubjectAlternativeName(names).ToExtension(critical: false));
        }

        foreach (var identity in profile.PrivateExtensions)
        {
            if (fields.TryGetValue(identity.Field, out var number) && number.Length > 0)
            {
                extensions.Add(identity.ToExtension(number));
            }
        }
    }

    private void AddAddresses(CertificateProfile profile, string issuerName, long part, List<CertificateExtension> extensions)
    {
        if (profile.Addresses.HasFlag(ProfileAddresses.Crl))
        {
            extensions.Add(CrlDistributionPoints.FromUris(addresses.Crl(CrlIssued.NameOf(issuerName, part == 0 ? "" : $"p{part}", CrlKind.Full))).ToExtension());
        }

        if ((profile.Addresses & (ProfileAddresses.Ocsp | ProfileAddresses.Issuer)) != 0)
        {
            extensions.Add(AuthorityInformationAccess.Create(
                profile.Addresses.HasFlag(ProfileAddresses.Ocsp) ? addresses.Ocsp : null,
                profile.Addresses.HasFlag(ProfileAddresses.Issuer) ? addresses.Certificate(issuerName) : null).ToExtension());
        }
    }
}
