using Hufu.Pki;
using Hufu.Pki.Gmt0014;

namespace Hufu.Kmc.Serving;

/// <summary>With whose keys the key centre answers.</summary>
/// <param name="Certificate">Its signing certificate, which the CAs know it by.</param>
/// <param name="Signer">The key.</param>
/// <param name="SignerLabel">The device's label of that key.</param>
/// <param name="Generation">Of the storage key in use for new pairs.</param>
/// <param name="Keys">The key centre's own public keys, which no holder may have (R16).</param>
internal sealed record ServingCentre(Certificate Certificate, ISigner Signer, string SignerLabel, long Generation, IReadOnlyList<SubjectPublicKeyInfo> Keys)
{
    private KmAnswerFrame? _frame;

    /// <summary>What its answers have in common.</summary>
    public KmAnswerFrame Frame(Gmt0014Options options) => _frame ??= new KmAnswerFrame(Certificate, options);
}
