/// <summary>Where benches keep what they measure on: out/bench of the source tree.</summary>
internal static class BenchRoot
{
    public static string Folder() => Path.Combine(Tree(), "out", "bench");

    /// <summary>The source tree.</summary>
    public static string Tree()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Hufu.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The bench runs from its source tree.");
    }
}
