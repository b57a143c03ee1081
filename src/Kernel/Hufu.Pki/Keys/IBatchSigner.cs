namespace Hufu.Pki;

/// <summary>A signing key that signs many digests at once, several times faster than one by one: status answers and time stamps that are asked for together.</summary>
public interface IBatchSigner : IDigestSigner
{
    /// <summary>Signs digests as <see cref="IDigestSigner.SignDigest"/>, but leaves r || s as they are.</summary>
    /// <param name="digests">e after e, 32 bytes each.</param>
    /// <param name="signatures">Receives r || s after r || s, 64 bytes for each digest.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    void SignDigests(ReadOnlySpan<byte> digests, Span<byte> signatures);
}
