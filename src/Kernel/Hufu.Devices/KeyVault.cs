using System.Security.Cryptography;
using Hufu.Crypto;

namespace Hufu.Devices;

/// <summary>
/// A folder of sealed keys under one key that only a PIN unwraps: what a software device and a soft token have in common.
/// <code>
/// header.der      the vault's key, wrapped under the PIN (VaultHeader)
/// pin.tries       the count of wrong PINs (PinTries)
/// keys/LABEL.key  one sealed key each (KeyFile)
/// </code>
/// All work with the vault's key happens under one lock, so that closing never pulls it away under a running operation.
/// </summary>
internal sealed partial class KeyVault : IDisposable
{
    private const string HeaderFile = "header.der";
    private const string KeyFolder = "keys";
    private const string KeyExtension = ".key";
    private const int MaxKeys = 100_000;

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly Dictionary<string, KeyFile> _keys = [];
    private readonly byte[] _vaultKey = GC.AllocateArray<byte>(VaultHeader.KeySize, pinned: true);
    private VaultHeader _header;
    private bool _unlocked;
    private bool _disposed;

    private KeyVault(string folder, VaultHeader header) => (_folder, _header) = (folder, header);

    public string Folder => _folder;

    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, HeaderFile));

    public string Title => _header.Label;

    public bool Unlocked
    {
        get
        {
            lock (_gate)
            {
                return _unlocked;
            }
        }
    }

    public int TriesLeft => PinTries.Left(_folder);

    /// <summary>Makes a vault, lets <paramref name="fill"/> put keys into it, and shows it under its name only when all of that is on the medium.</summary>
    public static KeyVault Create(string folder, VaultKind kind, string title, ReadOnlySpan<char> pin, DeviceOptions options, Action<KeyVault>? fill = null)
    {
        folder = Path.GetFullPath(folder);
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new DeviceException(DeviceError.DeviceExists, $"There is something at {folder} already; a device is made in a new or empty folder.");
        }

        Span<byte> vaultKey = stackalloc byte[VaultHeader.KeySize];
        SecureRandom.Fill(vaultKey);
        string staging = folder + "." + SecureRandom.NewId() + ".new";
        try
        {
            VaultHeader header = VaultHeader.Wrap(kind, SecureRandom.GetBytes(16), title, pin, vaultKey, options);
            DeviceFile.CreateFolder(Path.GetDirectoryName(folder)!);
            DeviceFile.CreateFolder(staging);
            DeviceFile.CreateFolder(Path.Combine(staging, KeyFolder));
            PinTries.Create(staging);
            DeviceFile.Write(Path.Combine(staging, HeaderFile), header.Encode());
            if (fill is not null)
            {
                using KeyVault filling = new(staging, header);
                vaultKey.CopyTo(filling._vaultKey);
                filling._unlocked = true;
                fill(filling);
            }

            DeviceFile.MoveFolder(staging, folder);
            KeyVault vault = Load(folder, kind);
            vaultKey.CopyTo(vault._vaultKey);
            vault._unlocked = true;
            return vault;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(vaultKey);
            DeviceFile.Discard(staging);
        }
    }

    /// <summary>Reads the folder; every key stays sealed until <see cref="Unlock"/>.</summary>
    public static KeyVault Load(string folder, VaultKind kind)
    {
        folder = Path.GetFullPath(folder);
        string headerFile = Path.Combine(folder, HeaderFile);
        if (!File.Exists(headerFile))
        {
            throw new DeviceException(DeviceError.DeviceMissing, $"There is no device at {folder}.");
        }

        VaultHeader header = VaultHeader.Decode(DeviceFile.Read(headerFile, 4096));
        if (header.Kind != kind)
        {
            throw new DeviceException(DeviceError.DeviceMissing, $"What lies at {folder} is a {(kind == VaultKind.Device ? "token, not a device" : "device, not a token")}.");
        }

        KeyVault vault = new(folder, header);
        foreach ((string name, KeyFile key) in ReadKeys(folder, header))
        {
            vault._keys.Add(name, key);
        }

        return vault;
    }

    /// <summary>
    /// Reads the folder again while the vault is shut: what its administration changed beside it (a key archived, destroyed, added, the PIN wrapped anew) holds from now on.
    /// Keys that did not change stay the same objects, so that whoever holds one goes on with it after the next <see cref="Unlock"/>.
    /// </summary>
    public void Reload()
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            VaultHeader header = VaultHeader.Decode(DeviceFile.Read(Path.Combine(_folder, HeaderFile), 4096));
            if (_unlocked || header.Kind != _header.Kind || !header.Id.AsSpan().SequenceEqual(_header.Id))
            {
                throw new DeviceException(DeviceError.Damaged, $"What lies at {_folder} is not the device that was opened.");
            }

            Dictionary<string, KeyFile> found = ReadKeys(_folder, header);
            foreach (string gone in _keys.Keys.Where(name => !found.ContainsKey(name)).ToArray())
            {
                _keys.Remove(gone);
            }

            foreach ((string name, KeyFile key) in found)
            {
                if (!_keys.TryGetValue(name, out KeyFile? known) || !known.Encode().AsSpan().SequenceEqual(key.Encode()))
                {
                    _keys[name] = key;
                }
            }

            _header = header;
        }
    }

    private static Dictionary<string, KeyFile> ReadKeys(string folder, VaultHeader header) => DeviceFile.Guard(folder, _ =>
    {
        Dictionary<string, KeyFile> keys = [];
        foreach (string path in Directory.EnumerateFiles(Path.Combine(folder, KeyFolder), "*" + KeyExtension))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            KeyFile key = KeyFile.Decode(DeviceFile.Read(path, KeyFile.MaxSize), name);
            if (!key.Vault.AsSpan().SequenceEqual(header.Id) || keys.Count == MaxKeys)
            {
                throw KeyFile.Damaged(name);
            }

            keys.Add(name, key);
        }

        return keys;
    });

    /// <summary>Checks the PIN, counting the try first.</summary>
    public void Unlock(ReadOnlySpan<char> pin)
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            using PinTries tries = PinTries.Take(_folder);
            Span<byte> vaultKey = stackalloc byte[VaultHeader.KeySize];
            try
            {
                if (!_header.TryUnwrap(pin, vaultKey))
                {
                    ForgetKey();
                    throw tries.Wrong();
                }

                tries.Reset();
                vaultKey.CopyTo(_vaultKey);
                _unlocked = true;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(vaultKey);
            }
        }
    }

    /// <summary>Forgets the vault's key until the next <see cref="Unlock"/>.</summary>
    public void Relock()
    {
        lock (_gate)
        {
            ForgetKey();
        }
    }

    /// <summary>Wraps the same vault key under another PIN. The old PIN is checked and counted like any other.</summary>
    public void ChangePin(ReadOnlySpan<char> oldPin, ReadOnlySpan<char> newPin, DeviceOptions options)
    {
        lock (_gate)
        {
            Unlock(oldPin);
            VaultHeader header = VaultHeader.Wrap(_header.Kind, _header.Id, _header.Label, newPin, _vaultKey, options);
            DeviceFile.Replace(Path.Combine(_folder, HeaderFile), header.Encode());
            _header = header;
        }
    }

    public IReadOnlyList<KeyFile> Keys
    {
        get
        {
            lock (_gate)
            {
                ThrowIfDisposed();
                return [.. _keys.Values.OrderBy(k => k.Label, StringComparer.Ordinal)];
            }
        }
    }

    public KeyFile? Find(string label)
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            return _keys.GetValueOrDefault(label);
        }
    }

    /// <summary>The key, if it may do what is asked of it.</summary>
    public KeyFile Find(string label, KeyUse use)
    {
        KeyFile key = Find(label) ?? throw new DeviceException(DeviceError.KeyMissing, $"There is no key '{label}'.");
        DemandLiving(key);
        return (key.Use & use) == use ? key : throw new DeviceException(DeviceError.WrongUse, $"The key '{label}' is for {key.Use}, not for {use}.");
    }

    /// <summary>Seals a key and writes it. An existing label is refused: keys are never overwritten.</summary>
    public KeyFile Add(string label, KeyUse use, byte[] publicPoint, ReadOnlySpan<byte> secret, DateTimeOffset? archivedAt = null)
    {
        lock (_gate)
        {
            ThrowIfLocked();
            if (_keys.ContainsKey(label))
            {
                throw new DeviceException(DeviceError.KeyExists, $"There is a key '{label}' already; destroy it first or take another label.");
            }

            KeyFile key = KeyFile.Seal(_header.Id, label, use, publicPoint, secret, _vaultKey, archivedAt);
            DeviceFile.Write(PathOf(label), key.Encode());
            _keys.Add(label, key);
            return key;
        }
    }

    /// <summary>6.6.2.2-d: an archived key is never active again. What it may do is authenticated with the key, so editing its file does not help.</summary>
    public static void DemandLiving(KeyFile key)
    {
        if (key.Use.HasFlag(KeyUse.Archived))
        {
            throw new DeviceException(DeviceError.KeyArchived, $"The key '{key.Label}' is archived: it is kept for its term and never works again.");
        }
    }

    /// <summary>Seals the key again as archived, in one step on the medium. Archiving twice changes nothing, the time included.</summary>
    public void Archive(string label, DateTimeOffset time)
    {
        lock (_gate)
        {
            ThrowIfLocked();
            KeyFile key = Find(label) ?? throw new DeviceException(DeviceError.KeyMissing, $"There is no key '{label}'.");
            if (key.Use.HasFlag(KeyUse.Archived))
            {
                return;
            }

            byte[] secret = GC.AllocateArray<byte>(key.SecretSize, pinned: true);
            try
            {
                Open(key, secret);
                KeyFile archived = KeyFile.Seal(_header.Id, label, key.Use | KeyUse.Archived, key.PublicPoint, secret, _vaultKey, time);
                DeviceFile.Replace(PathOf(label), archived.Encode());
                _keys[label] = archived;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(secret);
            }
        }
    }

    /// <summary>Opens a key for one operation. The caller zeroes <paramref name="secret"/> (of <see cref="KeyFile.SecretSize"/> bytes).</summary>
    public void Open(KeyFile key, Span<byte> secret)
    {
        lock (_gate)
        {
            ThrowIfLocked();
            if (!key.TryOpen(_vaultKey, secret))
            {
                throw KeyFile.Damaged(key.Label);
            }
        }
    }

    /// <summary>Destroys the whole vault: every key, then the header without which nothing opens, then what else lies in the folder.</summary>
    public void Erase()
    {
        lock (_gate)
        {
            ThrowIfLocked();
            foreach (string label in _keys.Keys.ToArray())
            {
                Remove(label);
            }

            foreach (string path in DeviceFile.Guard(_folder, static f => Directory.GetFiles(f, "*", SearchOption.AllDirectories)))
            {
                DeviceFile.Destroy(path);
            }

            DeviceFile.Guard(_folder, static f =>
            {
                Directory.Delete(f, recursive: true);
                return 0;
            });
            ForgetKey();
            _disposed = true;
        }
    }

    public void Remove(string label)
    {
        lock (_gate)
        {
            ThrowIfLocked();
            if (!_keys.ContainsKey(label))
            {
                throw new DeviceException(DeviceError.KeyMissing, $"There is no key '{label}'.");
            }

            DeviceFile.Destroy(PathOf(label));
            _keys.Remove(label);
        }
    }

    public void ThrowIfLocked()
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            if (!_unlocked)
            {
                throw new DeviceException(DeviceError.PinNotVerified, "The PIN has not been verified, or its user has signed out.");
            }
        }
    }

    public void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw new DeviceException(DeviceError.Deactivated, "The device has been closed; open it again with its PIN.");
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            ForgetKey();
            _disposed = true;
        }
    }

    private void ForgetKey()
    {
        CryptographicOperations.ZeroMemory(_vaultKey);
        _unlocked = false;
    }

    private string PathOf(string label) => Path.Combine(_folder, KeyFolder, label + KeyExtension);
}
