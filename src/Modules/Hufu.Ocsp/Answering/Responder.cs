using System.Collections.Concurrent;
using Hufu.Contracts;
using Hufu.Ocsp.Status;
using Hufu.Pki;
using PkiReason = Hufu.Pki.RevocationReason;

namespace Hufu.Ocsp.Answering;

// The order of work:
//   1 the service has its certificate, and that is in its validity
//   2 the request is readable: size, form, number of certificates, nonce (RFC 9654 2.1)
//   3 at least one certificate asked about was issued by the CA that certified this responder (RFC 6960 4.2.2.2: it speaks for no other)
//   4 the standing of each, by its whole serial; what is not known to be issued is unknown, never good
//   5 the answer: the client's CertIDs, the times of policy, the nonce, signed now with the certificate inside

/// <summary>With whose key the service answers.</summary>
/// <param name="Certificate">The delegated signer's certificate.</param>
/// <param name="Signer">Its key.</param>
internal sealed record ResponderIdentity(Certificate Certificate, ISigner Signer);

/// <summary>An OCSP answer and how long it may be kept.</summary>
/// <param name="Der">OCSPResponse.</param>
/// <param name="Status">Its status.</param>
/// <param name="ThisUpdate">thisUpdate of its answers.</param>
/// <param name="NextUpdate">nextUpdate of its answers.</param>
/// <param name="HasNonce">Whether it is for one client alone.</param>
internal sealed record OcspAnswer(byte[] Der, OcspResponseStatus Status, DateTimeOffset ThisUpdate, DateTimeOffset NextUpdate, bool HasNonce);

/// <summary>Answers OCSP requests (6.2.7.7-a; RFC 6960, GB/T 19713).</summary>
/// <param name="index">The standing of certificates.</param>
/// <param name="issuers">The CAs.</param>
/// <param name="identity">The service's certificate and key; null until they are installed.</param>
/// <param name="life">How long an answer is good for.</param>
/// <param name="clock">The room's clock.</param>
/// <param name="options">Limits.</param>
internal sealed class Responder(StatusIndex index, Issuers issuers, Func<ResponderIdentity?> identity, TimeSpan life, TimeProvider clock, OcspOptions options)
{
    // RFC 9654 2.1: a responder accepts nonces up to 32 bytes and may answer longer ones, up to 128, without.
    private const int LongestNonce = 32;

    private readonly ConcurrentDictionary<(Certificate Responder, Certificate Issuer), bool> _delegations = new();

    /// <summary>Answers a request; a refusal is an answer too.</summary>
    /// <param name="request">OCSPRequest, DER.</param>
    [Clause("6.2.7.7-a")]
    public OcspAnswer Answer(ReadOnlyMemory<byte> request)
    {
        try
        {
            return Sign(Identity(), Read(request));
        }
        catch (RefusedException refused)
        {
            return Failure(ResponseStatuses.Of(refused.Refusal.Code));
        }
    }

    /// <summary>An answer that only says why there is none.</summary>
    public static OcspAnswer Failure(OcspResponseStatus status) => new(OcspResponse.Failure(status).Encode(), status, DateTimeOffset.MinValue, DateTimeOffset.MinValue, false);

    // 1
    private ResponderIdentity Identity()
    {
        var installed = identity() ?? throw new RefusedException(RefusalCode.NotInitialised, "The responder's certificate is not installed.");
        return installed.Certificate.IsValidAt(clock.GetUtcNow())
            ? installed
            : throw new RefusedException(RefusalCode.CertificateNotValid, $"The responder's certificate ended at {installed.Certificate.NotAfter:yyyy-MM-dd'T'HH:mm:ss'Z'}.");
    }

    // 2
    private OcspRequest Read(ReadOnlyMemory<byte> der)
    {
        if (der.Length > options.RequestLimit)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"At most {options.RequestLimit} bytes.");
        }

        try
        {
            var request = OcspRequest.Decode(der);
            return request.CertIds.Count <= options.MostCertificates
                ? request
                : throw new RefusedException(RefusalCode.TooLarge, $"At most {options.MostCertificates} certificates in one request.");
        }
        catch (PkiException unreadable)
        {
            throw new RefusedException(RefusalCode.Malformed, unreadable.Message);
        }
    }

    private OcspAnswer Sign(ResponderIdentity responder, OcspRequest request)
    {
        // 3
        var found = request.CertIds.Select(id => issuers.Find(id) is { } issuer && SpeaksFor(responder.Certificate, issuer.Certificate) ? issuer : null).ToList();
        if (found.All(issuer => issuer is null))
        {
            throw new RefusedException(RefusalCode.MessageNotAllowed, "None of the certificates was issued by the CA that this responder speaks for.");
        }

        // 4, 5
        var now = clock.GetUtcNow();
        var next = now + life;
        var answers = request.CertIds.Select((id, i) => About(id, found[i], now, next)).ToList();
        var nonce = request.Nonce is { Length: <= LongestNonce } given ? given : (ReadOnlyMemory<byte>?)null;
        var response = OcspResponse.Sign(answers, now, nonce, responder.Signer, responder.Certificate);
        return new OcspAnswer(response.Encode(), OcspResponseStatus.Successful, now, next, nonce is not null);
    }

    // A few certificates over a lifetime: verified once each.
    private bool SpeaksFor(Certificate responder, Certificate issuer) =>
        _delegations.GetOrAdd((responder, issuer), static pair => pair.Responder.Issuer.Equals(pair.Issuer.Subject) && pair.Responder.IsSignedBy(pair.Issuer));

    private OcspSingleResponse About(OcspCertId id, Issuer? issuer, DateTimeOffset now, DateTimeOffset next)
    {
        var standing = issuer is null ? CertificateStanding.Unknown : index.Find(issuer.Ca, id.SerialNumber.Content);
        return standing.Standing switch
        {
            Standing.Good => new OcspSingleResponse(id, OcspCertificateStatus.Good, now, next),
            Standing.Revoked => new OcspSingleResponse(id, OcspCertificateStatus.Revoked, now, next, standing.RevokedAt, (PkiReason)(int)standing.Reason),
            _ => new OcspSingleResponse(id, OcspCertificateStatus.Unknown, now, next),
        };
    }
}
