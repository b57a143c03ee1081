using Hufu.Ca.Authorities;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ca.Rules;

/// <summary>A cross certificate that another operator's CA has issued to one of ours: over our key and our name, by a CA that is not ours, on a path that holds, and so that what we issue is found good over it.</summary>
internal static class CrossCertificateHolds
{
    private const int Longest = 7;

    /// <summary>Checks, in this order: 1 whose it is; 2 who issued it; 3 the path up to the other operator's root, its ends, signatures and constraints; 4 that a certificate of ours is good over it; 5 policy.</summary>
    /// <param name="cross">The certificate.</param>
    /// <param name="above">The other operator's CAs, the issuer first, the self-signed root last.</param>
    /// <param name="all">Our CAs.</param>
    /// <param name="sample">A certificate of ours for signing, under one of them.</param>
    /// <param name="policy">The policy that our certificates carry, dotted; null for none.</param>
    /// <param name="now">The moment.</param>
    /// <returns>The CA of ours that it certifies.</returns>
    /// <exception cref="RefusedException">StateWrong, FieldMissing, CertificateNotValid.</exception>
    public static Authority Demand(Certificate cross, IReadOnlyList<Certificate> above, AuthoritySet all, Certificate? sample, string? policy, DateTimeOffset now)
    {
        // 1
        var ours = all.All.FirstOrDefault(authority => authority.Certificate.PublicKey.Equals(cross.PublicKey) && authority.Certificate.Subject.Equals(cross.Subject))
            ?? throw new RefusedException(RefusalCode.StateWrong, "None of our CAs has this key under this name.", "certificate");
        if (ours.State is AuthorityState.Revoked or AuthorityState.Ended)
        {
            throw new RefusedException(RefusalCode.StateWrong, $"Our CA '{ours.Name}' signs nothing any more.", "certificate");
        }

        // 2
        if (above.Count is 0 or > Longest)
        {
            throw new RefusedException(RefusalCode.FieldMissing, $"The other operator's CAs, the issuer first, the root last; {Longest} at most.", "chain");
        }

        if (cross.IsSelfIssued || above.Any(other => all.All.Any(authority => authority.Certificate.PublicKey.Equals(other.PublicKey))))
        {
            throw new RefusedException(RefusalCode.StateWrong, "It comes from a CA of our own; links of ours are made by a change of key.", "certificate");
        }

        // 3
        InstalledChainHolds.Demand([cross, .. above], now);
        DemandGood(PathValidator.Validate(cross, Over(above[^1], above, now, CertificatePurpose.Issuing)));

        // 4: only where the sample stands under this CA at all.
        List<Certificate> own = [.. all.All.Select(authority => authority.Certificate)];
        if (sample is not null && PathValidator.Validate(sample, Over(ours.Certificate, own, now, CertificatePurpose.Signing)).IsValid)
        {
            own.RemoveAll(certificate => certificate.IsSelfIssued);
            DemandGood(PathValidator.Validate(sample, Over(above[^1], [cross, .. above, .. own], now, CertificatePurpose.Signing)));
        }

        // 5
        if (policy is not null && !(cross.FindExtension(Oids.CertificatePolicies) is { } extension
            && CertificatePolicies.Decode(extension).Policies.Any(one => one.Oid == Oids.AnyPolicy || one.Oid == policy)))
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, $"It names neither our policy {policy} nor any policy: over it our certificates would be good for none.", "certificate");
        }

        return ours;
    }

    // Whether the other operator has revoked one of its CAs is theirs to say at every use, not once here.
    private static PathRequest Over(Certificate anchor, IReadOnlyList<Certificate> intermediates, DateTimeOffset now, CertificatePurpose purpose) => new()
    {
        TrustAnchors = [anchor], Intermediates = intermediates, Time = now, Purpose = purpose, Revocation = RevocationRequirement.None, RevocationLists = [], OcspResponses = [],
    };

    private static void DemandGood(PathVerdict verdict)
    {
        if (!verdict.IsValid)
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, verdict.Explanation, "certificate");
        }
    }
}
