using Hufu.Contracts;

namespace Hufu.Host.Commands;

/// <summary>The demo's out directory: emptied before the story, but only when what lies in it is a demo's.</summary>
internal static class DemoFolder
{
    // Written before anything else, so that a story that broke off early can be played again in the same place.
    private const string Mark = ".hufu-demo";

    /// <summary>The databases of a demo with a platform of its own.</summary>
    public static string Data(string directory) => Path.Combine(directory, "data");

    /// <summary>Empties the folder, or makes it; false when it holds something else.</summary>
    public static bool TryEmpty(string directory)
    {
        if (Directory.Exists(directory))
        {
            if (Directory.EnumerateFileSystemEntries(directory).Any() && !File.Exists(Path.Combine(directory, Mark)))
            {
                return false;
            }

            Directory.Delete(directory, recursive: true);
        }

        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, Mark), "Made by hufu demo; emptied when it runs again.\n");
        return true;
    }

    /// <summary>Copies every room's ledger files to <c>{target}/{room}</c>.</summary>
    public static void CopyLedgers(string data, string target)
    {
        foreach (var room in Rooms.All)
        {
            var to = Directory.CreateDirectory(Path.Combine(target, room)).FullName;
            foreach (var file in Directory.GetFiles(Path.Combine(data, room, "audit")))
            {
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
            }
        }
    }
}
