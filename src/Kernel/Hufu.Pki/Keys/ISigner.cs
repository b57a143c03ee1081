namespace Hufu.Pki;

/// <summary>A signing key wherever it lies: a device, a token, memory. The port through which everything here signs.</summary>
public interface ISigner
{
    /// <summary>The public half.</summary>
    SubjectPublicKeyInfo PublicKey { get; }

    /// <summary>The algorithm that belongs to a signature of this key: <see cref="AlgorithmIdentifier.Sm2WithSm3"/> for SM2, <see cref="AlgorithmIdentifier.EcdsaWithSha256"/> for P-256.</summary>
    AlgorithmIdentifier Algorithm { get; }

    /// <summary>Signs the data itself, not a digest of it.</summary>
    /// <param name="data">What is signed, complete.</param>
    /// <returns>DER SM2Signature (GM/T 0009 7.3) over SM3(Z || data), Z with the default user id; for a P-256 key the DER ECDSA-Sig-Value over SHA-256(data).</returns>
    byte[] Sign(ReadOnlySpan<byte> data);
}
