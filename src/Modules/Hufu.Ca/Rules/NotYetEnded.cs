using Hufu.Ca.Certificates;
using Hufu.Contracts;

namespace Hufu.Ca.Rules;

/// <summary>What has ended is not revoked any more: it would be on no CRL, so nobody could see it.</summary>
internal static class NotYetEnded
{
    /// <exception cref="RefusedException">CertificateNotValid.</exception>
    public static void Demand(IEnumerable<CertificateRow> pair, DateTimeOffset now)
    {
        if (pair.All(row => row.NotAfter + 999 < now.ToUnixTimeMilliseconds()))
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, "The certificate has ended already.", "serial");
        }
    }
}
