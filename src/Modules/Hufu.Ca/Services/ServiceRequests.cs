using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;

namespace Hufu.Ca.Services;

/// <summary>Requests of rooms for their service keys.</summary>
internal static class ServiceRequests
{
    /// <summary>Reads a request in the algorithm of the CA that is to certify it, and demands that the sender holds the key.</summary>
    /// <exception cref="RefusedException">Malformed, TooLarge, PossessionNotProven, KeyWeak.</exception>
    public static CertificationRequest Open(ReadOnlyMemory<byte> request, KeyAlgorithm algorithm)
    {
        if (algorithm == KeyAlgorithm.Sm2)
        {
            return PersonRequests.Open(request, "request");
        }

        try
        {
            var decoded = CertificationRequest.Decode(request);
            PossessionIsProven.Demand(decoded);
            return decoded;
        }
        catch (PkiException exception)
        {
            throw new RefusedException(exception.Error == PkiError.TooLarge ? RefusalCode.TooLarge : RefusalCode.Malformed, exception.Message, "request");
        }
    }
}
