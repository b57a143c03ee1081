using Hufu.Crypto;

namespace Hufu.Kernel.Tests.Devices;

/// <summary>A folder of a test, removed after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hufu-devices-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Every byte of every file below.</summary>
    public IEnumerable<(string File, byte[] Bytes)> Files =>
        Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Select(f => (f, File.ReadAllBytes(f)));

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Changes one byte in the middle of a file.</summary>
    public static void Flip(string file)
    {
        byte[] content = File.ReadAllBytes(file);
        content[content.Length - 20] ^= 1;
        File.WriteAllBytes(file, content);
    }

    public static byte[] D(Sm2PrivateKey key)
    {
        byte[] d = new byte[Sm2.PrivateKeySize];
        key.Export(d);
        return d;
    }
}
