using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;

namespace Hufu.Kmc.Initialisation;

/// <summary>The KM organisation's key at work: it signs its own certificate, the key centre's service certificates and its staff's, all after their profiles, and nothing else.</summary>
internal sealed class KmIssuer(Policy policy, ISigner key, TimeProvider clock)
{
    /// <summary>The device's label of the KM organisation's key.</summary>
    public const string KeyLabel = "km-root";

    /// <summary>The KM certificate, signed by its own key.</summary>
    /// <param name="organisation">The operator's legal name.</param>
    /// <param name="name">CN.</param>
    /// <param name="serial">Reserved for it.</param>
    public Certificate SelfSign(string organisation, string name, SerialNumber serial)
    {
        var profile = policy.Profile("km-root");
        var subject = Subject(profile, new Dictionary<string, string> { ["organisation"] = organisation, ["authorityName"] = name });
        return Sign(profile, ProfileIssuer.Self, serial, subject, subject, key.PublicKey, null, DateTimeOffset.MaxValue);
    }

    /// <summary>A certificate below the KM certificate.</summary>
    /// <param name="authority">The KM certificate.</param>
    /// <param name="profileId">room-sign, room-encrypt, room-audit, administrator, share-holder.</param>
    /// <param name="fields">What the profile's subject asks for.</param>
    /// <param name="publicKey">The key to certify.</param>
    /// <param name="serial">Reserved for it.</param>
    /// <exception cref="RefusedException">FieldMissing, NameTooLong, KeyWeak.</exception>
    public Certificate Issue(Certificate authority, string profileId, IReadOnlyDictionary<string, string> fields, SubjectPublicKeyInfo publicKey, SerialNumber serial)
    {
        if (publicKey.Sm2 is null)
        {
            throw new RefusedException(RefusalCode.KeyWeak, "An SM2 key is needed, on the curve sm2p256v1.", "request");
        }

        if (publicKey.Equals(authority.PublicKey))
        {
            throw new RefusedException(RefusalCode.KeyReused, "The KM organisation's own key is certified already.", "request");
        }

        var profile = policy.Profile(profileId);
        return Sign(profile, ProfileIssuer.KeyCentre, serial, authority.Subject, Subject(profile, fields), publicKey, authority.PublicKey, authority.NotAfter);
    }

    /// <summary>A certificate that follows one of the key centre's own: same name, another serial, mostly another key.</summary>
    /// <param name="authority">The KM certificate.</param>
    /// <param name="profileId">room-sign, room-encrypt, room-audit.</param>
    /// <param name="old">The one before; <see cref="DemandFollows"/> has let it pass.</param>
    /// <param name="publicKey">A key of the device.</param>
    /// <param name="serial">Reserved for it.</param>
    public Certificate Follow(Certificate authority, string profileId, Certificate old, SubjectPublicKeyInfo publicKey, SerialNumber serial) =>
        Sign(policy.Profile(profileId), ProfileIssuer.KeyCentre, serial, authority.Subject, old.Subject, publicKey, authority.PublicKey, authority.NotAfter);

    /// <summary>Whether a certificate made now would follow one of the key centre's own: as the room's identity asks, same usages and a later end.</summary>
    /// <exception cref="RefusedException">StateWrong: the KM certificate ends too soon, or the profile has other usages now.</exception>
    public void DemandFollows(Certificate authority, string profileId, Certificate old)
    {
        var profile = policy.Profile(profileId);
        var now = clock.GetUtcNow();
        if (authority.NotAfter <= old.NotAfter || !authority.IsValidAt(now))
        {
            throw new RefusedException(RefusalCode.StateWrong, $"The KM organisation's certificate ends on {authority.NotAfter:u}, no later than the one to be followed: a new key centre is initialised.", "services");
        }

        if ((KeyUsages)profile.SigningUsage != old.KeyUsage || profile.Life.InclusiveEnd(now) <= old.NotAfter)
        {
            throw new RefusedException(RefusalCode.StateWrong, $"By its profile '{profileId}' a certificate made now has other usages, or ends on {profile.Life.InclusiveEnd(now):u} and so no later than the one to be followed.", "services");
        }
    }

    private static DistinguishedName Subject(CertificateProfile profile, IReadOnlyDictionary<string, string> fields)
    {
        var attributes = new List<NameAttribute>();
        foreach (var part in profile.Subject)
        {
            var value = part.Constant ?? (part.Field is { } field ? fields.GetValueOrDefault(field) : null);
            if (string.IsNullOrWhiteSpace(value))
            {
                if (part.Required)
                {
                    throw new RefusedException(RefusalCode.FieldMissing, $"{part.Attribute} is needed.", part.Field);
                }

                continue;
            }

            if (value.Length > part.MaxLength)
            {
                throw new RefusedException(RefusalCode.NameTooLong, $"{part.Attribute} has {value.Length} characters, at most {part.MaxLength} fit.", part.Field);
            }

            if (value.Trim() != value || value.Any(char.IsControl))
            {
                throw new RefusedException(RefusalCode.FieldInvalid, $"{part.Attribute} has control characters or spaces at its ends.", part.Field);
            }

            attributes.Add(new NameAttribute(part.Oid, value));
        }

        return DistinguishedName.Create(attributes);
    }

    private Certificate Sign(
        CertificateProfile profile, ProfileIssuer issuedBy, SerialNumber serial, DistinguishedName issuer, DistinguishedName subject, SubjectPublicKeyInfo publicKey, SubjectPublicKeyInfo? issuerKey, DateTimeOffset end)
    {
        if (!profile.Issuers.Contains(issuedBy))
        {
            throw new InvalidOperationException($"The profile '{profile.Id}' is not for the key centre to issue.");
        }

        var now = clock.GetUtcNow();
        var notBefore = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var notAfter = profile.Life.InclusiveEnd(notBefore);
        List<CertificateExtension> extensions = [];
        if (issuerKey is not null)
        {
            extensions.Add(AuthorityKeyIdentifier.FromKeyIdentifier(issuerKey.KeyIdentifier).ToExtension());
        }

        extensions.Add(new SubjectKeyIdentifier(publicKey.KeyIdentifier).ToExtension());
        if (profile.IsAuthority)
        {
            extensions.Add(new BasicConstraints(true, profile.PathLength).ToExtension());
        }

        extensions.Add(new KeyUsageExtension((KeyUsages)profile.SigningUsage).ToExtension());
        return Certificate.Sign(
            new TbsCertificate
            {
                SerialNumber = serial,
                Signature = key.Algorithm,
                Issuer = issuer,
                NotBefore = notBefore,
                NotAfter = notAfter < end ? notAfter : end,
                Subject = subject,
                PublicKey = publicKey,
                Extensions = extensions,
            },
            key);
    }
}
