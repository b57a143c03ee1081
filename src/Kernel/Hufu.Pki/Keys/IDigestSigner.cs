namespace Hufu.Pki;

/// <summary>A signing key that also takes a finished digest: what is too large for one buffer (a list of a million entries) is hashed on its way out.</summary>
public interface IDigestSigner : ISigner
{
    /// <summary>Signs e of GM/T 0009 8.2 ("pre-processing 2"); for a P-256 key the SHA-256 digest.</summary>
    /// <param name="digest">32 bytes: SM3(Z || message), Z with the default user id and this key; for P-256 SHA-256(message).</param>
    /// <returns>DER SM2Signature or ECDSA-Sig-Value.</returns>
    byte[] SignDigest(ReadOnlySpan<byte> digest);
}
