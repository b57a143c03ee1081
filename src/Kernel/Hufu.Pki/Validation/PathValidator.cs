namespace Hufu.Pki;

/// <summary>
/// Builds and validates certification paths (RFC 5280 6, without policy and name constraint processing: a path that needs these is refused). Pure: no
/// clock, no network, nothing remembered. The checks in order: path and signatures; then from the anchor down for each certificate validity, critical
/// extensions, authority; the purpose; revocation.
/// </summary>
public static class PathValidator
{
    /// <summary>Certificates in a path, anchor included.</summary>
    public const int MaxPathLength = 8;

    /// <summary>Signatures verified while searching, so that a heap of look-alike intermediates costs no more than this.</summary>
    public const int MaxSignatureChecks = 64;

    /// <summary>Complete paths whose checks are tried.</summary>
    public const int MaxPaths = 8;

    /// <summary>Finds a good path for a certificate, or says why there is none.</summary>
    /// <param name="certificate">The certificate asked about.</param>
    /// <param name="request">Everything that the answer depends on.</param>
    public static PathVerdict Validate(Certificate certificate, PathRequest request)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(request);
        Search search = new(request);
        search.From([certificate]);
        return search.Good ?? search.Best ?? NoPath(certificate, search);
    }

    private static PathVerdict NoPath(Certificate certificate, Search search) => new([], [search switch
    {
        { BudgetExceeded: true } => PathCheck.Fail("path", PathReason.BudgetExceeded, certificate, "The search for a path was given up: too many certificates that could have issued one another."),
        { BadSignature: { } bad } => PathCheck.Fail("signature", PathReason.BadSignature, bad, $"The signature on {bad} does not verify under any certificate of its issuer."),
        _ => PathCheck.Fail("path", PathReason.NoPath, certificate, $"No path leads from {certificate} to a trust anchor."),
    }]);

    private sealed class Search(PathRequest request)
    {
        private int _signatures;
        private int _paths;

        internal PathVerdict? Good { get; private set; }

        internal PathVerdict? Best { get; private set; }

        internal bool BudgetExceeded { get; private set; }

        internal Certificate? BadSignature { get; private set; }

        internal void From(IReadOnlyList<Certificate> path)
        {
            Certificate last = path[^1];
            if (request.TrustAnchors.Contains(last))
            {
                Complete(path);
                return;
            }

            if (path.Count == MaxPathLength)
            {
                BudgetExceeded = true;
                return;
            }

            foreach (Certificate issuer in Candidates(last))
            {
                if (Good is not null || BudgetExceeded)
                {
                    return;
                }

                // The same key under the same name again only makes a circle.
                if (path.Any(p => p.PublicKey.Equals(issuer.PublicKey) && p.Subject.Equals(issuer.Subject)))
                {
                    continue;
                }

                if (++_signatures > MaxSignatureChecks)
                {
                    BudgetExceeded = true;
                    return;
                }

                if (last.IsSignedBy(issuer))
                {
                    From([.. path, issuer]);
                }
                else
                {
                    BadSignature ??= last;
                }
            }
        }

        /// <summary>Anchors before intermediates, those whose key identifier fits before the rest.</summary>
        private IEnumerable<Certificate> Candidates(Certificate subject) => request.TrustAnchors.Concat(request.Intermediates)
            .Where(c => c.Subject.Equals(subject.Issuer))
            .OrderByDescending(c => subject.AuthorityKeyIdentifier?.KeyIdentifier is { } wanted && c.SubjectKeyIdentifier is { } has && wanted.Span.SequenceEqual(has.Span));

        private void Complete(IReadOnlyList<Certificate> path)
        {
            if (++_paths > MaxPaths)
            {
                BudgetExceeded = true;
                return;
            }

            PathVerdict verdict = new(path, PathRules.Check(path, request));
            if (verdict.IsValid)
            {
                Good = verdict;
            }
            else if (Best is null || verdict.Reason > Best.Reason)
            {
                Best = verdict;
            }
        }
    }
}
