using System.Text;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ra.Applications;

/// <summary>What a holder signs with the key of a certificate: a text of contracts, in the algorithm of that key. The texts name none, for the certificate does: SM2 with SM3, or ECDSA with SHA-256 for a P-256 key.</summary>
internal static class HolderSignature
{
    // A DER signature of either algorithm has at most 72 bytes.
    private const int Longest = 128;

    /// <summary>Demands the signature of a key over a text's UTF-8 bytes.</summary>
    /// <param name="key">The certificate's key.</param>
    /// <param name="text">What was to be signed.</param>
    /// <param name="signature">DER, from outside.</param>
    /// <param name="otherwise">What the refusal says.</param>
    /// <param name="field">How it calls the signature.</param>
    /// <exception cref="RefusedException">SignatureInvalid.</exception>
    public static void Demand(SubjectPublicKeyInfo key, string text, byte[] signature, string otherwise, string field)
    {
        var algorithm = key.IsP256 ? AlgorithmIdentifier.EcdsaWithSha256 : AlgorithmIdentifier.Sm2WithSm3;
        if (signature.Length is 0 or > Longest || !key.Verify(algorithm, Encoding.UTF8.GetBytes(text), signature))
        {
            throw new RefusedException(RefusalCode.SignatureInvalid, otherwise, field);
        }
    }
}
