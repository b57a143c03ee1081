using Hufu.Pki;
using Hufu.Pki.Linting;

namespace Hufu.Governance;

/// <summary>A profile of the policy as the data that the linter takes.</summary>
public static class LintConstraints
{
    /// <summary>What the profile asks of its certificates.</summary>
    public static LintProfile Of(CertificateProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return new LintProfile
        {
            Name = profile.Id,
            IsAuthority = profile.IsAuthority,
            KeyUsages = profile.EncryptionUsage == KeyUsages.None ? [profile.SigningUsage] : [profile.SigningUsage, profile.EncryptionUsage],
            Purposes = profile.ExtendedKeyUsages,
            PurposesCritical = profile.ExtendedKeyUsageCritical,
            LifeMonths = profile.Life.Months,
            LifeTime = profile.Life.Time,
            Subject = [.. profile.Subject.Select(p => new LintSubjectPart(p.Oid, p.Required, p.Constant, p.MaxLength))],
            IdentityExtensions = [.. profile.PrivateExtensions.Select(e => e.Oid)],
            AlternativeNames = [.. profile.AlternativeNames.Select(n => n.NameKind)],
            OcspNoCheck = profile.OcspNoCheck,
            NamesCrl = profile.Addresses.HasFlag(ProfileAddresses.Crl),
            NamesOcsp = profile.Addresses.HasFlag(ProfileAddresses.Ocsp),
            NamesIssuer = profile.Addresses.HasFlag(ProfileAddresses.Issuer),
            PathLength = profile.PathLength,
        };
    }
}
