using Hufu.Crypto;

namespace Hufu.Portal.Rendering;

/// <summary>The files that the assembly carries: style sheet, seal, script modules. Each address carries a digest of the content, so that it may be cached for good.</summary>
internal static class PortalFiles
{
    private static readonly Dictionary<string, AssetFile> Files = typeof(PortalFiles).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("Assets/", StringComparison.Ordinal))
        .Select(name => new AssetFile(name["Assets/".Length..], Read(name)))
        .ToDictionary(file => file.Name, StringComparer.Ordinal);

    public static IReadOnlyCollection<AssetFile> All => Files.Values;

    /// <summary>The address of a file, with its version.</summary>
    /// <exception cref="InvalidOperationException">There is none of this name: a mistake in a page.</exception>
    public static string Url(string name) => Files.TryGetValue(name, out var file) ? $"/assets/{name}?v={file.Version}" : throw new InvalidOperationException($"The portal lacks {name}.");

    public static byte[] Read(string name)
    {
        using var stream = typeof(PortalFiles).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The portal lacks {name}.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}

/// <summary>One embedded file.</summary>
internal sealed record AssetFile(string Name, byte[] Content)
{
    public string Version { get; } = Convert.ToHexStringLower(Sm3.HashData(Content).AsSpan(0, 8));

    public string MediaType => Path.GetExtension(Name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".js" => "text/javascript; charset=utf-8",
        var other => throw new InvalidOperationException($"No media type for {other}."),
    };
}
