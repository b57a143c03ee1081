using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Devices.Pkcs11;
using Hufu.Pki;

namespace Hufu.Ca.Hierarchy;

/// <summary>Where the keys of a hierarchy are made and stay: SM2 in the room's device, P-256 in the PKCS#11 token.</summary>
internal sealed class KeyHome
{
    private readonly SoftwareDevice device;
    private readonly Pkcs11Device? token;

    private KeyHome(SoftwareDevice device, Pkcs11Device? token) => (this.device, this.token) = (device, token);

    /// <summary>What its keys sign in.</summary>
    public KeyAlgorithm Algorithm => token is null ? KeyAlgorithm.Sm2 : KeyAlgorithm.P256;

    /// <summary>What people do about the backup of a key that was made here.</summary>
    public string BackupDue => token is null ? "Split the device's backup anew: it holds a new key." : "Back up the token by its own means: the device's split backup does not hold its keys.";

    /// <exception cref="RefusedException">DeviceUnavailable: no token is set.</exception>
    public static KeyHome Of(CaParts parts, KeyAlgorithm algorithm) => new(
        parts.Device, algorithm == KeyAlgorithm.Sm2 ? null : parts.Token ?? throw new RefusedException(RefusalCode.DeviceUnavailable, "No PKCS#11 token is set for the CA (hufu.json, ca.token)."));

    /// <summary>A signing key under a label; made anew when an attempt broke off, for its key never signed anything that was stored.</summary>
    public SubjectPublicKeyInfo NewKey(string label)
    {
        if (token is { } box)
        {
            if (box.Contains(label))
            {
                box.Destroy(label);
            }

            return box.GenerateKeyPair(label);
        }

        if (device.Contains(label))
        {
            device.Destroy(label);
        }

        return device.GenerateKeyPair(label, KeyUse.Signing);
    }

    /// <summary>The signer of a label.</summary>
    public ISigner SignerOf(string label) => token is { } box ? box.GetSigner(label) : device.GetSigner(label);
}
