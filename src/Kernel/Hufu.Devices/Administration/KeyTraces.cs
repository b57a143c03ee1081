using System.Security.Cryptography;

namespace Hufu.Devices;

/// <summary>The bytes by which keys would be known again after they were destroyed: as they are, and as they lay sealed in their files. Zeroed when disposed.</summary>
internal sealed class KeyTraces : IDisposable
{
    private const int ChunkSize = 1 << 20;
    private readonly List<byte[]> _needles = [];
    private readonly List<(string Label, byte[] PublicPoint)> _keys = [];

    private KeyTraces()
    {
    }

    public static KeyTraces Take(KeyVault vault, IReadOnlyList<string> labels)
    {
        KeyTraces traces = new();
        try
        {
            foreach (string label in labels)
            {
                KeyFile key = vault.Find(label) ?? throw new DeviceException(DeviceError.KeyMissing, $"There is no key '{label}'.");
                byte[] secret = GC.AllocateArray<byte>(key.SecretSize, pinned: true);
                traces._needles.Add(secret);
                vault.OpenSecret(key, secret);
                traces._needles.Add(key.SealedKey.ToArray());
                traces._keys.Add((label, key.PublicPoint));
            }

            return traces;
        }
        catch
        {
            traces.Dispose();
            throw;
        }
    }

    /// <summary>Reads every file at or below these places.</summary>
    public DestructionRecord Search(IReadOnlyList<string> places)
    {
        string[] files = [.. places.SelectMany(Files).Distinct(StringComparer.Ordinal)];
        string[] found = [.. files.Where(f => DeviceFile.Guard(f, Holds))];
        return new DestructionRecord([.. _keys], files.Length, found);
    }

    public void Dispose()
    {
        foreach (byte[] needle in _needles)
        {
            CryptographicOperations.ZeroMemory(needle);
        }
    }

    private static IEnumerable<string> Files(string place) => File.Exists(place)
        ? [Path.GetFullPath(place)]
        : Directory.Exists(place) ? DeviceFile.Guard(place, static p => Directory.GetFiles(Path.GetFullPath(p), "*", SearchOption.AllDirectories)) : [];

    private bool Holds(string file)
    {
        int overlap = _needles.Max(n => n.Length) - 1;
        byte[] buffer = GC.AllocateArray<byte>(ChunkSize + overlap, pinned: true); // what is found in it may be a key
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            int kept = 0;
            while (true)
            {
                int read = stream.ReadAtLeast(buffer.AsSpan(kept), buffer.Length - kept, throwOnEndOfStream: false);
                ReadOnlySpan<byte> window = buffer.AsSpan(0, kept + read);
                foreach (byte[] needle in _needles)
                {
                    if (window.IndexOf(needle) >= 0)
                    {
                        return true;
                    }
                }

                if (kept + read < buffer.Length)
                {
                    return false;
                }

                window[^overlap..].CopyTo(buffer);
                kept = overlap;
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
