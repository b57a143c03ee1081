using Hufu.Pki;

namespace Hufu.Devices;

/// <summary>Certificates in a token: public, readable without the PIN, each beside the key that it is about.</summary>
public sealed partial class SoftToken
{
    private const int MaxCertificate = 64 << 10;

    /// <summary>Stores a certificate beside its key; an earlier one for the same key is replaced.</summary>
    /// <param name="container">The container.</param>
    /// <param name="use">Signing or Encryption.</param>
    /// <param name="certificate">Its public key must be that of the signing pair, or of one of the encryption pairs.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.Mismatch"/>, <see cref="DeviceError.PinNotVerified"/>, <see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    public void ImportCertificate(string container, KeyUse use, Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        _vault.ThrowIfLocked();
        byte[]? point = certificate.PublicKey.Sm2?.Encode();
        KeyFile key = Candidates(container, use).FirstOrDefault(k => point is not null && k.PublicPoint.AsSpan().SequenceEqual(point))
            ?? throw new DeviceException(DeviceError.Mismatch, $"The certificate is not for a key of '{container}'.");
        DeviceFile.Write(CertificatePath(key.Label), certificate.Encode());
    }

    /// <summary>The certificate of the signing pair, or of the newest encryption pair.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.CertificateMissing"/>, <see cref="DeviceError.KeyMissing"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    public Certificate ExportCertificate(string container, KeyUse use)
    {
        KeyFile[] keys = Candidates(container, use);
        return (keys.Length > 0 ? Read(keys[0]) : null)
            ?? throw new DeviceException(DeviceError.CertificateMissing, $"'{container}' has no certificate for {use}.");
    }

    /// <summary>Certificates of all encryption pairs that have one, the newest pair first: to find the key for earlier data.</summary>
    public IReadOnlyList<Certificate> EncryptionCertificates(string container) => [.. EncryptionKeysOf(container).Select(Read).OfType<Certificate>()];

    private KeyFile[] Candidates(string container, KeyUse use) => use switch
    {
        KeyUse.Signing => [_vault.Find(SigningLabel(container), KeyUse.Signing)],
        KeyUse.Encryption => EncryptionKeysOf(container),
        _ => throw new DeviceException(DeviceError.WrongUse, "A certificate is for signing or for encryption."),
    };

    private Certificate? Read(KeyFile key)
    {
        string path = CertificatePath(key.Label);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            Certificate certificate = Certificate.Decode(DeviceFile.Read(path, MaxCertificate));
            byte[]? point = certificate.PublicKey.Sm2?.Encode();
            return point is not null && key.PublicPoint.AsSpan().SequenceEqual(point)
                ? certificate
                : throw new DeviceException(DeviceError.Damaged, "A certificate in the token is not for the key beside it.");
        }
        catch (PkiException e)
        {
            throw new DeviceException(DeviceError.Damaged, "A certificate in the token is not readable.", e);
        }
    }

    private void DeleteCertificate(string label) => DeviceFile.Guard(CertificatePath(label), static path =>
    {
        File.Delete(path);
        return 0;
    });

    private string CertificatePath(string label) => Path.Combine(_vault.Folder, "keys", label + ".cer");
}
