using System.Runtime.InteropServices;

namespace Hufu.Devices;

/// <summary>Files of a device: written whole or not at all, readable by their owner only (0600, folders 0700).</summary>
internal static partial class DeviceFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder, mode 0700.</summary>
    public static void CreateFolder(string path) => Guard(path, static p =>
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(p);
        }
        else
        {
            Directory.CreateDirectory(p, OwnerOnly | UnixFileMode.UserExecute);
        }

        return 0;
    });

    /// <summary>Writes beside the target, flushes to the medium, renames over the target, flushes the folder: a crash leaves the old file or the new one.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + ".new";
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (FileStream stream = new(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            FlushFolder(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            throw Refused(path, e);
        }
    }

    /// <summary>Reads a file of at most <paramref name="limit"/> bytes; longer is damage.</summary>
    public static byte[] Read(string path, int limit) => Guard(path, p =>
    {
        using FileStream stream = new(p, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.Length > limit)
        {
            throw new DeviceException(DeviceError.Damaged, $"{Path.GetFileName(p)} is longer than {limit} bytes.");
        }

        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    });

    /// <summary>As <see cref="Write"/>, and then overwrites what stood in the old file: a rename alone leaves its bytes on the medium.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        using FileStream old = Guard(path, static p => new FileStream(p, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        Write(path, content);
        Guard(path, _ =>
        {
            Overwrite(old);
            return 0;
        });
    }

    /// <summary>Overwrites, flushes and deletes. On media that copy on write the old blocks may survive; what they hold is encrypted.</summary>
    public static void Destroy(string path) => Guard(path, static p =>
    {
        using (FileStream stream = new(p, FileMode.Open, FileAccess.Write, FileShare.None))
        {
            Overwrite(stream);
        }

        File.Delete(p);
        FlushFolder(Path.GetDirectoryName(p)!);
        return 0;
    });

    private static void Overwrite(FileStream stream)
    {
        byte[] noise = Crypto.SecureRandom.GetBytes((int)Math.Min(stream.Length, 1 << 16));
        stream.Position = 0;
        for (long left = stream.Length; left > 0; left -= noise.Length)
        {
            stream.Write(noise, 0, (int)Math.Min(left, noise.Length));
        }

        stream.Flush(flushToDisk: true);
    }

    /// <summary>Puts a finished folder in its place in one step. The target must be absent or empty.</summary>
    public static void MoveFolder(string from, string to) => Guard(to, p =>
    {
        if (Directory.Exists(p))
        {
            Directory.Delete(p); // refuses a folder that is not empty
        }

        Directory.Move(from, p);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(p))!);
        return 0;
    });

    /// <summary>Removes a folder that was never put in its place.</summary>
    public static void Discard(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The refusal that led here matters more; the staging folder holds only sealed bytes.
        }
    }

    public static T Guard<T>(string path, Func<string, T> work)
    {
        try
        {
            return work(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, e);
        }
    }

    private static DeviceException Refused(string path, Exception e) =>
        new(DeviceError.Storage, $"The file system refused {Path.GetFileName(path)}: {e.Message}", e);

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A leftover .new file is overwritten by the next write.
        }
    }

    /// <summary>A rename survives a power cut only once its folder is flushed. Where the system cannot do that, the rename alone must do.</summary>
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int handle = OpenFolder(folder, 0);
        if (handle >= 0)
        {
            _ = Flush(handle);
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
