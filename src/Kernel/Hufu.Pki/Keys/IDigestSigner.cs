namespace Hufu.Pki;

/// <summary>A signing key that also takes a finished digest: what is too large for one buffer (a list of a million entries) is hashed on its way out.</summary>
public interface IDigestSigner : ISigner
{
    /// <summary>Signs e of GM/T 0009 8.2 ("pre-processing 2").</summary>
    /// <param name="digest">32 bytes: SM3(Z || message), Z with the default user id and this key.</param>
    /// <returns>DER SM2Signature.</returns>
    byte[] SignDigest(ReadOnlySpan<byte> digest);
}
