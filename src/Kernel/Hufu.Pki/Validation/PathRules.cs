namespace Hufu.Pki;

/// <summary>The checks of a complete path whose signatures have verified.</summary>
internal static class PathRules
{
    private static readonly HashSet<string> s_processed =
    [
        Oids.KeyUsage, Oids.BasicConstraints, Oids.ExtendedKeyUsage, Oids.SubjectAltName, Oids.SubjectKeyIdentifier, Oids.AuthorityKeyIdentifier,
        Oids.CertificatePolicies, Oids.CrlDistributionPoints, Oids.AuthorityInfoAccess, Oids.PrivateKeyUsagePeriod, Oids.OcspNoCheck,
        Oids.IdentifyCode, Oids.InsuranceNumber, Oids.IcRegistrationNumber, Oids.OrganizationCode, Oids.TaxationNumber,
    ];

    internal static IReadOnlyList<PathCheck> Check(IReadOnlyList<Certificate> path, PathRequest request)
    {
        List<PathCheck> checks = [PathCheck.Pass("path", path[0], $"A path of {path.Count} certificates leads to the anchor {path[^1].Subject}; every signature on it verifies.")];
        for (int i = path.Count - 1; i >= 0; i--)
        {
            Certificate certificate = path[i];
            checks.Add(CheckValidity(certificate, request.Time));
            checks.Add(CheckExtensions(certificate));
            if (i > 0)
            {
                checks.Add(CheckAuthority(path, i));
                checks.Add(CheckAuthorityPurpose(certificate, request.Purpose));
            }
        }

        checks.Add(PurposeRules.Check(path[0], request.Purpose));
        for (int i = path.Count - 2; i >= 0; i--)
        {
            checks.Add(RevocationRules.Check(path[i], path[i + 1], request));
        }

        return checks;
    }

    private static PathCheck CheckValidity(Certificate certificate, DateTimeOffset time) =>
        time < certificate.NotBefore ? PathCheck.Fail("validity", PathReason.NotYetValid, certificate, $"{certificate} is valid only from {certificate.NotBefore:u}; the time is {time:u}.")
        : !certificate.IsValidAt(time) ? PathCheck.Fail("validity", PathReason.Expired, certificate, $"{certificate} was valid until {certificate.NotAfter:u}; the time is {time:u}.")
        : PathCheck.Pass("validity", certificate, $"{certificate} is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u}.");

    private static PathCheck CheckExtensions(Certificate certificate)
    {
        foreach (CertificateExtension extension in certificate.Extensions)
        {
            // Constraints count even when an issuer forgot to mark them critical.
            if ((extension.Critical && !s_processed.Contains(extension.Oid)) || extension.Oid is Oids.NameConstraints or Oids.PolicyConstraints)
            {
                return PathCheck.Fail("extensions", PathReason.UnknownCriticalExtension, certificate, $"{certificate} carries the extension {extension.Oid}, which is not processed here.");
            }
        }

        return PathCheck.Pass("extensions", certificate, $"{certificate} carries no critical extension that is not processed.");
    }

    private static PathCheck CheckAuthority(IReadOnlyList<Certificate> path, int index)
    {
        Certificate certificate = path[index];
        if (!certificate.IsAuthority || !certificate.Allows(KeyUsages.KeyCertSign))
        {
            return PathCheck.Fail("authority", PathReason.NotAuthority, certificate, $"{certificate} is no CA: it lacks cA or keyCertSign.");
        }

        // RFC 5280 4.2.1.9: CA certificates that are not self-issued between this one and the end of the path.
        int below = path.Take(index).Skip(1).Count(c => !c.IsSelfIssued);
        return certificate.BasicConstraints!.PathLength is { } limit && below > limit
            ? PathCheck.Fail("authority", PathReason.PathTooLong, certificate, $"{certificate} allows {limit} CA certificates below it; there are {below}.")
            : PathCheck.Pass("authority", certificate, $"{certificate} is a CA.");
    }

    private static PathCheck CheckAuthorityPurpose(Certificate certificate, CertificatePurpose purpose) =>
        certificate.ExtendedKeyUsage is { } usage && PurposeRules.ExtendedUsageOf(purpose) is { } wanted && !usage.Purposes.Contains(wanted) && !usage.Purposes.Contains(Oids.AnyExtendedKeyUsage)
            ? PathCheck.Fail("purpose", PathReason.AuthorityPurpose, certificate, $"{certificate} limits what it issues to other purposes than {purpose}.")
            : PathCheck.Pass("purpose", certificate, $"{certificate} does not exclude the purpose {purpose}.");
}
