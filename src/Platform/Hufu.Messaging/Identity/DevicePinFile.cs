using System.Text;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Messaging;

/// <summary>
/// The PIN of a room's device as a file of mode 0600 in the room's folder, made at the first start: the room starts by itself. Whoever reads the folder has the device; a room whose device is
/// guarded (<see cref="RoomIdentity.FindGuarded"/>) has no such file.
/// </summary>
public static class DevicePinFile
{
    /// <summary>The file's name.</summary>
    public const string FileName = "device.pin";

    /// <summary>Opens the room's identity with the PIN that lies in its folder; at the first start makes both.</summary>
    /// <param name="room">The room's name.</param>
    /// <param name="dataDirectory">The room's folder.</param>
    /// <exception cref="InvalidDataException">There is a device but no PIN, or the file holds none.</exception>
    public static RoomIdentity Open(string room, string dataDirectory)
    {
        ArgumentNullException.ThrowIfNull(dataDirectory);
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            if (Directory.Exists(Path.Combine(dataDirectory, "device")))
            {
                throw new InvalidDataException($"{path} is missing: the device beside it cannot be opened without its PIN.");
            }

            // Flushed before the device exists: no device is ever without its PIN.
            Write(path, SecureRandom.NewId());
        }

        var pin = File.ReadAllText(path).Trim();
        return pin.Length == 32 ? RoomIdentity.Open(room, dataDirectory, pin) : throw new InvalidDataException($"{path} holds no PIN.");
    }

    /// <summary>A data cipher of the room's device, for callers that know no devices.</summary>
    /// <param name="identity">The room's identity.</param>
    /// <param name="label">The key's label; made on first use.</param>
    public static IDataCipher DataCipher(this RoomIdentity identity, string label)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return new WaitingCipher(identity.Room, identity.Device.GetDataCipher(label));
    }

    private static void Write(string path, string pin)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(path, options);
        stream.Write(Encoding.ASCII.GetBytes(pin + "\n"));
        stream.Flush(flushToDisk: true);
    }
}
