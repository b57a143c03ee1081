namespace Hufu.Print;

/// <summary>A TrueType font with Chinese characters, read once, of which each document embeds the glyphs that it uses.</summary>
/// <remarks>TrueType only: collections (TTC) and CFF outlines are not read (<see cref="InvalidDataException"/>).</remarks>
public sealed class PrintFont
{
    private static readonly string[] s_known =
    [
        "/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf",
        "/usr/share/fonts/truetype/arphic-gkai00mp/gkai00mp.ttf",
        "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
        @"C:\Windows\Fonts\simhei.ttf",
        @"C:\Windows\Fonts\simkai.ttf",
    ];

    private PrintFont(string path, TrueTypeFont font)
    {
        Path = path;
        Font = font;
    }

    /// <summary>The file that it was read from.</summary>
    public string Path { get; }

    internal TrueTypeFont Font { get; }

    /// <summary>The first of the known places where systems keep such a font; null when this machine has none.</summary>
    public static string? FindFile() => s_known.FirstOrDefault(File.Exists);

    /// <summary>Reads a font file.</summary>
    /// <param name="path">A file of at most 64 MiB.</param>
    /// <exception cref="InvalidDataException">It is no TrueType font that can be embedded; the message says why.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PrintFont Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new PrintFont(path, TrueTypeFont.Load(path));
    }
}
