using System.Xml.Linq;
using Hufu.Host;

namespace Hufu.Architecture.Tests.Reading;

/// <summary>The repository as files: projects, sources, the requirements beside it.</summary>
internal static class Repository
{
    public static SourceTree Tree { get; } = SourceTree.Find() ?? throw new InvalidOperationException("The architecture tests run inside the source tree only.");

    /// <summary>Every project of the repository, wherever it lies; build output and data are not looked at.</summary>
    public static IReadOnlyList<Project> Projects { get; } =
        [.. Directory.EnumerateFiles(Tree.Root, "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Tree.Root, file).Replace('\\', '/'))
            .Where(file => !IsOutput(file)).Select(Project.Read).OrderBy(project => project.Path, StringComparer.Ordinal)];

    public static Project Find(string name) => Projects.Single(project => project.Name == name);

    /// <summary>Paths, relative to the root, of the files below <paramref name="folder"/> whose names end so.</summary>
    public static IReadOnlyList<string> Files(string folder, string extension) =>
        !Directory.Exists(Tree.At(folder)) ? [] :
        [.. Directory.EnumerateFiles(Tree.At(folder), "*" + extension, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Tree.Root, file).Replace('\\', '/')).Where(file => !IsOutput(file)).Order(StringComparer.Ordinal)];

    public static string Text(string path) => File.ReadAllText(Tree.At(path));

    /// <summary>A file of the requirements' folder beside the clone, or null when the clone stands alone.</summary>
    public static string? Shared(string file) =>
        Path.Combine(Tree.Root, "..", "shared", file) is var path && File.Exists(path) ? File.ReadAllText(path) : null;

    private static bool IsOutput(string path) => path.StartsWith("artifacts/", StringComparison.Ordinal) || path.StartsWith("out/", StringComparison.Ordinal)
        || path.StartsWith("data/", StringComparison.Ordinal) || path.Contains("/obj/", StringComparison.Ordinal) || path.Contains("/bin/", StringComparison.Ordinal);
}

/// <summary>What a project file says.</summary>
/// <param name="Path">Relative to the root, with forward slashes.</param>
/// <param name="References">Names of the projects it references.</param>
/// <param name="Packages">Names of the packages it references.</param>
/// <param name="Friends">Assemblies that see its internal members.</param>
internal sealed record Project(string Path, IReadOnlyList<string> References, IReadOnlyList<string> Packages, IReadOnlyList<string> Friends)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public string Folder => System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/');

    public static Project Read(string path)
    {
        XDocument document = XDocument.Load(Repository.Tree.At(path));
        return new Project(
            path,
            [.. Includes("ProjectReference").Select(include => System.IO.Path.GetFileNameWithoutExtension(include.Replace('\\', '/').Split('/')[^1]))],
            Includes("PackageReference"),
            Includes("InternalsVisibleTo"));

        IReadOnlyList<string> Includes(string element) =>
            [.. document.Descendants(element).Select(node => node.Attribute("Include")?.Value).OfType<string>()];
    }
}
