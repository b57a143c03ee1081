using System.Runtime.InteropServices;

namespace Hufu.Records;

/// <summary>Files that only the service's own account may read.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    internal const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, DirectoryMode);
        }
    }

    internal static void MakeFile(string path)
    {
        if (!File.Exists(path))
        {
            Open(path, System.IO.FileMode.OpenOrCreate, FileAccess.ReadWrite).Dispose();
        }
    }

    internal static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share = FileShare.Read)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode is System.IO.FileMode.Create or System.IO.FileMode.CreateNew or System.IO.FileMode.OpenOrCreate)
        {
            options.UnixCreateMode = FileMode;
        }

        return new FileStream(path, options);
    }

    /// <summary>Makes a file's name durable: the directory itself is flushed (Linux; elsewhere the file system does it).</summary>
    internal static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            // The framework opens no directories.
            int descriptor = OpenDirectory(path, 0);
            if (descriptor >= 0)
            {
                int result = Flush(descriptor);
                _ = Close(descriptor);
                if (result == 0)
                {
                    return;
                }
            }

            throw new IOException($"{path} cannot be flushed (errno {Marshal.GetLastPInvokeError()}).");
        }
    }

    /// <summary>Writes a whole file so that after a crash either the old or the new one is there.</summary>
    internal static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string beside = path + ".new";
        using (FileStream stream = Open(beside, System.IO.FileMode.Create, FileAccess.Write))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
        FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int OpenDirectory([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
