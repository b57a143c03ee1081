using Hufu.Crypto;

namespace Hufu.Portal.Rendering;

/// <summary>The files that the assembly carries.</summary>
internal static class Assets
{
    public static byte[] Css { get; } = Read("Pages/portal.css");

    public static byte[] Seal { get; } = Read("Pages/seal.svg");

    /// <summary>Changes when the style sheet does: it stands in its address, so that the sheet may be cached for good.</summary>
    public static string CssVersion { get; } = Convert.ToHexStringLower(Sm3.HashData(Css).AsSpan(0, 8));

    public static byte[] Read(string name)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The portal lacks {name}.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
