using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ca.Rules;

/// <summary>A CA certificate that came from above: a CA's, in validity, each signed by the next, up to a self-signed root (GM/T 0037 8.10).</summary>
internal static class InstalledChainHolds
{
    private const int Longest = 8;

    /// <exception cref="RefusedException">CertificateNotValid, FieldMissing.</exception>
    public static void Demand(IReadOnlyList<Certificate> chain, DateTimeOffset now)
    {
        if (chain.Count is < 2 or > Longest)
        {
            throw new RefusedException(RefusalCode.FieldMissing, "The certificate and the CAs above it, up to the root.", "chain");
        }

        for (var i = 0; i < chain.Count; i++)
        {
            var above = i + 1 < chain.Count ? chain[i + 1] : chain[i];
            if (!chain[i].IsSignedBy(above) || !chain[i].IsValidAt(now) || chain[i].Extensions.FirstOrDefault(extension => extension.Oid == Oids.BasicConstraints) is not { } constraints || !BasicConstraints.Decode(constraints).IsAuthority)
            {
                throw new RefusedException(RefusalCode.CertificateNotValid, $"{chain[i].Subject} is not a CA's certificate in validity, signed by {above.Subject}.", i == 0 ? "certificate" : "chain");
            }
        }
    }
}
