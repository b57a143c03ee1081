using Hufu.Ceremony.Script;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Pki.Linting;

namespace Hufu.Ceremony.Authorities;

/// <summary>What a root signs offline: itself, CAs below it, its own list. Linted before it is signed, compared afterwards.</summary>
internal static class AuthorityIssuing
{
    /// <summary>A root by its profile.</summary>
    [Clause("6.6.2.1-e")]
    public static Certificate SelfSign(AuthorityProfile profile, IReadOnlyDictionary<string, string> fields, ISigner signer, DateTimeOffset now)
    {
        if (!profile.SelfSigned)
        {
            throw new CeremonyRefusal($"The profile '{profile.Id}' is not one of a root: its issuers are not 'self'.", "Use root-ca.");
        }

        return Sign(profile, profile.Name(fields), signer.PublicKey, null, signer, new Addresses(null, null, null), now);
    }

    /// <summary>A CA below the root, from its request (6.6.2.1-c): the key from there, the name from the script and the profile.</summary>
    [Clause("6.6.2.1-e")]
    public static Certificate SignAuthority(
        AuthorityProfile profile, IReadOnlyDictionary<string, string> fields, CertificationRequest request, Certificate root, ISigner signer, Addresses addresses, DateTimeOffset now)
    {
        if (profile.SelfSigned)
        {
            throw new CeremonyRefusal($"The profile '{profile.Id}' is a root's.", "Use operational-ca or another profile of a CA below the root.");
        }

        if (request.CheckPossession() != Possession.Proven)
        {
            throw new CeremonyRefusal($"The request does not prove possession of its key: {request.CheckPossession()}.", "Have the request made anew in the device that holds the key.");
        }

        if (request.PublicKey.Sm2 is null || request.PublicKey.Equals(root.PublicKey))
        {
            throw new CeremonyRefusal("The requested key is no SM2 key, or it is the root's own (R16).", "Have a pair generated in the device of the operational CA.");
        }

        DistinguishedName name = profile.Name(fields);
        return name.Equals(request.Subject)
            ? Sign(profile, name, request.PublicKey, root, signer, addresses, now)
            : throw new CeremonyRefusal($"The request asks for {request.Subject}, the script for {name}.", "Correct the script or the request: both name the same CA.");
    }

    /// <summary>The root's own list; entries from a file.</summary>
    [Clause("6.6.2.1-e")]
    public static CertificateRevocationList SignList(
        Certificate root, ISigner signer, long number, IReadOnlyList<RevokedEntry> entries, int months, DateTimeOffset now)
    {
        DateTimeOffset from = WholeSecond.Of(now);
        CertificateRevocationList list = CertificateRevocationList.Sign(
            new RevocationListHeader
            {
                Issuer = root.Subject,
                ThisUpdate = from,
                NextUpdate = from.AddMonths(months),
                Number = number,
                AuthorityKeyIdentifier = AuthorityKeyIdentifier.FromIssuer(root),
            },
            entries, signer);
        Demand(Linter.LintRevocationList(list.RawData, root));
        return list.IsSignedBy(root) ? list : throw new CeremonyRefusal("The device's signature on the list does not verify.", "Stop: the device is faulty.");
    }

    private static Certificate Sign(
        AuthorityProfile profile, DistinguishedName name, SubjectPublicKeyInfo key, Certificate? root, ISigner signer, Addresses addresses, DateTimeOffset now)
    {
        DateTimeOffset from = WholeSecond.Of(now);
        DateTimeOffset to = profile.NotAfter(from);
        if (root is not null && (!root.PublicKey.Equals(signer.PublicKey) || from < root.NotBefore || to > root.NotAfter))
        {
            throw new CeremonyRefusal("The key is not the root certificate's, or the certificate would outlive the root.", "Check the step's issuer and the profile's life; renew the root first.");
        }

        List<CertificateExtension> extensions =
        [
            AuthorityKeyIdentifier.FromKeyIdentifier(root is null ? key.KeyIdentifier : root.SubjectKeyIdentifier ?? root.PublicKey.KeyIdentifier).ToExtension(),
            new SubjectKeyIdentifier(key.KeyIdentifier).ToExtension(),
            new KeyUsageExtension(KeyUsages.KeyCertSign | KeyUsages.CrlSign).ToExtension(),
            new BasicConstraints(true, profile.PathLength).ToExtension(),
            .. addresses.Extensions(profile),
        ];
        byte[] tbs = new TbsCertificate
        {
            SerialNumber = SerialNumber.Create(),
            Signature = AlgorithmIdentifier.Sm2WithSm3,
            Issuer = root?.Subject ?? name,
            NotBefore = from,
            NotAfter = to,
            Subject = name,
            PublicKey = key,
            Extensions = extensions,
        }.Encode();
        Demand(Linter.LintTbs(tbs, root is null ? CertificateKind.Root : CertificateKind.Authority, root, profile.ForLinter()));
        Certificate certificate = Certificate.Assemble(tbs, signer.Algorithm, signer.Sign(tbs));
        return certificate.IsSignedBy(signer.PublicKey) && certificate.TbsData.Span.SequenceEqual(tbs) // R10: the bytes signed are the bytes linted
            ? certificate
            : throw new CeremonyRefusal("The device's signature on the certificate does not verify.", "Stop: the device is faulty.");
    }

    private static void Demand(IEnumerable<LintFinding> findings)
    {
        LintFinding[] errors = [.. findings.Where(f => f.Severity == LintSeverity.Error).Take(3)];
        if (errors.Length > 0)
        {
            throw new CeremonyRefusal(
                "The linter refuses what would be signed: " + string.Join(" ", errors.Select(f => $"{f.RuleId} ({f.Clause}): {f.Message}")), string.Join(" ", errors.Select(f => f.Advice).Distinct()));
        }
    }
}

/// <summary>Addresses that a CA's certificate carries, from the script.</summary>
internal sealed record Addresses(string? Crl, string? Ocsp, string? Issuer)
{
    public IEnumerable<CertificateExtension> Extensions(AuthorityProfile profile)
    {
        if (profile.Addresses.Contains("crl"))
        {
            yield return CrlDistributionPoints.FromUris(Crl ?? throw Missing("crl")).ToExtension();
        }

        bool ocsp = profile.Addresses.Contains("ocsp"), issuer = profile.Addresses.Contains("issuer");
        if (ocsp || issuer)
        {
            yield return AuthorityInformationAccess.Create(ocsp ? Ocsp ?? throw Missing("ocsp") : null, issuer ? Issuer ?? throw Missing("issuerAddress") : null).ToExtension();
        }
    }

    private static CeremonyRefusal Missing(string key) => new($"The profile carries the address '{key}', which the step does not give.", $"Add '{key}' to the step.");
}
