using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>What the check of a package says; the numbers are the exit codes of <c>hufu archive verify</c>.</summary>
public enum ArchiveVerdict
{
    /// <summary>Everything holds.</summary>
    Whole = 0,

    /// <summary>Something was changed, removed or added, or does not verify.</summary>
    Broken = 1,

    /// <summary>It is no package, or cannot be read.</summary>
    NotReadable = 2,
}

/// <summary>What was found out about a package.</summary>
/// <param name="Folder">Where it lies.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Id">Its name, or null when the manifest cannot be read.</param>
/// <param name="Class">Its class, or null.</param>
/// <param name="MadeAt">When it was made, or null.</param>
/// <param name="KeptUntil">Until when it is kept, or null.</param>
/// <param name="Covers">What it covers, or null.</param>
/// <param name="Files">How many files the manifest names.</param>
/// <param name="Key">SM3 (hex) over the signing key's SubjectPublicKeyInfo, or null.</param>
/// <param name="StampedAt">The time of a time stamp that holds, or null when there is none.</param>
/// <param name="Manifest">SM3 (hex) of manifest.json, or null.</param>
/// <param name="Previous">SM3 (hex) of the manifest before it in its class, or null.</param>
/// <param name="Findings">What is wrong, in words; at most 100.</param>
public sealed record ArchiveReport(
    string Folder, ArchiveVerdict Verdict, string? Id, string? Class, DateTimeOffset? MadeAt, DateTimeOffset? KeptUntil, string? Covers, int Files, string? Key, DateTimeOffset? StampedAt, string? Manifest, string? Previous,
    IReadOnlyList<string> Findings);

/// <summary>Checks packages from their folders alone (docs/archive-format.md).</summary>
public static class ArchiveVerifier
{
    private const int MostFindings = 100;

    /// <summary>Folders of packages: the folder itself, or those in it to two levels, in their order.</summary>
    /// <param name="directory">Where to look.</param>
    public static IReadOnlyList<string> Find(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return IsPackage(directory)
            ? [directory]
            : [.. Directory.EnumerateDirectories(directory).SelectMany(inner => IsPackage(inner) ? [inner] : Directory.EnumerateDirectories(inner).Where(IsPackage)).Order(StringComparer.Ordinal)];

        static bool IsPackage(string folder) => File.Exists(Path.Combine(folder, ArchiveFormat.Manifest));
    }

    /// <summary>Checks a package: signature, every file, nothing more and nothing less, the Merkle root, the time stamp, and of a ledger's segment the tree up to its signed head.</summary>
    /// <param name="folder">The package.</param>
    /// <param name="key">SM3 (hex) of the audit key as known from elsewhere, or null.</param>
    [Clause("6.6.1.5-c")]
    public static ArchiveReport Verify(string folder, string? key = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var findings = new List<string>();
        try
        {
            var path = Path.Combine(folder, ArchiveFormat.Manifest);
            if (!File.Exists(path) || new FileInfo(path).Length > ArchiveFormat.ManifestLimit)
            {
                return Unreadable("There is no manifest.json that can be read.");
            }

            var text = File.ReadAllBytes(path);
            if (JsonSerializer.Deserialize<ArchiveManifest>(text, ContractJson.Options) is not { Format: ArchiveFormat.Title } manifest)
            {
                return Unreadable("manifest.json is of another format.");
            }

            var digest = CheckSignature(folder, text, key, findings);
            CheckFiles(folder, manifest, findings);
            var stamped = CheckStamp(folder, findings);
            if (findings.Count == 0 && manifest.Class == "ledger")
            {
                LedgerSegment.Check(Path.Combine(folder, ArchiveFormat.Files), findings);
            }

            return new ArchiveReport(
                folder, findings.Count == 0 ? ArchiveVerdict.Whole : ArchiveVerdict.Broken, manifest.Id, manifest.Class, manifest.MadeAt, manifest.KeptUntil, manifest.Covers, manifest.Files.Count, digest, stamped,
                ActStatement.Digest(text), manifest.Previous, [.. findings.Take(MostFindings)]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException or PkiException)
        {
            return Unreadable(fault.Message);
        }

        ArchiveReport Unreadable(string why) => new(folder, ArchiveVerdict.NotReadable, null, null, null, null, null, 0, null, null, null, null, [why]);
    }

    private static string CheckSignature(string folder, byte[] manifest, string? key, List<string> findings)
    {
        var signer = SubjectPublicKeyInfo.Decode(Convert.FromBase64String(string.Concat(File.ReadAllLines(Path.Combine(folder, ArchiveFormat.SignerKey)).Where(line => !line.StartsWith('-')))));
        var digest = Convert.ToHexStringLower(Sm3.HashData(signer.RawData.Span));
        if (key is not null && key != digest)
        {
            findings.Add($"The package is signed by another key ({digest}) than the one expected.");
        }

        if (!signer.Verify(AlgorithmIdentifier.Sm2WithSm3, manifest, File.ReadAllBytes(Path.Combine(folder, ArchiveFormat.Signature))))
        {
            findings.Add("The signature over manifest.json does not verify: the manifest was changed.");
        }

        var certificate = Path.Combine(folder, ArchiveFormat.SignerCertificate);
        if (File.Exists(certificate) && !Certificate.Decode(File.ReadAllBytes(certificate)).PublicKey.Equals(signer))
        {
            findings.Add("signer.cer is for another key than signer.pub.");
        }

        return digest;
    }

    private static void CheckFiles(string folder, ArchiveManifest manifest, List<string> findings)
    {
        var files = Path.Combine(folder, ArchiveFormat.Files);
        var there = Directory.Exists(files)
            ? Directory.EnumerateFiles(files, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(files, path).Replace('\\', '/')).ToHashSet(StringComparer.Ordinal)
            : [];
        if (manifest.Files.Count > ArchiveFormat.MostFiles || !manifest.Files.All(file => ArchiveFormat.IsName(file.Name)) || manifest.Files.DistinctBy(file => file.Name).Count() != manifest.Files.Count)
        {
            findings.Add("The manifest names files that no package has.");
            return;
        }

        foreach (var file in manifest.Files)
        {
            if (!there.Remove(file.Name))
            {
                findings.Add($"{file.Name} is missing.");
                continue;
            }

            using var stream = File.OpenRead(Path.Combine(files, file.Name));
            using Sm3Hash leaf = new(), whole = new();
            leaf.AppendData([0]);
            var buffer = new byte[128 * 1024];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                leaf.AppendData(buffer.AsSpan(0, read));
                whole.AppendData(buffer.AsSpan(0, read));
            }

            var hash = new byte[Sm3.HashSizeInBytes];
            leaf.GetHashAndReset(hash);
            var sameLeaf = Convert.ToHexStringLower(hash) == file.Leaf;
            whole.GetHashAndReset(hash);
            if (!sameLeaf || stream.Length != file.Size || Convert.ToHexStringLower(hash) != file.Sm3)
            {
                findings.Add($"{file.Name} was changed.");
            }
        }

        findings.AddRange(there.Order(StringComparer.Ordinal).Select(name => $"{name} is in the folder and not in the manifest."));
        if (Convert.ToHexStringLower(ArchiveFormat.Root([.. manifest.Files.Select(file => Convert.FromHexString(file.Leaf))])) != manifest.Root)
        {
            findings.Add("The Merkle root is not the one over the files.");
        }
    }

    private static DateTimeOffset? CheckStamp(string folder, List<string> findings)
    {
        var path = Path.Combine(folder, ArchiveFormat.TimeStamp);
        if (!File.Exists(path))
        {
            return null;
        }

        if (TimeStampResponse.Decode(File.ReadAllBytes(path)).Token is not { } token || token.Verify(File.ReadAllBytes(Path.Combine(folder, ArchiveFormat.Signature)), []) is var verdict && verdict != TimeStampVerdict.Valid)
        {
            findings.Add("The time stamp does not hold over manifest.sig.");
            return null;
        }

        return token.Info.Time;
    }
}

/// <summary>A segment of a ledger in a package: its lines continue the tree over what came before, up to the last head, which the ledger's audit key has signed.</summary>
internal static class LedgerSegment
{
    public static void Check(string files, List<string> findings)
    {
        var start = JsonNode.Parse(File.ReadAllText(Path.Combine(files, "start.json")))!;
        var size = start["size"]!.GetValue<long>();
        var peaks = new List<(int Level, byte[] Hash)>();
        var levels = Enumerable.Range(0, 63).Where(level => (size >> level & 1) == 1).OrderDescending().ToList();
        var hashes = start["peaks"]!.AsArray().Select(hash => Convert.FromHexString(hash!.GetValue<string>())).ToList();
        if (levels.Count != hashes.Count)
        {
            findings.Add("start.json does not say the tree over what came before.");
            return;
        }

        peaks.AddRange(levels.Zip(hashes));
        foreach (var line in File.ReadLines(Path.Combine(files, "records.jsonl")))
        {
            ArchiveFormat.Push(peaks, RecordVerifier.Leaf(line));
            size++;
        }

        var key = SubjectPublicKeyInfo.Decode(Convert.FromBase64String(string.Concat(File.ReadAllLines(Path.Combine(files, "head-signer.pub")).Where(line => !line.StartsWith('-')))));
        if (!SignedHead.TryParse(File.ReadLines(Path.Combine(files, "heads.jsonl")).Last(), out var head) || head.Size != size || !head.IsSignedBy(key))
        {
            findings.Add("The last head of the segment does not cover it, or is not signed by head-signer.pub.");
        }
        else if (head.Root != Convert.ToHexStringLower(ArchiveFormat.Fold([.. peaks.Select(peak => peak.Hash)])))
        {
            findings.Add("The records do not lead to the root that the head signs.");
        }
    }
}
