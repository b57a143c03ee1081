using Hufu.Pki;

namespace Hufu.Devices;

/// <summary>
/// A person's or holder's token as whoever lets people sign sees it: a <see cref="SoftToken"/>, or a maker's behind the C interface of GM/T 0016 (<see cref="SkfToken"/>).
/// Certificates can be read before the PIN; keys work after <see cref="VerifyPin"/> only and stop when the token is closed or pulled out (6.6.2.2-h).
/// </summary>
public interface IHolderToken : IDisposable
{
    /// <summary>What the token is called, for people.</summary>
    string Label { get; }

    /// <summary>PIN tries that are left; 0: locked.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.Removed"/>, <see cref="DeviceError.Driver"/>.</exception>
    int TriesLeft { get; }

    /// <summary>Names of the containers with a signing pair of SM2, in ordinal order.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.Removed"/>, <see cref="DeviceError.Driver"/>.</exception>
    IReadOnlyList<string> Containers { get; }

    /// <summary>Signs in.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.PinIncorrect"/> with the tries left, <see cref="DeviceError.PinLocked"/>, <see cref="DeviceError.Removed"/>, <see cref="DeviceError.Driver"/>.</exception>
    void VerifyPin(ReadOnlySpan<char> pin);

    /// <summary>Signs out.</summary>
    void Logout();

    /// <summary>Makes a container and its signing pair inside the token.</summary>
    /// <param name="container">1 to 64 characters a–z, 0–9, '.', '_', '-'; not there yet.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyExists"/>, <see cref="DeviceError.PinNotVerified"/>, <see cref="DeviceError.LabelUnfit"/>.</exception>
    SubjectPublicKeyInfo MakeSigningPair(string container);

    /// <summary>The container's signing key: SM2 with SM3 over Z(default identity) ‖ data, DER SM2Signature.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>; the signer itself throws <see cref="DeviceError.PinNotVerified"/> and <see cref="DeviceError.Removed"/>.</exception>
    ISigner GetSigner(string container);

    /// <summary>Takes over an encryption pair that was enveloped to this container's signing key.</summary>
    /// <returns>The pair's public key.</returns>
    /// <exception cref="DeviceException"><see cref="DeviceError.Mismatch"/>, <see cref="DeviceError.KeyExists"/>, <see cref="DeviceError.PinNotVerified"/>, <see cref="DeviceError.KeyMissing"/>.</exception>
    SubjectPublicKeyInfo ImportEncryptionPair(string container, Sm2EnvelopedKey envelopedKey);

    /// <summary>Stores a certificate beside its key.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.Mismatch"/>, <see cref="DeviceError.PinNotVerified"/>, <see cref="DeviceError.KeyMissing"/>.</exception>
    void ImportCertificate(string container, KeyUse use, Certificate certificate);

    /// <summary>The certificate of the signing pair, or of the newest encryption pair.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.CertificateMissing"/>, <see cref="DeviceError.KeyMissing"/>.</exception>
    Certificate ExportCertificate(string container, KeyUse use);

    /// <summary>Certificates of the encryption pairs that have one, the newest first.</summary>
    IReadOnlyList<Certificate> EncryptionCertificates(string container);
}
