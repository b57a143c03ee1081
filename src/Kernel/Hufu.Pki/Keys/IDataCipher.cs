namespace Hufu.Pki;

/// <summary>Seals data at rest with SM4-GCM under a key that stays in a device.</summary>
public interface IDataCipher
{
    /// <summary>Encrypts and authenticates.</summary>
    /// <param name="plaintext">What is sealed.</param>
    /// <param name="associatedData">What it is bound to and must be given again at opening; not stored.</param>
    /// <returns>The sealed bytes, with nonce and tag, in the device's own layout.</returns>
    byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData);

    /// <summary>Opens what <see cref="Seal"/> made.</summary>
    /// <param name="sealedData">The sealed bytes.</param>
    /// <param name="associatedData">The same as at sealing.</param>
    /// <returns>The plaintext. The caller zeroes it when it is a secret.</returns>
    /// <exception cref="PkiException"><see cref="PkiError.NotOpened"/>: changed, bound to something else, or sealed under another key.</exception>
    byte[] Open(ReadOnlySpan<byte> sealedData, ReadOnlySpan<byte> associatedData);
}
