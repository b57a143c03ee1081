namespace Hufu.Host;

/// <summary>The tree that this binary was built in: the folder with Hufu.slnx above it.</summary>
/// <param name="Root">Full path of the folder.</param>
internal sealed record SourceTree(string Root)
{
    /// <summary>Finds the tree above the running binary.</summary>
    /// <returns>The tree, or null when the binary was carried elsewhere.</returns>
    public static SourceTree? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Hufu.slnx")))
            {
                return new SourceTree(folder.FullName);
            }
        }

        return null;
    }

    /// <summary>Full path of a file or folder of the tree.</summary>
    public string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>Names of the projects below a top folder (<c>src</c>, <c>tests</c>), in ordinal order.</summary>
    public IReadOnlyList<string> Projects(string folder) =>
        [.. Directory.EnumerateFiles(At(folder), "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    /// <summary>The built assembly of a project in the configuration of the running binary.</summary>
    /// <exception cref="FileNotFoundException">The project has not been built; the message says how to.</exception>
    public string Assembly(string project)
    {
        // artifacts/bin/NAME/release, or release_net10.0 where a project is built for several frameworks.
        string pivot = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)).Split('_')[0];
        string[] candidates = [At("artifacts", "bin", project, pivot, project + ".dll"), At("artifacts", "bin", project, pivot + "_net10.0", project + ".dll")];
        return Array.Find(candidates, File.Exists)
            ?? throw new FileNotFoundException($"{project} has not been built ({candidates[0]} is not there). Build it: dotnet build Hufu.slnx -c Release");
    }
}
