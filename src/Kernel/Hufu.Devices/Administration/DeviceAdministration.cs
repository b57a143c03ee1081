using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>What enough share holders together may do with a device (6.6.2.2-a, 6.6.2.2-c, 6.6.2.2-d). Disposing closes the device.</summary>
public sealed class DeviceAdministration : IDisposable
{
    private readonly string _folder;
    private readonly byte[] _pin;

    internal DeviceAdministration(string folder, SoftwareDevice device, byte[] pin) => (_folder, Device, _pin) = (folder, device, pin);

    /// <summary>The device, open: for its backup (<see cref="SoftwareDevice.SplitBackup"/>), comparing, archiving.</summary>
    public SoftwareDevice Device { get; }

    /// <summary>Names the operators anew: only their tokens activate the device from now on.</summary>
    /// <param name="operators">Their keys; at least one, none of them a share holder's.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.OutOfRange"/>.</exception>
    public void SetOperators(IReadOnlyList<Sm2PublicKey> operators)
    {
        ArgumentNullException.ThrowIfNull(operators);
        if (operators.Count == 0 || operators.Any(GuardedDevice.Administration(_folder).Holders.Contains))
        {
            throw new DeviceException(DeviceError.OutOfRange, "A device has at least one operator, and operators hold no share of its administration.");
        }

        GuardedDevice.WriteOperators(_folder, operators, _pin);
    }

    /// <summary>Deals the administration anew, to the same or to other holders. Shares dealt before are worthless afterwards.</summary>
    public AdministrationSet Redeal(IReadOnlyList<Sm2PublicKey> holders, int threshold) => GuardedDevice.WriteAdministration(_folder, holders, threshold, _pin);

    /// <summary>Makes a second device with the same keys in a new or empty folder (6.6.2.2-c): its own device key, PIN, operators and administration.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="operators">Whose tokens activate the clone.</param>
    /// <param name="holders">Share holders of the clone's administration.</param>
    /// <param name="threshold">How many of them suffice.</param>
    /// <param name="options">PIN iterations; null for the default.</param>
    /// <exception cref="DeviceException">As <see cref="GuardedDevice.Create"/>.</exception>
    public AdministrationSet CloneTo(string folder, IReadOnlyList<Sm2PublicKey> operators, IReadOnlyList<Sm2PublicKey> holders, int threshold, DeviceOptions? options = null)
    {
        using Sm2PrivateKey first = Sm2PrivateKey.Generate();
        using Sm2PrivateKey second = Sm2PrivateKey.Generate();
        BackupSet transport = Device.SplitBackup(2, 2, [first.PublicKey, second.PublicKey]);
        using SecretShare one = SecretShare.Open(1, transport.Shares[0].EnvelopedShare, new Pki.Sm2KeyPair(first));
        using SecretShare two = SecretShare.Open(2, transport.Shares[1].EnvelopedShare, new Pki.Sm2KeyPair(second));
        return GuardedDevice.Restore(folder, transport.EncryptedBackup, [one, two], operators, holders, threshold, options);
    }

    /// <summary>Destroys one key, and searches the places named for what it was (6.6.2.2-d).</summary>
    /// <param name="label">The key.</param>
    /// <param name="searched">Files and folders that are searched for its bytes afterwards, besides the device's own folder.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>; <see cref="DeviceError.Storage"/> when a place cannot be read.</exception>
    public DestructionRecord DestroyKey(string label, IReadOnlyList<string> searched)
    {
        using KeyTraces traces = KeyTraces.Take(Device.Vault, [label]);
        Device.Destroy(label);
        return traces.Search([_folder, .. searched]);
    }

    /// <summary>Destroys the whole device with all its keys; nothing of it remains at its folder. It is closed afterwards.</summary>
    /// <param name="searched">Files and folders that are searched for the keys' bytes afterwards.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.Storage"/>.</exception>
    public DestructionRecord DestroyDevice(IReadOnlyList<string> searched)
    {
        using KeyTraces traces = KeyTraces.Take(Device.Vault, [.. Device.Labels]);
        Device.Vault.Erase();
        Device.Dispose();
        foreach (string file in DeviceFile.Guard(_folder, static f => Directory.GetFiles(f, "*", SearchOption.AllDirectories)))
        {
            DeviceFile.Destroy(file);
        }

        DeviceFile.Guard(_folder, static f =>
        {
            Directory.Delete(f, recursive: true);
            return 0;
        });
        return traces.Search(searched);
    }

    /// <summary>Closes the device and forgets its PIN.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_pin);
        Device.Dispose();
    }
}
