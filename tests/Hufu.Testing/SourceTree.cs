using Hufu.Governance;

namespace Hufu.Testing;

/// <summary>The repository that the tests were built from.</summary>
public static class SourceTree
{
    private static readonly Lazy<Policy> Loaded = new(() => Policy.Load(PolicyDirectory));

    public static string Root { get; } = Find();

    public static string PolicyDirectory => Path.Combine(Root, "policy");

    /// <summary>The repository's policy.</summary>
    public static Policy Policy => Loaded.Value;

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Hufu.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not stand in their repository.");
    }
}
