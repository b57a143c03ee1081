using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Records;

// HUFU-PROOF 1: { format, record: the line, sequence, size, leaf, path: [hex], head: a line of heads.jsonl as an object, signer: SubjectPublicKeyInfo in base64, absent in older ones }
// The order of checks; the first that fails is the finding:
//   1 it is a proof: members, lengths, numbers                       not readable
//   2 the record is a line of a ledger with this number, and the leaf is its hash
//   3 the path leads from the leaf to the head's root (RFC 9162 2.1.3.2), the head being of this size
//   4 the head is one that is trusted already (anchors.Head), of the same size: same origin and root
//   5 the key is the head's, and the head's signature is its; the key is the one known from elsewhere (anchors.Key, anchors.Signer)

/// <summary>What whoever checks a proof knows from elsewhere.</summary>
public sealed record ProofAnchors
{
    /// <summary>Heads kept from earlier, or heard elsewhere; empty for none.</summary>
    public IReadOnlyList<SignedHead> Heads { get; init; } = [];

    /// <summary>The audit key.</summary>
    public SubjectPublicKeyInfo? Signer { get; init; }

    /// <summary>SM3 over the audit key's SubjectPublicKeyInfo, 64 hex digits.</summary>
    public string? Key { get; init; }

    internal bool Any => Heads.Count > 0 || Signer is not null || Key is not null;
}

/// <summary>What a check of a proof says.</summary>
/// <param name="Verdict">Whole, broken, or not readable (also: nothing given by which it could be decided).</param>
/// <param name="Message">In words.</param>
/// <param name="Record">The record's line, once it is known to be one.</param>
/// <param name="Head">The head that it leads to.</param>
/// <param name="Anchored">Whether head or key are known from elsewhere, so that it is no forgery from end to end.</param>
public sealed record ProofReport(LedgerVerdict Verdict, string Message, string? Record, SignedHead? Head, bool Anchored);

/// <summary>A proof of one record as a file, which is handed on and checked without the log.</summary>
public static class ProofFile
{
    /// <summary>The largest file that is read, bytes.</summary>
    public const int Limit = 4 * 1024 * 1024;

    private const string Title = "HUFU-PROOF 1";
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the file: UTF-8 JSON with a line feed at its end.</summary>
    /// <param name="line">The record's line.</param>
    /// <param name="proof">That it stands in the tree.</param>
    /// <param name="head">Whose tree.</param>
    /// <param name="signer">The audit key; null when it is not at hand.</param>
    public static byte[] Write(string line, InclusionProof proof, SignedHead head, SubjectPublicKeyInfo? signer)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(head);
        JsonObject text = new()
        {
            ["format"] = Title, ["record"] = line, ["sequence"] = proof.Sequence, ["size"] = proof.Size, ["leaf"] = Convert.ToHexStringLower(proof.Leaf),
            ["path"] = new JsonArray([.. proof.Path.Select(hash => (JsonNode)Convert.ToHexStringLower(hash))]), ["head"] = JsonNode.Parse(head.ToJson()),
        };
        if (signer is not null)
        {
            text["signer"] = Convert.ToBase64String(signer.RawData.Span);
        }

        return [.. JsonSerializer.SerializeToUtf8Bytes(text, Format), (byte)'\n'];
    }

    /// <summary>Checks a proof by itself and by what is known from elsewhere.</summary>
    /// <param name="file">The file's bytes, at most <see cref="Limit"/>.</param>
    /// <param name="anchors">What is known.</param>
    [Clause("6.6.1.4-d")]
    public static ProofReport Check(ReadOnlyMemory<byte> file, ProofAnchors anchors)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        if (Read(file) is not { } read)
        {
            return new ProofReport(LedgerVerdict.NotReadable, "This is no proof: a JSON file with format HUFU-PROOF 1 is looked for, as hufu audit prove and the auditor's page write it.", null, null, false);
        }

        var (line, proof, head, signer) = read;
        ProofReport Broken(string why) => new(LedgerVerdict.Broken, why, line, head, false);

        byte[] bytes = Encoding.UTF8.GetBytes(line);
        RecordFacts facts = default;
        if (!RecordFacts.TryRead(bytes, ref facts) || facts.Sequence != proof.Sequence)
        {
            return Broken($"The record is no line of a ledger with the number {proof.Sequence}.");
        }

        using Sm3Hash hash = new();
        hash.AppendData([0]);
        hash.AppendData(bytes);
        byte[] leaf = new byte[Sm3.HashSizeInBytes];
        hash.GetHashAndReset(leaf);
        if (!leaf.AsSpan().SequenceEqual(proof.Leaf))
        {
            return Broken("The record was changed: the leaf is not its hash.");
        }

        if (head.Size != proof.Size || !proof.Leads(Convert.FromHexString(head.Root)))
        {
            return Broken("The path does not lead from the record to the head's root.");
        }

        if (anchors.Heads.Count > 0)
        {
            if (anchors.Heads.Where(known => known.Origin == head.Origin && known.Size == head.Size).ToList() is not { Count: > 0 } same)
            {
                return new ProofReport(
                    LedgerVerdict.NotReadable, string.Create(CultureInfo.InvariantCulture, $"No head of '{head.Origin}' with the size {head.Size} was given; have the record proven for a head that you hold, or check by the key."), line, head, false);
            }

            if (same.Exists(known => known.Root != head.Root))
            {
                return Broken("The head is not the one that you hold: another root at the same size. One of the two logs was rewritten.");
            }
        }

        SubjectPublicKeyInfo? key = anchors.Signer ?? signer;
        if (key is null)
        {
            return anchors.Heads.Count > 0
                ? new ProofReport(LedgerVerdict.Whole, "The record stands in the log of the head that you hold.", line, head, true)
                : new ProofReport(LedgerVerdict.NotReadable, "The proof does not carry the audit key and none was given: give --signer (head-signer.cer or head-signer.pub) or --head.", line, head, false);
        }

        string digest = Convert.ToHexStringLower(Sm3.HashData(key.RawData.Span));
        if (digest != head.Key || (anchors.Key is { } expected && !string.Equals(expected, digest, StringComparison.OrdinalIgnoreCase)))
        {
            return Broken($"The head is signed by another key ({head.Key}) than the one that was given.");
        }

        return head.IsSignedBy(key)
            ? new ProofReport(LedgerVerdict.Whole, "The record stands in the log that this head signs.", line, head, anchors.Any)
            : Broken("The head's signature does not verify.");
    }

    private static (string Line, InclusionProof Proof, SignedHead Head, SubjectPublicKeyInfo? Signer)? Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length > Limit)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = 4 });
            JsonElement root = document.RootElement;
            if (root.GetProperty("format").GetString() != Title || root.GetProperty("path").GetArrayLength() > 63
                || !SignedHead.TryParse(JsonSerializer.Serialize(root.GetProperty("head"), JsonHead), out SignedHead? head))
            {
                return null;
            }

            InclusionProof proof = new(
                root.GetProperty("sequence").GetInt64(), root.GetProperty("size").GetInt64(), Hash(root.GetProperty("leaf")), [.. root.GetProperty("path").EnumerateArray().Select(Hash)]);
            SubjectPublicKeyInfo? signer = root.TryGetProperty("signer", out JsonElement key) ? SubjectPublicKeyInfo.Decode(key.GetBytesFromBase64()) : null;
            return root.GetProperty("record").GetString() is { } line ? (line, proof, head, signer) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or PkiException or CryptographicException)
        {
            return null;
        }
    }

    private static JsonSerializerOptions JsonHead { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static byte[] Hash(JsonElement text) => Convert.FromHexString(text.GetString()!) is { Length: Sm3.HashSizeInBytes } hash ? hash : throw new FormatException("No hash.");
}
