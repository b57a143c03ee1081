using System.Formats.Asn1;

namespace Hufu.Pki.Gmt0014;

/// <summary>retAsymAlg, retSymAlg, retHashAlg: the algorithms of the returned private key's envelope.</summary>
/// <param name="Asymmetric">SM2-3.</param>
/// <param name="Symmetric">SM4.</param>
/// <param name="Hash">SM3.</param>
public sealed record ReturnAlgorithms(AlgorithmIdentifier Asymmetric, AlgorithmIdentifier Symmetric, AlgorithmIdentifier Hash)
{
    /// <summary>SM2-3, SM4, SM3.</summary>
    public static ReturnAlgorithms Sm { get; } = new(AlgorithmIdentifier.Sm2Encryption, AlgorithmIdentifier.Sm4, AlgorithmIdentifier.Sm3);

    /// <summary>True when all three are what this platform returns: SM2 encryption, SM4 or SM4-ECB, SM3.</summary>
    public bool AreSupported => Asymmetric.Oid is Oids.Sm2Encryption or Oids.Sm2KeyExchange or Oids.Sm2 && Symmetric.Oid is Oids.Sm4 or Oids.Sm4Ecb && Hash.Oid == Oids.Sm3;

    internal static ReturnAlgorithms Read(ref DerReader fields) => new(AlgorithmIdentifier.Read(ref fields), AlgorithmIdentifier.Read(ref fields), AlgorithmIdentifier.Read(ref fields));

    internal void Write(AsnWriter writer)
    {
        Asymmetric.Write(writer);
        Symmetric.Write(writer);
        Hash.Write(writer);
    }
}
