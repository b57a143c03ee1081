using Hufu.Pki;

namespace Hufu.Devices;

/// <summary>
/// A room's cryptographic machine (密码机) in software: a folder of keys sealed with SM4-GCM under a device key that only the PIN unwraps
/// (PBKDF2-SM3). Private keys are made inside, work inside, and leave only as a backup split among share holders or, for escrowed encryption keys,
/// enveloped to their holder's key. Disposing deactivates it (6.6.2.2-a, 6.6.2.2-e). Safe for many threads.
/// </summary>
/// <remarks>
/// What software cannot do: a copy of the folder can be attacked by guessing PINs off line, and the memory of the running process holds the device key and
/// the loaded signing keys. An approved hardware module goes behind the same interfaces.
/// </remarks>
public sealed partial class SoftwareDevice : IEscrowDevice, IDisposable
{
    private readonly KeyVault _vault;
    private readonly SigningKeyRing _ring;

    private SoftwareDevice(KeyVault vault)
    {
        _vault = vault;
        _ring = new SigningKeyRing(vault);
    }

    /// <summary>Makes a device in a new or empty folder. Either the whole device is there afterwards, or nothing.</summary>
    /// <param name="directory">The folder; made with mode 0700.</param>
    /// <param name="pin">6 to 64 characters.</param>
    /// <param name="options">PIN iterations; null for the default.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.DeviceExists"/>, <see cref="DeviceError.PinUnfit"/>, <see cref="DeviceError.OutOfRange"/>, <see cref="DeviceError.Storage"/>.</exception>
    public static SoftwareDevice Create(string directory, ReadOnlySpan<char> pin, DeviceOptions? options = null) =>
        new(KeyVault.Create(directory, VaultKind.Device, "", pin, options ?? new DeviceOptions()));

    /// <summary>Opens a device. The try is counted on the medium before the PIN is checked; six wrong ones in a row lock it.</summary>
    /// <exception cref="DeviceException">
    /// <see cref="DeviceError.PinIncorrect"/>, <see cref="DeviceError.PinLocked"/>, <see cref="DeviceError.DeviceMissing"/>, <see cref="DeviceError.Damaged"/>, <see cref="DeviceError.Storage"/>.
    /// </exception>
    public static SoftwareDevice Open(string directory, ReadOnlySpan<char> pin)
    {
        KeyVault vault = KeyVault.Load(directory, VaultKind.Device);
        try
        {
            vault.Unlock(pin);
            return new SoftwareDevice(vault);
        }
        catch
        {
            vault.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Finds a device without its PIN: labels, uses and public keys can be read, and signers, decryptors and data ciphers be had; every operation with a key is refused with
    /// <see cref="DeviceError.PinNotVerified"/> until <see cref="Activate"/>.
    /// </summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.DeviceMissing"/>, <see cref="DeviceError.Damaged"/>, <see cref="DeviceError.Storage"/>.</exception>
    public static SoftwareDevice Find(string directory) => new(KeyVault.Load(directory, VaultKind.Device));

    /// <summary>Whether its keys work now.</summary>
    public bool IsActive => _vault.Unlocked;

    /// <summary>
    /// Activates a device that was found or deactivated, after reading its folder again, so that a key that was archived or destroyed meanwhile is so here. Signers and the like
    /// that were handed out before work (again) from now on. Does nothing to a device that is active. The try is counted on the medium before the PIN is checked.
    /// </summary>
    /// <param name="pin">The device's PIN.</param>
    /// <param name="closed">Which pairs are archived before anybody can use them (6.6.2.2-d): told by ceremonies elsewhere; null for none.</param>
    /// <param name="now">Kept with what is archived.</param>
    /// <returns>Labels of the pairs that were archived now.</returns>
    /// <exception cref="DeviceException">
    /// <see cref="DeviceError.PinIncorrect"/>, <see cref="DeviceError.PinLocked"/>, <see cref="DeviceError.Deactivated"/>, <see cref="DeviceError.Damaged"/>, <see cref="DeviceError.Storage"/>.
    /// </exception>
    public IReadOnlyList<string> Activate(ReadOnlySpan<char> pin, Func<SubjectPublicKeyInfo, bool>? closed = null, DateTimeOffset now = default) =>
        IsActive ? [] : _vault.UnlockArchiving(pin, key => closed is not null && closed(PublicKeys.Of(key)), now);

    /// <summary>Archives the pairs that ceremonies elsewhere have closed, as <see cref="Archive"/> does.</summary>
    /// <returns>Their labels.</returns>
    /// <exception cref="DeviceException"><see cref="DeviceError.PinNotVerified"/>: the device is not active.</exception>
    public IReadOnlyList<string> ArchiveClosed(Func<SubjectPublicKeyInfo, bool> closed, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(closed);
        IReadOnlyList<string> labels = _vault.ArchiveWhere(key => closed(PublicKeys.Of(key)), now);
        foreach (string label in labels)
        {
            _ring.Unload(label);
        }

        return labels;
    }

    /// <summary>Deactivates until the next <see cref="Activate"/>: zeroes the device key and every loaded key (6.6.2.2-e). What runs ends first; what comes after is refused with <see cref="DeviceError.PinNotVerified"/>.</summary>
    public void Deactivate()
    {
        _vault.Relock();
        _ring.Unload();
    }

    /// <summary>True when a device lies at that folder.</summary>
    public static bool Exists(string directory) => KeyVault.Exists(directory);

    /// <summary>Labels of all keys, in ordinal order.</summary>
    public IReadOnlyList<string> Labels => [.. _vault.Keys.Select(k => k.Label)];

    /// <summary>Whether there is a key with that label.</summary>
    public bool Contains(string label) => _vault.Find(Label.Check(label)) is not null;

    /// <summary>What the key may do.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>.</exception>
    public KeyUse UseOf(string label) => Existing(label).Use;

    /// <summary>The public key of a pair.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>; <see cref="DeviceError.WrongUse"/> for an SM4 key.</exception>
    public SubjectPublicKeyInfo PublicKeyOf(string label) => PublicKeys.Of(Existing(label));

    /// <summary>Makes an SM2 pair inside the device.</summary>
    /// <param name="label">1 to 64 characters a–z, 0–9, '.', '_', '-'.</param>
    /// <param name="use">Signing, Encryption or Both.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyExists"/>, <see cref="DeviceError.LabelUnfit"/>, <see cref="DeviceError.WrongUse"/>.</exception>
    public SubjectPublicKeyInfo GenerateKeyPair(string label, KeyUse use)
    {
        Label.Check(label);
        if (use is not (KeyUse.Signing or KeyUse.Encryption or KeyUse.Both))
        {
            throw new DeviceException(DeviceError.WrongUse, "A pair is for signing, encryption or both.");
        }

        return PublicKeys.Of(_vault.AddPair(label, use));
    }

    /// <summary>Makes the SM4 key under which escrowed private keys are kept (<see cref="MakeEscrowPair"/>).</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyExists"/>, <see cref="DeviceError.LabelUnfit"/>.</exception>
    public void GenerateStorageKey(string label) => _vault.AddSecretKey(Label.Check(label), KeyUse.Escrow);

    /// <summary>Signs with a key that stays in the device. The signer works until the device is disposed or the key destroyed or archived: an archived key's refuses every signature with <see cref="DeviceError.KeyArchived"/>.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>; <see cref="DeviceError.WrongUse"/> when the key is not for signing.</exception>
    public ISigner GetSigner(string label)
    {
        KeyFile key = Existing(label);
        return new RingSigner(_ring, label, PublicKeys.Of(key.Use.HasFlag(KeyUse.Archived) && key.Use.HasFlag(KeyUse.Signing) ? key : _vault.Find(label, KeyUse.Signing)));
    }

    /// <summary>Opens what was encrypted to a key that stays in the device.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>; <see cref="DeviceError.WrongUse"/> when the key is not for encryption.</exception>
    public IDecryptor GetDecryptor(string label) => new VaultDecryptor(_vault, _vault.Find(Label.Check(label), KeyUse.Encryption));

    /// <summary>Seals data under an SM4 key that stays in the device; the key is made on first use, of a device that is not active when it first seals.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.WrongUse"/> when the label belongs to another kind of key.</exception>
    public IDataCipher GetDataCipher(string label)
    {
        Label.Check(label);
        return _vault.Unlocked || _vault.Find(label) is not null ? MakeDataCipher(label) : new LateDataCipher(() => MakeDataCipher(label));
    }

    private VaultDataCipher MakeDataCipher(string label)
    {
        if (_vault.Find(label) is null)
        {
            try
            {
                _vault.AddSecretKey(label, KeyUse.Data);
            }
            catch (DeviceException e) when (e.Error == DeviceError.KeyExists)
            {
                // made by another thread in the meantime
            }
        }

        return new VaultDataCipher(_vault, _vault.Find(label, KeyUse.Data));
    }

    /// <summary>Destroys a key: zeroed in memory, overwritten and deleted on the medium.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>.</exception>
    public void Destroy(string label)
    {
        _vault.Remove(Label.Check(label));
        _ring.Unload(label);
    }

    /// <summary>
    /// Archives a key (6.6.2.2-d): it stays in the device and in its backups and never works again, here or where a backup is restored. There is no way back.
    /// </summary>
    /// <param name="label">The key.</param>
    /// <param name="time">Now: the term of its keeping counts from here. Kept with the key, authenticated, also in backups.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>.</exception>
    public void Archive(string label, DateTimeOffset time)
    {
        _vault.Archive(Label.Check(label), time);
        _ring.Unload(label);
    }

    /// <summary>When a key was archived (whole seconds), or null for a living one.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>.</exception>
    public DateTimeOffset? ArchivedAt(string label) => Existing(label).ArchivedAt;

    /// <summary>Wraps the device key under another PIN. The old PIN is checked and counted as when opening.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.PinIncorrect"/>, <see cref="DeviceError.PinLocked"/>, <see cref="DeviceError.PinUnfit"/>.</exception>
    public void ChangePin(ReadOnlySpan<char> oldPin, ReadOnlySpan<char> newPin, DeviceOptions? options = null) =>
        _vault.ChangePin(oldPin, newPin, options ?? new DeviceOptions());

    /// <summary>Deactivates: zeroes the device key and every loaded key. Any later use is refused with <see cref="DeviceError.Deactivated"/>.</summary>
    public void Dispose()
    {
        _vault.Dispose();
        _ring.Unload();
    }

    /// <summary>The folder, absolute.</summary>
    internal string Folder => _vault.Folder;

    /// <summary>The keys and the files that hold them, for whoever destroys a device.</summary>
    internal KeyVault Vault => _vault;

    private KeyFile Existing(string label) =>
        _vault.Find(Label.Check(label)) ?? throw new DeviceException(DeviceError.KeyMissing, $"There is no key '{label}'.");
}
