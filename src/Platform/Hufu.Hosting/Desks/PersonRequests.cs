using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Hosting;

/// <summary>Certification requests as they come in from outside.</summary>
public static class PersonRequests
{
    /// <summary>Reads a PKCS#10 request and demands that the sender holds the key.</summary>
    /// <param name="request">DER, from outside.</param>
    /// <param name="field">How the refusal calls it.</param>
    /// <exception cref="RefusedException">Malformed, PossessionNotProven (with what is wrong: another key, no Z, an empty user id), KeyWeak (not an SM2 key on the curve).</exception>
    [Clause("6.1.3.2-a")]
    public static CertificationRequest Open(ReadOnlyMemory<byte> request, string field)
    {
        try
        {
            var decoded = CertificationRequest.Decode(request);
            if (decoded.PublicKey.Sm2 is null)
            {
                throw new RefusedException(RefusalCode.KeyWeak, "An SM2 key on the curve is needed.", field);
            }

            return decoded.CheckPossession() switch
            {
                Possession.Proven => decoded,
                Possession.WithoutZ => throw new RefusedException(RefusalCode.PossessionNotProven, "The signature was made without Z (GM/T 0009).", field),
                Possession.EmptyId => throw new RefusedException(RefusalCode.PossessionNotProven, "The signature was made with an empty user id instead of the default one.", field),
                _ => throw new RefusedException(RefusalCode.PossessionNotProven, "The signature does not verify with the key in the request.", field),
            };
        }
        catch (PkiException exception)
        {
            throw new RefusedException(exception.Error == PkiError.TooLarge ? RefusalCode.TooLarge : RefusalCode.Malformed, exception.Message, field);
        }
    }

    /// <summary>Certificates from outside.</summary>
    /// <param name="ders">DER of each; at most 8.</param>
    /// <param name="field">How the refusal calls them.</param>
    /// <exception cref="RefusedException">Malformed, FieldInvalid.</exception>
    public static IReadOnlyList<Certificate> OpenCertificates(IReadOnlyList<byte[]> ders, string field)
    {
        ArgumentNullException.ThrowIfNull(ders);
        if (ders.Count is 0 or > 8)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "1 to 8 certificates.", field);
        }

        try
        {
            return [.. ders.Select(der => Certificate.Decode(der))];
        }
        catch (PkiException exception)
        {
            throw new RefusedException(RefusalCode.Malformed, exception.Message, field);
        }
    }
}
