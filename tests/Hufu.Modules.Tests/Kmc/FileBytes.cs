using System.Text;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>Reads files that others have open.</summary>
internal static class FileBytes
{
    /// <summary>All files below a folder but the database's lock, which is empty and held.</summary>
    public static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal) && !Path.GetFileName(file).StartsWith(".s.", StringComparison.Ordinal));

    public static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>All bytes below a folder as UTF-8; what is no text reads as replacement characters.</summary>
    public static string Text(string folder) => string.Concat(Below(folder).Select(file => Encoding.UTF8.GetString(Read(file))));
}
