using Hufu.Pki;

namespace Hufu.Records;

/// <summary>The way from a signer's certificate to a root that the auditor trusts: issuer by issuer, by name and signature, each a CA.</summary>
internal sealed class SignerPath(IReadOnlyList<Certificate> authorities)
{
    private const int MaxLength = 6;

    /// <summary>Why the certificate leads to no root, or null when it does.</summary>
    internal string? Fault(Certificate certificate)
    {
        Certificate at = certificate;
        for (int i = 0; i < MaxLength; i++)
        {
            Certificate child = at;
            Certificate? issuer = authorities.FirstOrDefault(a => a.IsAuthority && child.IsSignedBy(a));
            if (issuer is null || issuer.RawData.Span.SequenceEqual(certificate.RawData.Span))
            {
                return $"the certificate of {certificate.Subject} does not lead to a root that was given: no issuer '{at.Issuer}' of it is among them";
            }

            if (issuer.IsSelfIssued && issuer.IsSignedBy(issuer))
            {
                return null; // a root is trusted because it was given
            }

            at = issuer;
        }

        return "the path is longer than six certificates";
    }
}
