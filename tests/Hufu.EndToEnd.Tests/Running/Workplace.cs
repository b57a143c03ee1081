namespace Hufu.EndToEnd.Tests.Running;

/// <summary>A temporary folder of one test's own, removed with it.</summary>
internal sealed class Workplace : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("hufu-e2e-").FullName;

    public string At(string name) => Path.Combine(Folder, name);

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(At(name), content);
        return At(name);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>The source tree that these tests were built in.</summary>
internal static class Tree
{
    public static string Root { get; } = Find();

    public static string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Hufu.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The end-to-end tests run inside the source tree only.");
    }
}
