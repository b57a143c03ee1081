namespace Hufu.Devices;

/// <summary>Destroys files that held sealed keys: backups, shares, activation files.</summary>
public static class MediumErasure
{
    /// <summary>Overwrites a file with random bytes, flushes, deletes, flushes its folder. On media that copy on write old blocks may survive: destroy the medium too.</summary>
    /// <exception cref="DeviceException"><see cref="DeviceError.Storage"/>: it is not there or cannot be written.</exception>
    public static void DestroyFile(string path) => DeviceFile.Destroy(Path.GetFullPath(path));
}
