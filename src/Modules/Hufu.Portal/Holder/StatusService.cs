using System.Net.Http.Headers;
using Hufu.Pki;
using Hufu.Portal.Rendering;

namespace Hufu.Portal.Holder;

/// <summary>Asks the platform's own status service what a certificate's state is, as any relying party would (RFC 6960).</summary>
internal sealed class StatusService(PageDoor door)
{
    /// <summary>The state of each certificate now, in their order.</summary>
    public async Task<IReadOnlyList<CertificateLook>> LookAsync(IReadOnlyList<Certificate> certificates, CancellationToken ct)
    {
        var chain = await door.Rooms.SendAsync(HttpMethod.Get, "/repository/chain.p7b", null, null, null, ct);
        var issuers = chain.Value is null ? [] : CertificateBag.Decode(chain.Value);
        return await Task.WhenAll(certificates.Select(certificate => LookAsync(certificate, issuers, ct)));
    }

    private async Task<CertificateLook> LookAsync(Certificate certificate, IReadOnlyList<Certificate> issuers, CancellationToken ct)
    {
        if (issuers.FirstOrDefault(one => one.Subject.Equals(certificate.Issuer) && certificate.IsSignedBy(one)) is not { } issuer)
        {
            return new CertificateLook(certificate, issuers.Count == 0 ? CertificateState.Unknown : CertificateState.Foreign, null, null);
        }

        using var content = new ByteArrayContent(OcspRequest.Create([OcspCertId.Create(issuer, certificate.SerialNumber, Oids.Sm3)], null).Encode());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        var answer = await door.Rooms.SendAsync(HttpMethod.Post, "/ocsp", content, null, null, ct);
        try
        {
            if (answer.Value is { } bytes && OcspResponse.Decode(bytes) is { Status: OcspResponseStatus.Successful, Responses: [{ } single, ..] })
            {
                return single.Status switch
                {
                    OcspCertificateStatus.Revoked => new CertificateLook(certificate, CertificateState.Revoked, single.RevocationTime, single.Reason),
                    OcspCertificateStatus.Good => new CertificateLook(certificate, InLife(certificate), null, null),
                    _ => new CertificateLook(certificate, certificate.NotAfter < door.Now ? CertificateState.Expired : CertificateState.Unknown, null, null),
                };
            }
        }
        catch (PkiException)
        {
            // Not an answer: the state is not known.
        }

        return new CertificateLook(certificate, CertificateState.Unknown, null, null);
    }

    private CertificateState InLife(Certificate certificate) =>
        door.Now < certificate.NotBefore ? CertificateState.NotYet : certificate.IsValidAt(door.Now) ? CertificateState.Good : CertificateState.Expired;
}
