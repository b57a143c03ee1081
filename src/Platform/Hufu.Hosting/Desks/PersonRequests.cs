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
    public static CertificationRequest Open(ReadOnlyMemory<byte> request, string field) => Open(request, KeyAlgorithm.Sm2, field);

    /// <summary>The same where the key is of an algorithm that the caller names: SM2, or P-256 signed with ECDSA and SHA-256.</summary>
    /// <param name="request">DER, from outside.</param>
    /// <param name="algorithm">What is taken; a key of another one is refused.</param>
    /// <param name="field">How the refusal calls it.</param>
    /// <exception cref="RefusedException">Malformed, PossessionNotProven (with what is wrong), KeyWeak (not a key of this algorithm, or no point of its curve).</exception>
    [Clause("6.1.3.2-a")]
    public static CertificationRequest Open(ReadOnlyMemory<byte> request, KeyAlgorithm algorithm, string field)
    {
        try
        {
            var decoded = CertificationRequest.Decode(request);
            if (!(algorithm == KeyAlgorithm.Sm2 ? decoded.PublicKey.IsSm2 : decoded.PublicKey.IsP256) || !decoded.PublicKey.IsOnCurve)
            {
                throw new RefusedException(RefusalCode.KeyWeak, algorithm == KeyAlgorithm.P256 ? "A P-256 key, a point of that curve, is needed: the CA of this type certifies no other." : "An SM2 key on the curve is needed.", field);
            }

            if (algorithm == KeyAlgorithm.P256 && decoded.SignatureAlgorithm.Oid != Oids.EcdsaWithSha256)
            {
                throw new RefusedException(RefusalCode.PossessionNotProven, $"A P-256 request is signed with ecdsa-with-SHA256, not {decoded.SignatureAlgorithm.Oid}.", field);
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

    /// <summary>What people call an algorithm of keys.</summary>
    public static string NameOf(KeyAlgorithm algorithm) => algorithm == KeyAlgorithm.P256 ? "P-256" : "SM2";

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
