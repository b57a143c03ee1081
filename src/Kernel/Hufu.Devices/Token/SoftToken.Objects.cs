namespace Hufu.Devices;

/// <summary>Small files that a token carries for its holder: a share, enveloped to the token's own key. They are public bytes; what they hold opens with the PIN.</summary>
public sealed partial class SoftToken
{
    /// <summary>The largest object, bytes.</summary>
    public const int MaxObject = 16 << 10;

    private const int MostObjects = 256;
    private const string ObjectFolder = "objects";

    /// <summary>Stores an object; an earlier one of that name is replaced.</summary>
    /// <param name="name">1 to 64 characters a–z, 0–9, '.', '_', '-'.</param>
    /// <param name="content">At most <see cref="MaxObject"/> bytes.</param>
    /// <exception cref="DeviceException"><see cref="DeviceError.PinNotVerified"/>, <see cref="DeviceError.LabelUnfit"/>, <see cref="DeviceError.OutOfRange"/>.</exception>
    public void StoreObject(string name, ReadOnlySpan<byte> content)
    {
        string path = ObjectPath(name);
        _vault.ThrowIfLocked();
        if (content.Length > MaxObject || (!File.Exists(path) && Objects.Count >= MostObjects))
        {
            throw new DeviceException(DeviceError.OutOfRange, $"A token holds {MostObjects} objects of at most {MaxObject} bytes.");
        }

        DeviceFile.CreateFolder(Path.GetDirectoryName(path)!);
        DeviceFile.Write(path, content);
    }

    /// <summary>An object's bytes.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.KeyMissing"/>: there is none of that name.</exception>
    public byte[] ReadObject(string name)
    {
        string path = ObjectPath(name);
        return File.Exists(path) ? DeviceFile.Read(path, MaxObject) : throw new DeviceException(DeviceError.KeyMissing, $"The token holds no object '{name}'.");
    }

    /// <summary>Names of the objects, in ordinal order.</summary>
    public IReadOnlyList<string> Objects => DeviceFile.Guard(Path.Combine(_vault.Folder, ObjectFolder), static folder => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Where(f => !f.EndsWith(".new", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray()
        : []);

    /// <summary>Overwrites and deletes an object.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.PinNotVerified"/>, <see cref="DeviceError.KeyMissing"/>.</exception>
    public void DeleteObject(string name)
    {
        _vault.ThrowIfLocked();
        string path = ObjectPath(name);
        if (!File.Exists(path))
        {
            throw new DeviceException(DeviceError.KeyMissing, $"The token holds no object '{name}'.");
        }

        DeviceFile.Destroy(path);
    }

    private string ObjectPath(string name) => Path.Combine(_vault.Folder, ObjectFolder, Devices.Label.Check(name));
}
