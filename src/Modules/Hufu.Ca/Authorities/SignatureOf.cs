using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ca.Authorities;

/// <summary>How a CA of an algorithm signs.</summary>
internal static class SignatureOf
{
    public static AlgorithmIdentifier Algorithm(KeyAlgorithm algorithm) => algorithm switch
    {
        KeyAlgorithm.Sm2 => AlgorithmIdentifier.Sm2WithSm3,
        KeyAlgorithm.P256 => AlgorithmIdentifier.EcdsaWithSha256,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };
}
