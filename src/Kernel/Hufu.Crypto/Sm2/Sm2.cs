namespace Hufu.Crypto;

/// <summary>Sizes and constants of SM2 on the recommended curve sm2p256v1 (GB/T 32918.5).</summary>
public static class Sm2
{
    /// <summary>Octets of a signature r‖s, each 32 octets big endian.</summary>
    public const int SignatureSize = 64;

    /// <summary>Octets of a private key d, big endian.</summary>
    public const int PrivateKeySize = 32;

    /// <summary>Octets of an uncompressed public key 04‖X‖Y.</summary>
    public const int PublicKeySize = 65;

    /// <summary>Octets that a ciphertext C1‖C3‖C2 has beyond its plaintext: the point (64) and the digest (32).</summary>
    public const int CiphertextOverhead = 96;

    /// <summary>The identifier that certificates, requests, CRLs and messages use unless the parties agree on another (GM/T 0009 clause 10): the 16 ASCII digits 1234567812345678.</summary>
    public static ReadOnlySpan<byte> DefaultId => "1234567812345678"u8;
}
