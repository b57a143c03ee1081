using Hufu.Contracts;

namespace Hufu.Ca.Rules;

/// <summary>A CA issues nothing that outlives it: its stop-issuing date is its own end less the life of what it issues (6.6.1.6-b).</summary>
internal static class IssuerOutlivesCertificate
{
    /// <exception cref="RefusedException">CertificateNotValid: the CA is past its stop-issuing date for this life, or not yet or no longer valid.</exception>
    [Clause("6.6.1.6-b")]
    public static void Demand(DateTimeOffset issuerNotBefore, DateTimeOffset issuerNotAfter, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        if (notBefore < issuerNotBefore || notAfter > issuerNotAfter)
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, $"The CA's certificate ends {issuerNotAfter:u}, before a certificate that lives until {notAfter:u}.", "ca");
        }
    }
}
