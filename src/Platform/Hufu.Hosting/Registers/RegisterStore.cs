using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>Entries of manual registers in the room's database; private fields sealed under its device.</summary>
internal sealed class RegisterStore(IDataCipher cipher)
{
    private const string Columns = "SELECT number, type, place, person, at, fields, sealed, paper_at, corrects FROM hosting_register_entries";

    public static string IdOf(string type, long place) => $"{type}-{place}";

    public static long? PlaceOf(string type, string id) => id.StartsWith(type + "-", StringComparison.Ordinal) && long.TryParse(id.AsSpan(type.Length + 1), out var place) ? place : null;

    public static bool Exists(Session session, string type, long place) =>
        session.Scalar<long>("SELECT count(*) FROM hosting_register_entries WHERE type = @type AND place = @place", new { type, place }) > 0;

    public RegisterEntry Add(Session session, string type, NewRegisterEntry entry, IReadOnlySet<string> privateFields, string person, long at)
    {
        var place = session.Scalar<long>("SELECT coalesce(max(place), 0) + 1 FROM hosting_register_entries WHERE type = @type", new { type });
        var given = entry.Fields.Where(field => field.Value.Trim().Length > 0).ToDictionary(field => field.Key, field => field.Value.Trim(), StringComparer.Ordinal);
        var closed = given.Where(field => privateFields.Contains(field.Key)).ToDictionary();
        session.Execute(
            "INSERT INTO hosting_register_entries (type, place, person, at, fields, sealed, paper_at, corrects) VALUES (@type, @place, @person, @at, @fields, @closed, @paper, @corrects)",
            new
            {
                type, place, person, at, fields = Json(given.Where(field => !privateFields.Contains(field.Key)).ToDictionary()),
                closed = closed.Count == 0 ? null : cipher.Seal(Encoding.UTF8.GetBytes(Json(closed)), Binding(type, place)), paper = entry.PaperAt?.Trim(), corrects = entry.Corrects is { } old ? PlaceOf(type, old) : null,
            });
        session.ExecuteMany("INSERT INTO hosting_register_scans (digest, type, place) VALUES (@Digest, @Type, @Place)", entry.Scans.Select(digest => new ScanPlace(digest, type, place)).ToList());
        return new RegisterEntry(IdOf(type, place), type, person, DateTimeOffset.FromUnixTimeMilliseconds(at), given, entry.PaperAt?.Trim(), [.. entry.Scans.Select(digest => new RegisterScan(digest, false, null, 0))], entry.Corrects, null);
    }

    /// <summary>Entries, the newest first.</summary>
    public IReadOnlyList<(long Place, RegisterEntry Entry)> Page(Session session, string type, RegisterQuery query) =>
        Read(session, session.Query<Row>(
            $"{Columns} WHERE type = @type AND place < @below AND at >= @from AND at < @until ORDER BY place DESC LIMIT @limit",
            new
            {
                type, below = query.Below ?? long.MaxValue, from = query.From?.ToUnixTimeMilliseconds() ?? 0, until = query.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue, limit = query.Limit,
            }));

    /// <summary>Entries of every register after a number, in their order.</summary>
    public IReadOnlyList<(long Number, RegisterEntry Entry)> After(Session session, long number, int limit)
    {
        var rows = session.Query<Row>($"{Columns} WHERE number > @number ORDER BY number LIMIT @limit", new { number, limit });
        return [.. rows.Zip(Read(session, rows), (row, read) => (row.Number, read.Entry))];
    }

    /// <summary>Takes note that a scan has arrived.</summary>
    /// <returns>False when no entry has named it.</returns>
    public static bool Arrived(Session session, EvidenceRef kept) =>
        session.Execute("UPDATE hosting_register_scans SET media_type = @type, size = @size WHERE digest = @digest", new { type = kept.MediaType, size = (long)kept.Size, digest = kept.Digest }) > 0;

    /// <summary>The types of register whose entries name a scan.</summary>
    public static IReadOnlyList<string> NamedBy(Session session, string digest) => session.Query<string>("SELECT DISTINCT type FROM hosting_register_scans WHERE digest = @digest LIMIT 40", new { digest });

    private IReadOnlyList<(long Place, RegisterEntry Entry)> Read(Session session, IReadOnlyList<Row> rows) =>
    [
        .. rows.Select(row =>
        {
            var fields = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Fields, ContractJson.Options)!;
            if (row.Sealed is { } closed)
            {
                foreach (var (name, text) in JsonSerializer.Deserialize<Dictionary<string, string>>(cipher.Open(closed, Binding(row.Type, row.Place)), ContractJson.Options)!)
                {
                    fields[name] = text;
                }
            }

            var scans = session.Query<ScanRow>("SELECT digest, media_type, size FROM hosting_register_scans WHERE type = @Type AND place = @Place ORDER BY digest", new { row.Type, row.Place });
            var corrected = session.QueryFirst<long?>("SELECT place FROM hosting_register_entries WHERE type = @Type AND corrects = @Place ORDER BY place DESC LIMIT 1", new { row.Type, row.Place });
            return (row.Place, new RegisterEntry(
                IdOf(row.Type, row.Place), row.Type, row.Person, DateTimeOffset.FromUnixTimeMilliseconds(row.At), fields, row.PaperAt,
                [.. scans.Select(scan => new RegisterScan(scan.Digest, scan.MediaType is not null, scan.MediaType, (int)scan.Size))],
                row.Corrects is { } old ? IdOf(row.Type, old) : null, corrected is { } later ? IdOf(row.Type, later) : null));
        }),
    ];

    private static byte[] Binding(string type, long place) => Encoding.UTF8.GetBytes($"register/{IdOf(type, place)}");

    private static string Json(Dictionary<string, string> fields) => JsonSerializer.Serialize(fields, ContractJson.Options);

    private sealed record ScanPlace(string Digest, string Type, long Place);

    private sealed record ScanRow(string Digest, string? MediaType, long Size);

    private sealed record Row(long Number, string Type, long Place, string Person, long At, string Fields, byte[]? Sealed, string? PaperAt, long? Corrects);
}
