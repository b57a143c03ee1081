using System.Runtime.InteropServices;

namespace Hufu.Ocsp.Memory;

/// <summary>Pages of 2 MiB for memory of which any line may be needed next (Linux, where the system allows it): with pages of 4 KiB finding the page costs as much as reading it. Where they are not given everything works, slower.</summary>
internal static class HugePages
{
    /// <summary>Bytes of one.</summary>
    public const int Size = 2 * 1024 * 1024;

    private const int AdviseHugePages = 14;
    private const int Collapse = 25;

    /// <summary>Asks for huge pages behind memory that was not touched yet.</summary>
    /// <param name="address">A multiple of <see cref="Size"/>.</param>
    /// <param name="length">Another.</param>
    public static void Advise(nint address, nint length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(address, length, AdviseHugePages);
        }
    }

    /// <summary>Asks for huge pages behind objects that are there already, wherever they fill a good part of one. May take a millisecond a page.</summary>
    /// <param name="objects">Objects that live long, and the bytes of each.</param>
    /// <returns>How many pages there are now.</returns>
    public static int Gather(IEnumerable<(object? Object, int Bytes)> objects)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return 0;
        }

        // Where they lie now; the collector may move them any time, then this was in vain until the next time.
        var filled = new Dictionary<nint, int>();
        foreach (var (one, bytes) in objects)
        {
            if (one is not null)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(filled, Lines.Address(one) & -Size, out _) += bytes;
            }
        }

        return filled.Count(page => page.Value > Size / 4 && Advise(page.Key, Size, Collapse) == 0);
    }

    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(nint address, nint length, int advice);
}
