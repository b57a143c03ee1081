using System.Text.Json;
using Hufu.Contracts;
using Hufu.Crypto;

namespace Hufu.Hosting;

/// <summary>The names of a package's parts (docs/archive-format.md).</summary>
internal static class ArchiveFormat
{
    public const string Title = "HUFU-ARCHIVE 1";
    public const string Manifest = "manifest.json";
    public const string Signature = "manifest.sig";
    public const string TimeStamp = "time-stamp.tsr";
    public const string SignerKey = "signer.pub";
    public const string SignerCertificate = "signer.cer";
    public const string Chain = "chain.pem";
    public const string Readme = "README.txt";
    public const string Files = "files";
    public const int MostFiles = 100_000;
    public const int ManifestLimit = 64 * 1024 * 1024;

    public static JsonSerializerOptions Json { get; } = new(ContractJson.Options) { WriteIndented = true, NewLine = "\n" };

    public static bool IsName(string name) => name.Length is > 0 and <= 200 && name.Split('/') is var parts && parts.All(part =>
        part.Length > 0 && (char.IsAsciiLetterLower(part[0]) || char.IsAsciiDigit(part[0])) && part.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '_' or '-'));

    public static byte[] ReadmeText()
    {
        using var stream = typeof(ArchiveFormat).Assembly.GetManifestResourceStream("Hufu.Hosting.Archiving.README.txt")!;
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return text;
    }

    /// <summary>The Merkle tree hash (RFC 9162 2.1.1 with SM3) over leaves in their order.</summary>
    public static byte[] Root(IReadOnlyList<byte[]> leaves)
    {
        if (leaves.Count == 0)
        {
            return Sm3.HashData([]);
        }

        // The complete subtrees on the left, of falling size, as the leaves come.
        var peaks = new List<(int Level, byte[] Hash)>();
        foreach (var leaf in leaves)
        {
            Push(peaks, leaf);
        }

        return Fold([.. peaks.Select(peak => peak.Hash)]);
    }

    /// <summary>Adds a leaf to the right edge of a tree.</summary>
    public static void Push(List<(int Level, byte[] Hash)> peaks, byte[] leaf)
    {
        peaks.Add((0, leaf));
        while (peaks.Count > 1 && peaks[^1].Level == peaks[^2].Level)
        {
            var joined = (peaks[^1].Level + 1, Join(peaks[^2].Hash, peaks[^1].Hash));
            peaks.RemoveRange(peaks.Count - 2, 2);
            peaks.Add(joined);
        }
    }

    /// <summary>The root over subtrees of falling size.</summary>
    public static byte[] Fold(IReadOnlyList<byte[]> peaks)
    {
        var root = peaks[^1];
        for (var i = peaks.Count - 2; i >= 0; i--)
        {
            root = Join(peaks[i], root);
        }

        return root;
    }

    public static byte[] Join(byte[] left, byte[] right) => Sm3.HashData([1, .. left, .. right]);
}

/// <summary>manifest.json.</summary>
internal sealed record ArchiveManifest(
    string Format, string Id, string Room, string Class, string Clause, string Kept, DateTimeOffset KeptUntil, DateTimeOffset MadeAt, string By, string Reason, string Statement, byte[] StatementSignature,
    string Covers, DateTimeOffset CoversUntil, string? Previous, bool Sealed, IReadOnlyList<ArchivedFile> Files, string Root);

/// <summary>A file of a manifest.</summary>
/// <param name="Name">Its name below files/.</param>
/// <param name="Size">Its bytes as they lie there.</param>
/// <param name="Leaf">SM3(00 || those bytes), 64 hex digits.</param>
/// <param name="Sm3">SM3 over those bytes, 64 hex digits.</param>
/// <param name="OpenSm3">Of a sealed file: SM3 over what is sealed, 64 hex digits.</param>
internal sealed record ArchivedFile(string Name, long Size, string Leaf, string Sm3, string? OpenSm3);
