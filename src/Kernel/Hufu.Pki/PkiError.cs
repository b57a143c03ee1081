namespace Hufu.Pki;

/// <summary>What was wrong with foreign bytes or with what the caller asked to be built. A closed set: each edge maps it once.</summary>
public enum PkiError
{
    /// <summary>The bytes are not the DER of the structure: truncated, trailing bytes, wrong tag, not minimal, indefinite length, too deep.</summary>
    Malformed,

    /// <summary>A limit of <see cref="PkiLimits"/> on size, depth or count was passed.</summary>
    TooLarge,

    /// <summary>Well-formed, but an algorithm, version or choice that is not offered here.</summary>
    Unsupported,

    /// <summary>Well-formed, but a value that the standard forbids or that contradicts another field.</summary>
    BadValue,

    /// <summary>A signature does not verify.</summary>
    BadSignature,

    /// <summary>A ciphertext does not open under this key. Says deliberately nothing about which step failed.</summary>
    NotOpened,

    /// <summary>A key pair, certificate or recipient does not belong together with what it came with.</summary>
    Mismatch,
}
