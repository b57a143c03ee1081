namespace Hufu.Pki;

/// <summary>A decryption key wherever it lies.</summary>
public interface IDecryptor
{
    /// <summary>The public half.</summary>
    SubjectPublicKeyInfo PublicKey { get; }

    /// <summary>Opens one SM2 ciphertext.</summary>
    /// <param name="sm2Cipher">DER SM2Cipher (GM/T 0009 7.2).</param>
    /// <returns>The plaintext. The caller zeroes it when it is a secret.</returns>
    /// <exception cref="PkiException">It does not open under this key (<see cref="PkiError.NotOpened"/>) or is not an SM2Cipher.</exception>
    byte[] Decrypt(ReadOnlySpan<byte> sm2Cipher);
}
