namespace Hufu.Pki;

/// <summary>
/// Judges one certificate by the evidence given. Evidence counts only when its own signature and signer are right and it was not out of date at the time;
/// evidence made after the time counts too, and then what matters is whether the certificate was revoked at the time. A revocation beats all other
/// evidence; between a suspension and good news the later one counts, since a suspension can be lifted.
/// </summary>
internal static class RevocationRules
{
    /// <summary>How long an OCSP answer without nextUpdate counts: on its way and under a clock that differs a little.</summary>
    private static readonly TimeSpan MomentOfAnswer = TimeSpan.FromMinutes(10);

    private enum Status
    {
        None,
        Stale,
        Good,
        Held,
        Revoked,
    }

    private readonly record struct Finding(Status Status, string Source, DateTimeOffset Known = default, DateTimeOffset? At = null, RevocationReason? Reason = null);

    internal static PathCheck Check(Certificate certificate, Certificate issuer, PathRequest request)
    {
        if (request.Revocation == RevocationRequirement.None)
        {
            return PathCheck.Skip("revocation", certificate, $"Whether {certificate} is revoked was not asked.");
        }

        Finding best = new(Status.None, "");
        foreach (OcspResponse response in request.OcspResponses)
        {
            best = Stronger(best, Judge(certificate, issuer, response, request));
        }

        foreach (CertificateRevocationList list in request.RevocationLists)
        {
            best = Stronger(best, Judge(certificate, issuer, list, request.Time));
        }

        switch (best.Status)
        {
            case Status.Held or Status.Revoked:
                PathReason reason = best.Status == Status.Held ? PathReason.OnHold : PathReason.Revoked;
                string why = best.Reason is { } given ? $", reason {given}" : "";
                return PathCheck.Fail("revocation", reason, certificate, $"{certificate} was {(reason == PathReason.OnHold ? "suspended" : "revoked")} on {best.At:u}{why}, says {best.Source}.");
            case Status.Good:
                return PathCheck.Pass("revocation", certificate, $"{certificate} was not revoked, says {best.Source}.");
            default:
                string sentence = best.Status == Status.Stale
                    ? $"What is known about the revocation of {certificate} was out of date at {request.Time:u}: {best.Source}."
                    : $"Nothing usable is known about the revocation of {certificate}.";
                return request.Revocation == RevocationRequirement.IfAvailable
                    ? PathCheck.Skip("revocation", certificate, sentence)
                    : PathCheck.Fail("revocation", best.Status == Status.Stale ? PathReason.RevocationStale : PathReason.RevocationUnknown, certificate, sentence);
        }
    }

    private static Finding Stronger(Finding a, Finding b) => (a.Status, b.Status) is (Status.Held, Status.Good) or (Status.Good, Status.Held)
        ? (b.Known > a.Known ? b : a)
        : b.Status > a.Status ? b : a;

    private static Finding Judge(Certificate certificate, Certificate issuer, OcspResponse response, PathRequest request)
    {
        if (response.Find(issuer, certificate.SerialNumber) is not { } answer || !IsAuthorised(response, answer, issuer, request))
        {
            return default;
        }

        string source = $"the OCSP response of {response.ProducedAt:u}";
        // Without nextUpdate an answer speaks of its moment only (RFC 6960 4.2.2.1).
        bool stale = (answer.NextUpdate ?? answer.ThisUpdate + MomentOfAnswer) < request.Time;
        return answer.Status switch
        {
            OcspCertificateStatus.Revoked => JudgeRevoked(new RevokedEntry(answer.CertId.SerialNumber, answer.RevocationTime!.Value, answer.Reason), source, answer.ThisUpdate, stale, request.Time),
            OcspCertificateStatus.Good => new Finding(stale ? Status.Stale : Status.Good, source, answer.ThisUpdate),
            _ => default,
        };
    }

    // A revocation stays true after nextUpdate, a suspension does not.
    private static Finding JudgeRevoked(RevokedEntry entry, string source, DateTimeOffset known, bool stale, DateTimeOffset time)
    {
        DateTimeOffset since = entry.InvalidityDate is { } earlier && earlier < entry.RevocationDate ? earlier : entry.RevocationDate;
        Status status = since > time || entry.Reason == RevocationReason.RemoveFromCrl ? stale ? Status.Stale : Status.Good
            : entry.Reason != RevocationReason.CertificateHold ? Status.Revoked
            : stale ? Status.Stale : Status.Held;
        return new Finding(status, source, known, entry.RevocationDate, entry.Reason);
    }

    // RFC 6960 4.2.2.2: the issuer itself, or a certificate that the issuer gave the purpose OCSPSigning directly.
    private static bool IsAuthorised(OcspResponse response, OcspSingleResponse answer, Certificate issuer, PathRequest request)
    {
        // producedAt is the signer's own word: an answer is not newer than it, and a delegated signer was in office when it knew and when it spoke.
        if (answer.ThisUpdate > response.ProducedAt)
        {
            return false;
        }

        if (response.IsSignedBy(issuer))
        {
            return true;
        }

        foreach (Certificate responder in response.Certificates.Take(4))
        {
            if (responder.IsValidAt(response.ProducedAt) && responder.IsValidAt(answer.ThisUpdate)
                && responder.Issuer.Equals(issuer.Subject)
                && PurposeRules.Check(responder, CertificatePurpose.OcspSigning).Outcome == CheckOutcome.Passed
                && response.IsSignedBy(responder)
                && responder.IsSignedBy(issuer))
            {
                return !IsKnownRevoked(responder, issuer, request)
                    && (responder.FindExtension(Oids.OcspNoCheck) is not null || request.Revocation != RevocationRequirement.Require || IsKnownGood(responder, issuer, request));
            }
        }

        return false;
    }

    private static bool IsKnownRevoked(Certificate responder, Certificate issuer, PathRequest request) =>
        request.RevocationLists.Any(l => Judge(responder, issuer, l, request.Time).Status >= Status.Held);

    private static bool IsKnownGood(Certificate responder, Certificate issuer, PathRequest request) =>
        request.RevocationLists.Any(l => Judge(responder, issuer, l, request.Time).Status == Status.Good);

    private static Finding Judge(Certificate certificate, Certificate issuer, CertificateRevocationList list, DateTimeOffset time)
    {
        if (!list.Issuer.Equals(issuer.Subject) || list.HasUnknownCriticalExtension || !Covers(list, certificate) || !issuer.Allows(KeyUsages.CrlSign) || !list.IsSignedBy(issuer))
        {
            return default;
        }

        string source = $"the revocation list{(list.Number is { } number ? $" {number}" : "")} of {list.ThisUpdate:u}";
        // RFC 5280 5.1.2.5 wants nextUpdate; a list that says nothing would be good for ever.
        bool stale = list.NextUpdate is not { } next || next < time;
        if (list.Find(certificate.SerialNumber) is { } entry)
        {
            Finding finding = JudgeRevoked(entry, source, list.ThisUpdate, stale, time);
            if (finding.Status >= Status.Held || list.DeltaBase is null)
            {
                return finding;
            }
        }

        // A delta list alone proves nothing good; entries leave a list after the certificate has expired (R09).
        return list.DeltaBase is not null || list.ThisUpdate > certificate.NotAfter ? default : new Finding(stale ? Status.Stale : Status.Good, source, list.ThisUpdate);
    }

    // RFC 5280 6.3.3 (b) (2): the list's distribution point is one of the certificate's, and its scope holds the certificate.
    private static bool Covers(CertificateRevocationList list, Certificate certificate)
    {
        if (list.IssuingDistributionPoint is not { } point)
        {
            return true;
        }

        bool scope = point.Scope switch
        {
            RevocationListScope.UserCertificates => !certificate.IsAuthority,
            RevocationListScope.AuthorityCertificates => certificate.IsAuthority,
            RevocationListScope.All => true,
            _ => false,
        };
        if (!scope || point.IsPartialOrIndirect)
        {
            return false;
        }

        if (point.Names.Count == 0)
        {
            return true;
        }

        try
        {
            return certificate.FindExtension(Oids.CrlDistributionPoints) is { } extension
                && CrlDistributionPoints.Decode(extension).Points.Any(p => p.Any(point.Names.Contains));
        }
        catch (PkiException)
        {
            return false;
        }
    }
}
