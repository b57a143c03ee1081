using System.Security.Cryptography;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices;

/// <summary>
/// A software device whose PIN nobody knows: it is 256 random bits, enveloped to the operators' tokens (activation) and sealed under a secret that is split among share
/// holders (administration), 6.6.2.2-a.
/// <code>
/// device/                 the SoftwareDevice
/// activation/FINGERPRINT  DER SM2Cipher of the PIN to one operator's key; the name is the key's SM3
/// administration.der      shares and the PIN under their secret (AdministrationFile)
/// </code>
/// </summary>
public static class GuardedDevice
{
    private const string DeviceFolder = "device";
    private const string ActivationFolder = "activation";
    private const string AdministrationName = "administration.der";
    private const int PinBytes = 32;

    /// <summary>Makes a device in a new or empty folder; all of it is there afterwards, or nothing. It is not active.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="operators">Whose tokens activate it; at least one.</param>
    /// <param name="holders">Share holders of its administration, all different and none of them an operator.</param>
    /// <param name="threshold">How many of them suffice; at least 2.</param>
    /// <param name="options">PIN iterations; null for the default.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.OutOfRange"/>, <see cref="DeviceError.DeviceExists"/>, <see cref="DeviceError.Storage"/>.</exception>
    public static AdministrationSet Create(
        string folder, IReadOnlyList<Sm2PublicKey> operators, IReadOnlyList<Sm2PublicKey> holders, int threshold, DeviceOptions? options = null) =>
        Build(folder, operators, holders, threshold, (path, pin) => SoftwareDevice.Create(path, pin, options).Dispose());

    /// <summary>As <see cref="Create"/>, from a backup and its shares.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="encryptedBackup">The backup file.</param>
    /// <param name="shares">Enough shares of that backup; the caller disposes them.</param>
    /// <param name="operators">Whose tokens activate it.</param>
    /// <param name="holders">Share holders of its administration.</param>
    /// <param name="threshold">How many of them suffice.</param>
    /// <param name="options">PIN iterations; null for the default.</param>
    /// <exception cref="DeviceException">As <see cref="Create"/> and <see cref="SoftwareDevice.Restore"/>.</exception>
    public static AdministrationSet Restore(
        string folder, byte[] encryptedBackup, IReadOnlyList<SecretShare> shares, IReadOnlyList<Sm2PublicKey> operators, IReadOnlyList<Sm2PublicKey> holders, int threshold,
        DeviceOptions? options = null) =>
        Build(folder, operators, holders, threshold, (path, pin) => SoftwareDevice.Restore(path, encryptedBackup, shares, pin, options).Dispose());

    /// <summary>True when such a device lies at that folder.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, AdministrationName)) && SoftwareDevice.Exists(Path.Combine(folder, DeviceFolder));

    /// <summary>Activates the device with an operator's token. Disposing what comes back, or losing power, deactivates it (6.6.2.2-e).</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="operatorToken">The token's key, signed in with its PIN.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.NotTheOperator"/>: the token is no operator's of this device; <see cref="DeviceError.PinNotVerified"/>, <see cref="DeviceError.Damaged"/>.</exception>
    public static SoftwareDevice Activate(string folder, IDecryptor operatorToken)
    {
        ArgumentNullException.ThrowIfNull(operatorToken);
        byte[] cipher = ActivationOf(folder, operatorToken.PublicKey.RequireSm2());
        byte[] pin = [];
        try
        {
            pin = operatorToken.Decrypt(cipher);
            return Open(folder, pin);
        }
        catch (PkiException e)
        {
            throw new DeviceException(DeviceError.Damaged, "The activation file does not open with the operator's token.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    /// <summary>Finds the device without activating it, as <see cref="SoftwareDevice.Find"/>: a process that waits for its operator.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.DeviceMissing"/>, <see cref="DeviceError.Damaged"/>, <see cref="DeviceError.Storage"/>.</exception>
    public static SoftwareDevice Find(string folder) => Exists(folder)
        ? SoftwareDevice.Find(Path.Combine(folder, DeviceFolder))
        : throw new DeviceException(DeviceError.DeviceMissing, $"There is no guarded device at {folder}.");

    /// <summary>What an operator's token opens to activate the device: DER SM2Cipher of 32 bytes. Nothing to anybody else.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="operatorKey">The operator's key.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.NotTheOperator"/>, <see cref="DeviceError.DeviceMissing"/>, <see cref="DeviceError.Storage"/>.</exception>
    public static byte[] ActivationOf(string folder, Sm2PublicKey operatorKey)
    {
        ArgumentNullException.ThrowIfNull(operatorKey);
        if (!Exists(folder))
        {
            throw new DeviceException(DeviceError.DeviceMissing, $"There is no guarded device at {folder}.");
        }

        string file = ActivationFile(folder, operatorKey);
        return File.Exists(file)
            ? DeviceFile.Read(file, 4096)
            : throw new DeviceException(DeviceError.NotTheOperator, "This token does not activate the device: its holder is not an operator of it.");
    }

    /// <summary>Activates a device that was found, with what an operator's token has opened of <see cref="ActivationOf"/>. The caller zeroes it.</summary>
    /// <param name="device">The device, as <see cref="Find"/> gave it.</param>
    /// <param name="opened">The 32 bytes.</param>
    /// <param name="closed">As for <see cref="SoftwareDevice.Activate"/>.</param>
    /// <param name="now">As for <see cref="SoftwareDevice.Activate"/>.</param>
    /// <returns>Labels of the pairs that were archived now.</returns>
    /// <exception cref="DeviceException">As <see cref="SoftwareDevice.Activate"/>; <see cref="DeviceError.OutOfRange"/> for another length, which counts as no try.</exception>
    public static IReadOnlyList<string> Activate(SoftwareDevice device, ReadOnlySpan<byte> opened, Func<SubjectPublicKeyInfo, bool>? closed = null, DateTimeOffset now = default)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (opened.Length != PinBytes)
        {
            throw new DeviceException(DeviceError.OutOfRange, "What activates a device is 32 bytes.");
        }

        return WithText(opened, text => device.Activate(text, closed, now));
    }

    /// <summary>Who administers the device; public.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.DeviceMissing"/>, <see cref="DeviceError.Damaged"/>.</exception>
    public static AdministrationSet Administration(string folder) => ReadAdministration(folder).Set;

    /// <summary>Opens the device's administration with enough share holders' shares: backup, restore, clone, archive, destroy, new operators, new holders.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="shares">At least the threshold of different shares; the caller disposes them.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.WrongShare"/>, <see cref="DeviceError.TooFewShares"/>, <see cref="DeviceError.DeviceMissing"/>, <see cref="DeviceError.Damaged"/>.</exception>
    public static DeviceAdministration Administer(string folder, IReadOnlyList<SecretShare> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        byte[] pin = ReadAdministration(folder).OpenPin(shares);
        try
        {
            return new DeviceAdministration(Path.GetFullPath(folder), Open(folder, pin), pin);
        }
        catch
        {
            CryptographicOperations.ZeroMemory(pin);
            throw;
        }
    }

    internal static void WriteOperators(string folder, IReadOnlyList<Sm2PublicKey> operators, ReadOnlySpan<byte> pin)
    {
        string activation = Path.Combine(folder, ActivationFolder);
        DeviceFile.CreateFolder(activation);
        foreach (Sm2PublicKey key in operators)
        {
            DeviceFile.Write(ActivationFile(folder, key), Sm2Cipher.Encrypt(key, pin).Encode());
        }

        HashSet<string> wanted = [.. operators.Select(k => ActivationFile(folder, k))];
        foreach (string file in DeviceFile.Guard(activation, static f => Directory.GetFiles(f)).Where(f => !wanted.Contains(f)))
        {
            DeviceFile.Destroy(file);
        }
    }

    internal static AdministrationSet WriteAdministration(string folder, IReadOnlyList<Sm2PublicKey> holders, int threshold, ReadOnlySpan<byte> pin)
    {
        AdministrationFile file = AdministrationFile.Deal(holders, threshold, pin);
        DeviceFile.Write(Path.Combine(folder, AdministrationName), file.Encode());
        return file.Set;
    }

    /// <summary>The PIN is kept as bytes and typed as hex digits: 64 of them, the most that a device takes.</summary>
    internal static SoftwareDevice Open(string folder, ReadOnlySpan<byte> pin) => WithText(pin, text => SoftwareDevice.Open(Path.Combine(folder, DeviceFolder), text));

    private static AdministrationSet Build(
        string folder, IReadOnlyList<Sm2PublicKey> operators, IReadOnlyList<Sm2PublicKey> holders, int threshold, Action<string, string> makeDevice)
    {
        ArgumentNullException.ThrowIfNull(operators);
        ArgumentNullException.ThrowIfNull(holders);
        if (operators.Count == 0 || operators.Any(holders.Contains))
        {
            throw new DeviceException(DeviceError.OutOfRange, "A device has at least one operator, and operators hold no share of its administration.");
        }

        folder = Path.GetFullPath(folder);
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new DeviceException(DeviceError.DeviceExists, $"There is something at {folder} already; a device is made in a new or empty folder.");
        }

        string staging = folder + "." + SecureRandom.NewId() + ".new";
        byte[] pin = GC.AllocateArray<byte>(PinBytes, pinned: true);
        try
        {
            SecureRandom.Fill(pin);
            DeviceFile.CreateFolder(Path.GetDirectoryName(folder)!);
            DeviceFile.CreateFolder(staging);
            WithText(pin, text =>
            {
                makeDevice(Path.Combine(staging, DeviceFolder), text);
                return 0;
            });
            WriteOperators(staging, operators, pin);
            AdministrationSet set = WriteAdministration(staging, holders, threshold, pin);
            DeviceFile.MoveFolder(staging, folder);
            return set;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
            DeviceFile.Discard(staging);
        }
    }

    // A string cannot be wiped for sure; it is the framework's smallest PIN carrier here, lives for one call, and is wiped where the runtime lets us.
    private static T WithText<T>(ReadOnlySpan<byte> pin, Func<string, T> work)
    {
        string text = Convert.ToHexStringLower(pin);
        try
        {
            return work(text);
        }
        finally
        {
            Wipe(text);
        }
    }

    private static unsafe void Wipe(string text)
    {
        fixed (char* first = text)
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(first, text.Length * sizeof(char)));
        }
    }

    private static AdministrationFile ReadAdministration(string folder)
    {
        string file = Path.Combine(folder, AdministrationName);
        return File.Exists(file)
            ? AdministrationFile.Decode(DeviceFile.Read(file, AdministrationFile.MaxSize))
            : throw new DeviceException(DeviceError.DeviceMissing, $"There is no guarded device at {folder}.");
    }

    private static string ActivationFile(string folder, Sm2PublicKey key) =>
        Path.Combine(Path.GetFullPath(folder), ActivationFolder, Convert.ToHexStringLower(Sm3.HashData(key.Encode())));
}
