namespace Hufu.Devices;

/// <summary>
/// The count of wrong PINs since the last right one, one byte in a file of its own. It is raised and on the medium before a PIN is checked, so that
/// neither a crash nor a power cut gives a try away; the file is held exclusively meanwhile, so that guesses cannot run side by side.
/// </summary>
/// <remarks>A copy of the whole folder carries its own count: software cannot stop that, only PBKDF2 slows it. Hardware does better.</remarks>
internal sealed class PinTries : IDisposable
{
    /// <summary>Wrong PINs in a row that lock a device.</summary>
    public const int Limit = 6;

    private const string FileName = "pin.tries";
    private readonly FileStream _stream;

    private PinTries(FileStream stream) => _stream = stream;

    public static void Create(string folder) => DeviceFile.Write(Path.Combine(folder, FileName), [0]);

    /// <summary>How many tries remain, 0 to 6; 0 also when the file is gone or strange: shut is the safe side.</summary>
    public static int Left(string folder)
    {
        try
        {
            using FileStream stream = OpenExclusively(Path.Combine(folder, FileName));
            return stream.ReadByte() is >= 0 and < Limit and int used ? Limit - used : 0;
        }
        catch (Exception e) when (e is DeviceException or IOException)
        {
            return 0;
        }
    }

    /// <summary>Takes one try: refused when none is left, else counted before this returns.</summary>
    public static PinTries Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        FileStream stream = OpenExclusively(path);
        try
        {
            int used = stream.ReadByte();
            if (used is < 0 or >= Limit)
            {
                throw Locked();
            }

            PinTries tries = new(stream);
            tries.Set(used + 1);
            return tries;
        }
        catch (IOException e)
        {
            stream.Dispose();
            throw new DeviceException(DeviceError.Storage, "The count of PIN tries cannot be kept, so no PIN is checked: " + e.Message, e);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The PIN was right: all tries are free again.</summary>
    public void Reset() => Set(0);

    /// <summary>The PIN was wrong: the refusal that says what is left.</summary>
    public DeviceException Wrong()
    {
        _stream.Position = 0;
        int left = Limit - _stream.ReadByte();
        return left <= 0
            ? Locked()
            : new DeviceException(DeviceError.PinIncorrect, $"The PIN is wrong; {left} tries are left.") { TriesLeft = left };
    }

    public void Dispose() => _stream.Dispose();

    private static DeviceException Locked() =>
        new(DeviceError.PinLocked, $"The PIN is locked after {Limit} wrong tries. Restore the device from its backup shares, or make the token anew.");

    private static FileStream OpenExclusively(string path)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (FileNotFoundException e)
            {
                throw new DeviceException(DeviceError.Damaged, "The count of PIN tries is missing; the device stays shut.", e);
            }
            catch (IOException) when (attempt < 200)
            {
                Thread.Sleep(25); // another PIN is being checked
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DeviceException(DeviceError.Storage, "The count of PIN tries cannot be opened: " + e.Message, e);
            }
        }
    }

    private void Set(int used)
    {
        _stream.Position = 0;
        _stream.WriteByte((byte)used);
        _stream.Flush(flushToDisk: true);
    }
}
