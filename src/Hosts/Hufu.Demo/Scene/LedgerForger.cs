using System.Text;
using System.Text.Json.Nodes;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Demo.Scene;

/// <summary>
/// What a database administrator with full rights and a key of their own could do to a copy of a ledger: rewrite all of it so that every record, link and head fits again. Only somebody
/// who kept an older head can tell.
/// </summary>
internal static class LedgerForger
{
    /// <summary>Rewrites the ledger in a folder: a record is changed, all links, the key and the heads are made anew.</summary>
    /// <returns>The number of the record that was changed.</returns>
    public static int Forge(string directory)
    {
        using var key = Sm2PrivateKey.Generate();
        var publicKey = SubjectPublicKeyInfo.FromSm2(key.PublicKey);
        var lines = File.ReadAllLines(Path.Combine(directory, "records.jsonl"));
        var victim = Array.FindIndex(lines, 1, line => !line.Contains("\"statement\":", StringComparison.Ordinal) && !line.Contains("certificate.seen", StringComparison.Ordinal));
        lines[0] = ReplaceMember(lines[0], "auditKey", Convert.ToBase64String(publicKey.RawData.Span));
        lines[victim] = lines[victim].Replace("\"outcome\":\"done\"", "\"outcome\":\"refused\"", StringComparison.Ordinal);
        var leaves = new List<byte[]>(lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            if (i > 0)
            {
                lines[i] = ReplaceMember(lines[i], "previous", Convert.ToHexStringLower(leaves[i - 1]));
            }

            leaves.Add(Sm3.HashData([0, .. Encoding.UTF8.GetBytes(lines[i])]));
        }

        Write(directory, "records.jsonl", lines);
        Write(directory, "heads.jsonl", File.ReadAllLines(Path.Combine(directory, "heads.jsonl")).Select(line => Head(line, leaves, key, publicKey)));
        File.Delete(Path.Combine(directory, "head-signer.cer"));
        var pem = Convert.ToBase64String(publicKey.RawData.Span, Base64FormattingOptions.InsertLineBreaks).ReplaceLineEndings("\n");
        File.WriteAllText(Path.Combine(directory, "head-signer.pub"), $"-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n");
        return victim;
    }

    private static string Head(string line, List<byte[]> leaves, Sm2PrivateKey key, SubjectPublicKeyInfo publicKey)
    {
        var head = JsonNode.Parse(line)!.AsObject();
        var (origin, size, time) = ((string)head["origin"]!, (int)head["size"]!, (string)head["time"]!);
        var root = Convert.ToHexStringLower(Root(leaves, 0, size));
        var id = Convert.ToHexStringLower(Sm3.HashData(publicKey.RawData.Span));
        var signature = new byte[Sm2.SignatureSize];
        key.SignData(Sm2.DefaultId, Encoding.UTF8.GetBytes($"HUFU-HEAD 1\norigin: {origin}\nsize: {size}\nroot: {root}\ntime: {time}\nkey: {id}\n"), signature);
        var forged = ReplaceMember(ReplaceMember(line, "root", root), "key", id);
        return ReplaceMember(forged, "signature", Convert.ToBase64String(Sm2SignatureValue.Encode(signature)));
    }

    // RFC 9162 2.1.1: the largest power of two smaller than n splits the list.
    private static byte[] Root(List<byte[]> leaves, int from, int count)
    {
        if (count <= 1)
        {
            return count == 0 ? Sm3.HashData([]) : leaves[from];
        }

        var left = 1;
        while (left * 2 < count)
        {
            left *= 2;
        }

        return Sm3.HashData([1, .. Root(leaves, from, left), .. Root(leaves, from + left, count - left)]);
    }

    private static string ReplaceMember(string line, string name, string value)
    {
        var start = line.LastIndexOf($"\"{name}\":\"", StringComparison.Ordinal) + name.Length + 4;
        return line[..start] + value + line[line.IndexOf('"', start)..];
    }

    private static void Write(string directory, string name, IEnumerable<string> lines) => File.WriteAllText(Path.Combine(directory, name), string.Concat(lines.Select(line => line + "\n")));
}
