using System.Text;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Modules.Tests.Records;

/// <summary>What somebody with full rights on the files can do to them; with <see cref="Rewrite"/> also somebody who can sign heads.</summary>
internal sealed class LogForger
{
    private readonly string folder;

    internal LogForger(string source, string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }

    internal string Folder => folder;

    private string Records => Path.Combine(folder, "records.jsonl");

    private string Heads => Path.Combine(folder, "heads.jsonl");

    internal int Count => Lines().Count;

    internal List<string> Lines() => Read(Records);

    internal List<string> HeadLines() => Read(Heads);

    internal void SetLines(IEnumerable<string> lines) => Write(Records, lines);

    internal void SetHeads(IEnumerable<string> lines) => Write(Heads, lines);

    internal void Edit(Action<List<string>> change)
    {
        List<string> lines = Lines();
        change(lines);
        SetLines(lines);
    }

    internal byte[] Bytes
    {
        get => File.ReadAllBytes(Records);
        set => File.WriteAllBytes(Records, value);
    }

    internal byte[] HeadBytes
    {
        get => File.ReadAllBytes(Heads);
        set => File.WriteAllBytes(Heads, value);
    }

    /// <summary>Makes numbers, references and heads agree again after records were changed: a log that is consistent in itself.</summary>
    internal void Rewrite(ISigner signer)
    {
        List<SignedHead> heads = [.. HeadLines().Select(l => SignedHead.TryParse(l, out SignedHead? head) ? head : throw new FormatException())];
        List<string> lines = Lines();
        string previous = new('0', 64);
        var roots = new List<string>();
        var tree = new RunningTree();
        for (int i = 0; i < lines.Count; i++)
        {
            int from = lines[i].LastIndexOf("\"sequence\":", StringComparison.Ordinal);
            int until = lines[i].LastIndexOf("\"previous\":\"", StringComparison.Ordinal) + 12 + 65;
            lines[i] = $"{lines[i][..from]}\"sequence\":{i},\"previous\":\"{previous}\"{lines[i][until..]}";
            byte[] leaf = Sm3.HashData([0, .. Encoding.UTF8.GetBytes(lines[i])]);
            previous = Convert.ToHexStringLower(leaf);
            tree.Add(leaf);
            roots.Add(Convert.ToHexStringLower(tree.Root()));
        }

        SetLines(lines);
        var rewritten = new List<string>();
        foreach (SignedHead head in heads.Where(h => h.Size <= lines.Count))
        {
            SignedHead next = head with { Root = roots[(int)head.Size - 1], Key = Convert.ToHexStringLower(Sm3.HashData(signer.PublicKey.RawData.Span)) };
            rewritten.Add((next with { Signature = signer.Sign(Encoding.UTF8.GetBytes(next.SignedText())) }).ToJson());
        }

        SetHeads(rewritten);
    }

    private static List<string> Read(string path) => [.. File.ReadAllText(path).Split('\n')[..^1]];

    private static void Write(string path, IEnumerable<string> lines) => File.WriteAllText(path, string.Concat(lines.Select(l => l + "\n")));
}
