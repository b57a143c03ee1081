using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Governance;
using Hufu.Ra.Applications;
using Hufu.Records;

namespace Hufu.Ra.Batches;

/// <summary>批量申请: a clerk registers the file by its digest; the organisation's authorisation and the file itself follow; then its lines are taken one by one.</summary>
internal sealed class OpenBatch(RaDesk desk, BatchWorker worker)
{
    /// <summary>The largest file, in bytes.</summary>
    public const int FileLimit = 16 * 1024 * 1024;

    /// <summary>Column of the PKCS#10 request, base64 or PEM.</summary>
    public const string RequestColumn = "request";

    /// <summary>Column of the challenge phrase; may be left out.</summary>
    public const string PhraseColumn = "challengePhrase";

    private static readonly Dictionary<string, string> Labels = new(StringComparer.OrdinalIgnoreCase) { ["证书请求"] = RequestColumn, ["挑战语"] = PhraseColumn, ["PKCS#10"] = RequestColumn };

    [Clause("6.2.1.2-a")]
    public Task<BatchOpened> RunAsync(ActRequest request, CancellationToken ct)
    {
        var (token, digest) = AccessToken.Make();
        var id = "B" + SecureRandom.NewId();
        return desk.Context.Acts.RunAsync<NewBatch, BatchOpened>(
            request,
            ActNames.RaBatchOpen,
            Expected,
            (session, act, asked) =>
            {
                var profile = desk.HolderProfile(asked.Profile);
                session.Execute(
                    """
                    INSERT INTO ra_batches (id, token_digest, profile, organisation, office, clerk, file_digest, agreement_version, publish, state, opened_at)
                    VALUES (@Id, @Digest, @Profile, @Organisation, @Office, @Clerk, @FileDigest, @AgreementVersion, @Publish, @Open, @Now)
                    """,
                    new
                    {
                        Id = id, Digest = digest, asked.Profile, asked.Organisation, Office = RaDesk.OfficeOf(session, act.Person.PersonId), Clerk = act.Person.PersonId, asked.FileDigest,
                        asked.AgreementVersion, asked.Publish, BatchState.Open, desk.Now,
                    });
                act.Detail["batch"] = id;
                return new BatchOpened(
                    id, token, [.. profile.Fields.Where(field => field.Required).Select(field => field.Name), RequestColumn],
                    [.. profile.Fields.Where(field => !field.Required).Select(field => field.Name), PhraseColumn], Wanted(profile.Id));
            },
            ct);
    }

    private ExpectedAct Expected(NewBatch asked)
    {
        desk.Agreement.MustBeAccepted(asked.AgreementVersion, asked.AgreementAccepted);
        var profile = desk.HolderProfile(asked.Profile);
        if (!desk.Form(profile.Id).Channels.Contains(ApplicationChannel.Batch) || asked.Organisation.Trim().Length is 0 or > 100 || asked.FileDigest.Length != 64
            || !asked.FileDigest.All(char.IsAsciiHexDigitLower))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A type that is applied for in batches, the organisation (1 to 100 characters), SM3 of the file in hex.", "profile");
        }

        return new ExpectedAct(ActNames.RaBatchOpen, $"batch/{asked.FileDigest}");
    }

    /// <summary>Takes the organisation's paper.</summary>
    public async Task<EvidenceStored> StoreEvidenceAsync(string id, string kind, string? authorization, Func<CancellationToken, Task<byte[]>> read, CancellationToken ct)
    {
        var batch = await desk.Context.Database.ReadAsync(session => Open(session, id, authorization), ct);
        if (!Wanted(batch.Profile).Contains(kind))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A batch of this type has no such paper.", "kind");
        }

        var kept = await desk.KeepPaperAsync(await read(ct), kind, ct);
        await desk.Context.Database.WriteAsync(
            session =>
            {
                Open(session, id, authorization);
                session.Execute(
                    """
                    INSERT INTO ra_evidence (application, kind, digest, size, media_type, stored_at) VALUES (@Id, @Kind, @Digest, @Size, @MediaType, @Now)
                    ON CONFLICT (application, kind) DO UPDATE SET digest = excluded.digest, size = excluded.size, media_type = excluded.media_type, stored_at = excluded.stored_at
                    """,
                    new { Id = id, Kind = kind, kept.Digest, kept.Size, kept.MediaType, desk.Now });
                Record(session, id, "ra.batch.evidence", new JsonObject { ["kind"] = kind, ["digest"] = kept.Digest });
            },
            ct);
        return new EvidenceStored(kind, kept.Digest, kept.Size, kept.MediaType);
    }

    /// <summary>Takes the file that the clerk has signed for; refused as a whole when it is another, or cannot be read. Its lines are taken in the background.</summary>
    public async Task<BatchProgress> StoreFileAsync(string id, string? authorization, Func<CancellationToken, Task<byte[]>> read, CancellationToken ct)
    {
        var batch = await desk.Context.Database.ReadAsync(session => Open(session, id, authorization), ct);
        var content = await read(ct);
        if (ActStatement.Digest(content) != batch.FileDigest)
        {
            throw new RefusedException(RefusalCode.StatementMismatch, "It is not the file that the clerk has signed for.", "file");
        }

        var rows = SheetFile.Read(content);
        var columns = Columns(desk.HolderProfile(batch.Profile), rows[0].Cells);
        var lines = rows.Skip(1).Select(row => (row.Line, Data: Seal(id, row.Line, columns, row.Cells))).ToList();
        var progress = await desk.Context.Database.WriteAsync(
            session =>
            {
                Open(session, id, authorization);
                var there = PaperStore.Digests(session, id);
                if (Wanted(batch.Profile).FirstOrDefault(kind => !there.ContainsKey(kind)) is { } missing)
                {
                    throw new RefusedException(RefusalCode.EvidenceMissing, missing, "evidence");
                }

                foreach (var (line, data) in lines)
                {
                    session.Execute("INSERT INTO ra_batch_lines (batch, line, state, data) VALUES (@Id, @Line, 'waiting', @Data)", new { Id = id, Line = line, Data = data });
                }

                session.Execute("UPDATE ra_batches SET state = @Running, lines = @Lines WHERE id = @Id", new { BatchState.Running, Lines = lines.Count, Id = id });
                Record(session, id, "ra.batch.file", new JsonObject { ["digest"] = batch.FileDigest, ["lines"] = lines.Count });
                return new BatchProgress(id, BatchState.Running, lines.Count, 0, 0);
            },
            ct);
        worker.Wake();
        return progress;
    }

    public Task<BatchProgress> ReadAsync(string id, string? authorization, CancellationToken ct) => desk.Context.Database.ReadAsync(
        session =>
        {
            var batch = BatchRow.Get(session, id);
            AccessToken.MustMatch(batch.TokenDigest, authorization);
            return new BatchProgress(id, batch.State, batch.Lines, Count(session, id, "taken"), Count(session, id, "refused"));
        },
        ct);

    public Task<IReadOnlyList<BatchLine>> ReportAsync(string id, string? authorization, long after, bool refused, CancellationToken ct) => desk.Context.Database.ReadAsync<IReadOnlyList<BatchLine>>(
        session =>
        {
            AccessToken.MustMatch(BatchRow.Get(session, id).TokenDigest, authorization);
            return
            [
                .. session.Query<LineRow>(
                    $"SELECT line, application, submitted, code, field, what FROM ra_batch_lines WHERE batch = @Id AND line > @After AND state {(refused ? "= 'refused'" : "<> 'waiting'")} ORDER BY line LIMIT 500",
                    new { Id = id, After = after }).Select(line => new BatchLine(line.Line, line.Application, line.Submitted, line.Code, line.Field, line.What)),
            ];
        },
        ct);

    private static long Count(Session session, string id, string state) =>
        session.Scalar<long>("SELECT COUNT(*) FROM ra_batch_lines WHERE batch = @Id AND state = @State", new { Id = id, State = state });

    private List<string> Wanted(string profile) => [.. desk.Form(profile).Documents.Where(paper => paper.Batch).Select(paper => paper.Id)];

    private static BatchRow Open(Session session, string id, string? authorization)
    {
        var batch = BatchRow.Get(session, id);
        AccessToken.MustMatch(batch.TokenDigest, authorization);
        return batch.State == BatchState.Open ? batch : throw new RefusedException(RefusalCode.StateWrong, "The batch has its file.", "id");
    }

    private static List<string> Columns(CertificateProfile profile, IReadOnlyList<string> names)
    {
        var columns = names.Select(name => name.Length == 0 ? "" : Name(profile, name) ?? throw new RefusedException(RefusalCode.FieldInvalid, $"The form has no column '{name[..Math.Min(name.Length, 40)]}'.", "file")).ToList();
        return columns.Where(name => name.Length > 0).Distinct().Count() != columns.Count(name => name.Length > 0)
            ? throw new RefusedException(RefusalCode.FieldInvalid, "A column stands there twice.", "file")
            : profile.Fields.Where(field => field.Required).Select(field => field.Name).Append(RequestColumn).FirstOrDefault(name => !columns.Contains(name)) is { } missing
                ? throw new RefusedException(RefusalCode.FieldMissing, $"The file has no column '{missing}'.", "file")
                : columns;
    }

    private static string? Name(CertificateProfile profile, string name) =>
        profile.Fields.FirstOrDefault(field => field.Name == name || field.Zh == name || string.Equals(field.En, name, StringComparison.OrdinalIgnoreCase))?.Name
        ?? (Labels.TryGetValue(name, out var known) ? known : name is RequestColumn or PhraseColumn ? name : null);

    private byte[] Seal(string id, int line, List<string> columns, IReadOnlyList<string> cells)
    {
        var data = columns.Select((column, i) => (column, Value: i < cells.Count ? cells[i] : "")).Where(cell => cell.column.Length > 0 && cell.Value.Length > 0).ToDictionary(cell => cell.column, cell => cell.Value);
        return desk.Cipher.Seal(JsonSerializer.SerializeToUtf8Bytes(data, ContractJson.Options), BatchWorker.Label(id, line));
    }

    private void Record(Session session, string id, string act, JsonObject detail) => desk.Context.Ledger.Append(
        session, new LedgerRecord { Actor = "applicant", Act = act, Object = $"batch/{id}", Outcome = LedgerOutcome.Done, Detail = detail });

    private sealed class LineRow
    {
        public long Line { get; set; }

        public string? Application { get; set; }

        public bool Submitted { get; set; }

        public string? Code { get; set; }

        public string? Field { get; set; }

        public string? What { get; set; }
    }
}
