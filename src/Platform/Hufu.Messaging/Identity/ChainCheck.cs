using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Messaging;

/// <summary>Whether a room's certificate hangs from the chain that came with it. The chain's root is what the caller decided to trust.</summary>
internal static class ChainCheck
{
    private const int MaxChain = 8;

    /// <param name="certificate">The room's certificate.</param>
    /// <param name="usage">What its keyUsage must allow.</param>
    /// <param name="chain">Issuing CA first, self-signed root last.</param>
    /// <param name="now">When all must be valid.</param>
    /// <param name="field">How the certificate is called in the refusal.</param>
    public static void Require(Certificate certificate, KeyUsages usage, IReadOnlyList<Certificate> chain, DateTimeOffset now, string field)
    {
        if (chain.Count is 0 or > MaxChain)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"A chain has 1 to {MaxChain} certificates, the issuing CA first, the root last.", "chain");
        }

        if (certificate.IsAuthority || !certificate.Allows(usage) || !certificate.PublicKey.IsSm2)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The certificate {certificate.SerialHex} is not one for {usage}.", field);
        }

        Certificate subject = certificate;
        foreach (Certificate issuer in chain)
        {
            if (!issuer.IsAuthority || !issuer.Allows(KeyUsages.KeyCertSign) || !subject.IsSignedBy(issuer))
            {
                throw new RefusedException(RefusalCode.FieldInvalid, $"The certificate {subject.SerialHex} was not issued by {issuer.Subject}.", field);
            }

            RequireValid(subject, now, field);
            subject = issuer;
        }

        RequireValid(subject, now, "chain");
        if (!subject.IsSelfIssued || !subject.IsSignedBy(subject))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "The chain's last certificate is not a self-signed root.", "chain");
        }
    }

    private static void RequireValid(Certificate certificate, DateTimeOffset now, string field)
    {
        if (!certificate.IsValidAt(now))
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, $"The certificate {certificate.SerialHex} is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u}.", field);
        }
    }
}
