using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Messaging;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>A ledger's next segment with its heads and the edge of the tree before it. Its certificates may live as long as a holder's longest, so its period counts from that later.</summary>
internal sealed class LedgerSource(RoomContext context) : IArchiveSource
{
    private const int Page = LedgerFilter.MaxLimit;

    public string Class => "ledger";

    public async Task<ArchiveBatch?> CollectAsync(string? upto, CancellationToken ct)
    {
        var from = upto is null ? 0 : long.Parse(upto, System.Globalization.CultureInfo.InvariantCulture);
        var head = await context.Ledger.SignHeadAsync(ct).ConfigureAwait(false);
        if (head.Size <= from)
        {
            return null;
        }

        var peaks = from == 0 ? [] : await PeaksAsync(from, ct).ConfigureAwait(false);
        var start = new JsonObject { ["size"] = from, ["peaks"] = new JsonArray([.. peaks.Select(hash => (JsonNode)Convert.ToHexStringLower(hash))]) };
        var audit = Path.Combine(context.DataDirectory, "audit");
        var last = (await context.Ledger.SearchAsync(new LedgerFilter { Below = head.Size, Limit = 1 }, ct).ConfigureAwait(false))[0].Time;
        var items = new List<ArchiveItem>
        {
            new("records.jsonl", (stream, stop) => CopyAsync(stream, from, head.Size, stop)),
            ArchiveItem.Of("heads.jsonl", Encoding.UTF8.GetBytes(string.Concat(Heads(Path.Combine(audit, "heads.jsonl"), from, head).Select(line => line + "\n")))),
            ArchiveItem.Of("start.json", JsonSerializer.SerializeToUtf8Bytes(start)),
            ArchiveItem.Of("head-signer.pub", await File.ReadAllBytesAsync(Path.Combine(audit, "head-signer.pub"), ct).ConfigureAwait(false)),
            ArchiveItem.Of("readme.txt", await File.ReadAllBytesAsync(Path.Combine(audit, "README.txt"), ct).ConfigureAwait(false)),
        };
        return new ArchiveBatch(
            $"记录 {from} 至 {head.Size - 1} (records {from} to {head.Size - 1})", last, context.Policy.Values.LongestHolderLife.After(last), head.Size.ToString(System.Globalization.CultureInfo.InvariantCulture), items);
    }

    // The path of the last leaf of a tree holds the complete subtrees to its left, and what its own is made of.
    private async Task<IReadOnlyList<byte[]>> PeaksAsync(long size, CancellationToken ct)
    {
        var proof = await context.Ledger.ProveInclusionAsync(size - 1, size, ct).ConfigureAwait(false);
        var inner = System.Numerics.BitOperations.TrailingZeroCount(size);
        var own = proof.Path.Take(inner).Aggregate(proof.Leaf, (hash, left) => ArchiveFormat.Join(left, hash));
        return [.. proof.Path.Skip(inner).Reverse(), own];
    }

    private static IEnumerable<string> Heads(string file, long from, SignedHead last)
    {
        foreach (var line in File.ReadLines(file))
        {
            if (SignedHead.TryParse(line, out var head) && head.Size >= from && head.Size < last.Size)
            {
                yield return line;
            }
        }

        yield return last.ToJson();
    }

    private async Task CopyAsync(Stream stream, long from, long until, CancellationToken ct)
    {
        for (var at = from; at < until; at += Page)
        {
            var end = Math.Min(at + Page, until);
            foreach (var entry in (await context.Ledger.SearchAsync(new LedgerFilter { Below = end, Limit = (int)(end - at) }, ct).ConfigureAwait(false)).Reverse())
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(entry.Line + "\n"), ct).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>Entries of manual registers with their scans.</summary>
internal sealed class RegisterSource(RoomContext context) : IArchiveSource
{
    private const int Most = 5_000;

    public string Class => "registers";

    public async Task<ArchiveBatch?> CollectAsync(string? upto, CancellationToken ct)
    {
        var from = upto is null ? 0 : long.Parse(upto, System.Globalization.CultureInfo.InvariantCulture);
        var store = new RegisterStore(context.Identity.DataCipher("evidence"));
        var entries = await context.Database.ReadAsync(session => store.After(session, from, Most), ct).ConfigureAwait(false);
        if (entries.Count == 0)
        {
            return null;
        }

        var items = new List<ArchiveItem>
        {
            ArchiveItem.Of("entries.jsonl", Encoding.UTF8.GetBytes(string.Concat(entries.Select(read => JsonSerializer.Serialize(read.Entry, ContractJson.Options) + "\n")))),
        };
        items.AddRange(entries.SelectMany(read => read.Entry.Scans).Where(scan => scan.Here).DistinctBy(scan => scan.Digest).Select(scan => new ArchiveItem(
            $"scans/{scan.Digest}", async (stream, stop) => await stream.WriteAsync(await context.Evidence.GetAsync(scan.Digest, stop).ConfigureAwait(false), stop).ConfigureAwait(false))));
        var last = entries[^1].Entry.At;
        return new ArchiveBatch($"手工记录 {entries[0].Entry.Id} 至 {entries[^1].Entry.Id}，共 {entries.Count} 条 ({entries.Count} entries)", last, last, entries[^1].Number.ToString(System.Globalization.CultureInfo.InvariantCulture), items);
    }
}

/// <summary>Monthly summaries with their signatures.</summary>
internal sealed class ReviewSource(RoomContext context) : IArchiveSource
{
    public string Class => "reviews";

    public async Task<ArchiveBatch?> CollectAsync(string? upto, CancellationToken ct)
    {
        var from = upto is null ? 0 : long.Parse(upto, System.Globalization.CultureInfo.InvariantCulture);
        var rows = await context.Database.ReadAsync(
            session => session.Query<Row>("SELECT ledger, month, at, summary, signature FROM hosting_audit_months WHERE at > @from ORDER BY at LIMIT 1000", new { from }), ct).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return null;
        }

        var items = rows.SelectMany(row => new[]
        {
            new ArchiveItem($"{row.Ledger}-{row.Month}.pdf", async (stream, stop) => await stream.WriteAsync(await context.Evidence.GetAsync(row.Summary, stop).ConfigureAwait(false), stop).ConfigureAwait(false)),
            ArchiveItem.Of($"{row.Ledger}-{row.Month}.p7s", row.Signature),
        }).ToList();
        var last = DateTimeOffset.FromUnixTimeMilliseconds(rows[^1].At);
        return new ArchiveBatch($"月度审计总结 {rows.Count} 份 ({rows.Count} monthly summaries)", last, last, rows[^1].At.ToString(System.Globalization.CultureInfo.InvariantCulture), items);
    }

    private sealed record Row(string Ledger, string Month, long At, string Summary, byte[] Signature);
}

/// <summary>The transcript of ceremonies, whole each time that a step has come.</summary>
internal sealed class CeremonySource(RoomContext context) : IArchiveSource
{
    public string Class => "ceremonies";

    public async Task<ArchiveBatch?> CollectAsync(string? upto, CancellationToken ct)
    {
        var steps = await context.Database.ReadAsync(CeremonyDesk.Steps, ct).ConfigureAwait(false);
        var number = steps.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return steps.Count == 0 || number == upto
            ? null
            : new ArchiveBatch($"密钥仪式 {number} 步 ({number} steps)", steps[^1].Time, steps[^1].Time, number,
                [ArchiveItem.Of("transcript.jsonl", Encoding.UTF8.GetBytes(string.Concat(steps.Select(step => JsonSerializer.Serialize(step, ContractJson.Options) + "\n"))))]);
    }
}

/// <summary>The policy files in force, each time that they have changed.</summary>
internal sealed class PolicySource(RoomContext context) : IArchiveSource
{
    public string Class => "policy";

    public Task<ArchiveBatch?> CollectAsync(string? upto, CancellationToken ct)
    {
        if (upto == context.Policy.Digest)
        {
            return Task.FromResult<ArchiveBatch?>(null);
        }

        var folder = context.Policy.Directory;
        var items = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => (Path: path, Name: Path.GetRelativePath(folder, path).Replace('\\', '/')))
            .Where(file => ArchiveFormat.IsName(file.Name)).Select(file => ArchiveItem.Of(file.Name, File.ReadAllBytes(file.Path))).ToList();
        var now = context.Clock.GetUtcNow();
        return Task.FromResult<ArchiveBatch?>(new ArchiveBatch($"策略 {context.Policy.Digest} (policy)", now, now, context.Policy.Digest, items));
    }
}
