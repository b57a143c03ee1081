using Hufu.Governance;
using Hufu.Pki;
using Hufu.Pki.Linting;

namespace Hufu.Modules.Tests.Profiles;

/// <summary>A profile as the linter takes it. The host has its own (LintConstraints), which the end-to-end test of the same files goes through.</summary>
internal static class GoldenLint
{
    public static LintProfile Of(CertificateProfile profile) => new()
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
