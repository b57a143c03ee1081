using System.Globalization;
using System.Text;
using System.Text.Json;
using Hufu.Ca.Crls;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;

namespace Hufu.Ca.Archiving;

/// <summary>
/// Every certificate that was issued, in the order of issue: <c>certificates/NNNN.pem</c> with 10,000 each and one line of <c>index.jsonl</c> for each. Kept from the end of the last of them (6.6.1.5-b). The last ten
/// minutes wait for the next package: what is being committed while a package is made cannot fall between two. What is issued while the clock runs behind its own past by more than that is in no package; the
/// ledger has it.
/// </summary>
internal sealed class CertificateSource(RoomContext context) : IArchiveSource
{
    private const int APiece = 10_000;
    private const int APage = 1_000;

    /// <summary>At most so many certificates a package; the next one goes on.</summary>
    internal const int Most = 200_000;

    internal static readonly TimeSpan Settled = TimeSpan.FromMinutes(10);

    private const string After = "issued_at >= @AtTime AND (issued_at > @AtTime OR issuer > @AtIssuer OR (issuer = @AtIssuer AND serial > @AtSerial))";

    public string Class => "certificates";

    [Clause("6.6.2.3-a")]
    public async Task<ArchiveBatch?> CollectAsync(string? upto, CancellationToken ct)
    {
        var from = Place.Parse(upto);
        var until = (context.Clock.GetUtcNow() - Settled).ToUnixTimeMilliseconds();
        var (last, count, ends) = await context.Database.ReadAsync(
            session =>
            {
                var bounds = new { from.AtTime, from.AtIssuer, from.AtSerial, Until = until, Most };
                var found = session.QueryFirst<Sums>(
                    $"SELECT count(*) AS certificates, coalesce(max(not_after), 0) AS ends FROM (SELECT not_after FROM ca_certificates WHERE {After} AND issued_at <= @Until ORDER BY issued_at, issuer, serial LIMIT @Most) AS batch", bounds)!;
                return found.Certificates == 0
                    ? (from, 0, 0)
                    : (session.QueryFirst<Place>(
                        $"SELECT issued_at AS at_time, issuer AS at_issuer, serial AS at_serial FROM ca_certificates WHERE {After} AND issued_at <= @Until ORDER BY issued_at, issuer, serial LIMIT 1 OFFSET @Skip",
                        new { from.AtTime, from.AtIssuer, from.AtSerial, Until = until, Skip = found.Certificates - 1 })!, (int)found.Certificates, found.Ends);
            },
            ct).ConfigureAwait(false);
        if (count == 0)
        {
            return null;
        }

        // Each piece begins where the one before it has ended: pieces are written in the order of their names, the index last of all by its name.
        var at = from;
        var index = new MemoryStream();
        var items = Enumerable.Range(0, (count + APiece - 1) / APiece).Select(piece => new ArchiveItem(
            string.Create(CultureInfo.InvariantCulture, $"certificates/{piece + 1:D4}.pem"),
            async (stream, stop) => at = await WriteAsync(stream, index, at, Math.Min(APiece, count - (piece * APiece)), stop).ConfigureAwait(false))).ToList();
        items.Add(new ArchiveItem("index.jsonl", async (stream, stop) =>
        {
            index.Position = 0;
            await index.CopyToAsync(stream, stop).ConfigureAwait(false);
        }));
        var covered = DateTimeOffset.FromUnixTimeMilliseconds(last.AtTime);
        return new ArchiveBatch($"证书 {count} 张，签发至 {context.Policy.Values.LocalText(covered)} ({count} certificates)", covered, DateTimeOffset.FromUnixTimeMilliseconds(ends), last.ToString(), items);
    }

    private async Task<Place> WriteAsync(Stream stream, Stream index, Place at, int count, CancellationToken ct)
    {
        for (var left = count; left > 0;)
        {
            var rows = await context.Database.ReadAsync(
                session => session.Query<Row>(
                    $"SELECT issuer, serial, kind, profile, not_before, not_after, issued_at, der FROM ca_certificates WHERE {After} ORDER BY issued_at, issuer, serial LIMIT @Limit",
                    new { at.AtTime, at.AtIssuer, at.AtSerial, Limit = Math.Min(left, APage) }),
                ct).ConfigureAwait(false);
            foreach (var row in rows)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(Pem.Encode("CERTIFICATE", row.Der)), ct).ConfigureAwait(false);
                await index.WriteAsync(
                    JsonSerializer.SerializeToUtf8Bytes(
                        new { row.Issuer, row.Serial, row.Kind, row.Profile, notBefore = Time(row.NotBefore), notAfter = Time(row.NotAfter), issuedAt = Time(row.IssuedAt), sm3 = ActStatement.Digest(row.Der) }, ContractJson.Options), ct).ConfigureAwait(false);
                index.WriteByte((byte)'\n');
            }

            at = rows.Count > 0 ? new Place(rows[^1].IssuedAt, rows[^1].Issuer, rows[^1].Serial) : throw new InvalidOperationException("Certificates have gone while they were being archived.");
            left -= rows.Count;
        }

        return at;
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private sealed record Sums(long Certificates, long Ends);

    private sealed record Row(string Issuer, string Serial, string Kind, string Profile, long NotBefore, long NotAfter, long IssuedAt, byte[] Der);

    /// <summary>The last certificate of a package.</summary>
    private sealed record Place(long AtTime, string AtIssuer, string AtSerial)
    {
        public static Place Parse(string? text) => text?.Split(' ') is [var time, var issuer, var serial] ? new Place(long.Parse(time, CultureInfo.InvariantCulture), issuer, serial) : new Place(0, "", "");

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{AtTime} {AtIssuer} {AtSerial}");
    }
}

/// <summary>
/// Every CRL that was signed, as DER, with a line of <c>crls.jsonl</c> each; one whose file was deleted before a package was made (30 days after its nextUpdate, by policy) has its line and digest with
/// <c>file: null</c>. Kept from when the last of the certificates that it can speak of has ended.
/// </summary>
internal sealed class CrlSource(RoomContext context) : IArchiveSource
{
    private const int APiece = 1 << 20;

    /// <summary>At most so many CRLs a package; the next one goes on.</summary>
    private const int Most = 20_000;

    public string Class => "crls";

    [Clause("6.6.1.5-a")]
    public async Task<ArchiveBatch?> CollectAsync(string? upto, CancellationToken ct)
    {
        var (time, issuer, scope, number) = upto?.Split(' ') is [var t, var i, var s, var n] ? (long.Parse(t, CultureInfo.InvariantCulture), i, s.TrimStart('='), long.Parse(n, CultureInfo.InvariantCulture)) : (0, "", "", 0);
        var rows = await context.Database.ReadAsync(
            session => session.Query<CrlRow>(
                """
                SELECT issuer, scope, number, kind, base, regular, this_update, next_update, entries, length, digest, events, file FROM ca_crls
                WHERE this_update >= @time AND this_update <= @until
                  AND (this_update > @time OR issuer > @issuer OR (issuer = @issuer AND (scope > @scope OR (scope = @scope AND number > @number))))
                ORDER BY this_update, issuer, scope, number LIMIT @Most
                """,
                new { time, issuer, scope, number, until = (context.Clock.GetUtcNow() - CertificateSource.Settled).ToUnixTimeMilliseconds(), Most }),
            ct).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return null;
        }

        var lines = new StringBuilder();
        var items = new List<ArchiveItem>();
        foreach (var row in rows)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{row.Issuer}/{(row.Scope.Length == 0 ? "all" : row.Scope)}/{row.Number:D8}.crl");
            var der = row.File is null ? await context.Database.ReadAsync(session => CrlStore.Der(session, row), ct).ConfigureAwait(false) : null;
            var path = row.File is { } file ? Path.Combine(context.DataDirectory, "crls", file) : null;
            var here = der is not null || (path is not null && File.Exists(path));
            lines.Append(JsonSerializer.Serialize(
                new
                {
                    row.Issuer, row.Scope, row.Number, row.Kind, thisUpdate = DateTimeOffset.FromUnixTimeMilliseconds(row.ThisUpdate), nextUpdate = DateTimeOffset.FromUnixTimeMilliseconds(row.NextUpdate), row.Entries, row.Length,
                    sm3 = row.Digest, file = here ? name : null,
                },
                Lines)).Append('\n');
            if (here)
            {
                items.Add(der is not null ? ArchiveItem.Of(name, der) : new ArchiveItem(name, (stream, stop) => CopyAsync(path!, stream, stop)));
            }
        }

        items.Add(ArchiveItem.Of("crls.jsonl", Encoding.UTF8.GetBytes(lines.ToString())));
        var last = rows[^1];
        var at = DateTimeOffset.FromUnixTimeMilliseconds(last.ThisUpdate);
        return new ArchiveBatch(
            $"撤销列表 {rows.Count} 份，至 {context.Policy.Values.LocalText(at)} ({rows.Count} CRLs)", at, context.Policy.Values.LongestHolderLife.After(at),
            string.Create(CultureInfo.InvariantCulture, $"{last.ThisUpdate} {last.Issuer} ={last.Scope} {last.Number}"), items);
    }

    private static JsonSerializerOptions Lines { get; } = new(ContractJson.Options) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.Never };

    private static async Task CopyAsync(string path, Stream stream, CancellationToken ct)
    {
        using var file = Crls.CrlFile.Open(path);
        for (long at = 0; at < file.Length; at += APiece)
        {
            await stream.WriteAsync(file.Piece(at, APiece), ct).ConfigureAwait(false);
        }
    }
}
