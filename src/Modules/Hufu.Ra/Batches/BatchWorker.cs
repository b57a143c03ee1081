using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Ra.Applications;
using Hufu.Ra.Lists;
using Hufu.Ra.Revocation;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Ra.Batches;

/// <summary>
/// Takes the lines of batches in the background, a hundred in a transaction: what is committed is done, and after a crash or a stop it goes on with the next waiting line. A line that is complete
/// with the organisation's papers is submitted at once; one that needs a paper of its own waits as a draft under the batch's token.
/// </summary>
internal sealed partial class BatchWorker(RaDesk desk) : IAsyncDisposable
{
    private const int LinesAtOnce = 100;

    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;

    public static byte[] Label(string batch, long line) => Encoding.ASCII.GetBytes($"{batch}/line/{line}");

    public void Start() => running = Task.Run(() => LoopAsync(stopping.Token));

    public void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (Exception fault) when (fault is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody has woken it already, or it has stopped and the next start goes on.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
        wake.Dispose();
    }

    private async Task LoopAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                while (await TakeSomeAsync(ct))
                {
                }

                await wake.WaitAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogFault(desk.Context.Log, fault);
                await Task.Delay(desk.Options.NoticeInterval, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>False when nothing is left to do.</returns>
    [Clause("6.2.1.2-a")]
    private async Task<bool> TakeSomeAsync(CancellationToken ct)
    {
        var (batch, lines) = await desk.Context.Database.ReadAsync(
            session => BatchRow.Running(session) is { } found
                ? (found, session.Query<LineRow>("SELECT line, data FROM ra_batch_lines WHERE batch = @Id AND state = 'waiting' ORDER BY line LIMIT @LinesAtOnce", new { found.Id, LinesAtOnce }))
                : (null, []),
            ct);
        if (batch is null)
        {
            return false;
        }

        // Keys and signatures are looked at beside the writer.
        var taken = lines.AsParallel().AsOrdered().WithDegreeOfParallelism(2).Select(line => Prepare(batch, line)).ToList();
        await desk.Context.Database.WriteAsync(session => Store(session, batch, taken), ct);
        return true;
    }

    private Taken Prepare(BatchRow batch, LineRow line)
    {
        try
        {
            var data = JsonSerializer.Deserialize<Dictionary<string, string>>(desk.Cipher.Open(line.Data, Label(batch.Id, line.Line)), ContractJson.Options)!;
            data.Remove(OpenBatch.RequestColumn, out var request);
            data.Remove(OpenBatch.PhraseColumn, out var phrase);
            ChallengePhrase.Stored? challenge = null;
            if (phrase is not null)
            {
                ChallengePhrase.MustBeAcceptable(phrase);
                challenge = ChallengePhrase.Derive(phrase);
            }

            var application = new NewApplication(batch.Profile, data, Request(request), "", batch.AgreementVersion, AgreementAccepted: true, batch.Publish, batch.Office);
            var prepared = new CreateApplication(desk).Prepare(application, ApplicationChannel.Batch, challenge, ("", batch.TokenDigest));
            prepared.Row.Batch = batch.Id;
            return new Taken(line.Line, prepared, null);
        }
        catch (RefusedException refused)
        {
            return new Taken(line.Line, null, refused.Refusal);
        }
    }

    private static byte[] Request(string? text)
    {
        if (text is null)
        {
            throw new RefusedException(RefusalCode.FieldMissing, "PKCS#10", OpenBatch.RequestColumn);
        }

        var lines = text.Split('\n').Where(line => !line.StartsWith("-----", StringComparison.Ordinal));
        var der = new byte[text.Length];
        return Convert.TryFromBase64String(string.Concat(lines).Replace("\r", "", StringComparison.Ordinal), der, out var length)
            ? der[..length]
            : throw new RefusedException(RefusalCode.Malformed, "No base64.", OpenBatch.RequestColumn);
    }

    private void Store(Session session, BatchRow batch, List<Taken> taken)
    {
        var creating = new CreateApplication(desk);
        var papers = PaperStore.Of(session, batch.Id).Select(paper => paper.Kind).ToList();
        foreach (var line in taken)
        {
            var (refusal, submitted) = (line.Refusal, false);
            if (line.Prepared is not null)
            {
                try
                {
                    creating.Insert(session, line.Prepared, batch.Clerk, null);
                    PaperStore.TakeOver(session, batch.Id, line.Prepared.Row.Id, papers);
                    submitted = SubmitIfComplete(session, line.Prepared);
                }
                catch (RefusedException refused)
                {
                    // Insert refuses before it writes.
                    refusal = refused.Refusal;
                }
            }

            session.Execute(
                "UPDATE ra_batch_lines SET state = @State, data = NULL, application = @Application, submitted = @Submitted, code = @Code, field = @Field, what = @What WHERE batch = @Batch AND line = @Line",
                new
                {
                    State = refusal is null ? "taken" : "refused",
                    Application = refusal is null ? line.Prepared!.Row.Id : null,
                    Submitted = submitted,
                    Code = refusal?.Code.Word(),
                    refusal?.Field,
                    What = refusal is null ? null : $"{RefusalCatalogue.Of(refusal.Code).Zh} {refusal.Evidence}".Trim(),
                    Batch = batch.Id,
                    line.Line,
                });
        }

        if (session.QueryFirst<LineRow>("SELECT line FROM ra_batch_lines WHERE batch = @Id AND state = 'waiting' LIMIT 1", new { batch.Id }) is null)
        {
            session.Execute("UPDATE ra_batches SET state = @Done WHERE id = @Id", new { BatchState.Done, batch.Id });
            desk.Context.Ledger.Append(
                session, new LedgerRecord { Actor = "system", Act = "ra.batch.done", Object = $"batch/{batch.Id}", Outcome = LedgerOutcome.Done, Detail = new JsonObject { ["lines"] = batch.Lines } });
        }
    }

    private bool SubmitIfComplete(Session session, CreateApplication.Prepared prepared)
    {
        var there = PaperStore.Digests(session, prepared.Row.Id);
        if (prepared.Created.EvidenceMissing.Any(kind => !there.ContainsKey(kind)))
        {
            return false;
        }

        new SubmitApplication(desk).Submit(session, prepared.Row);
        return true;
    }

    [LoggerMessage(EventId = 3111, Level = LogLevel.Error, Message = "Taking a batch met a fault; it is tried again.")]
    private static partial void LogFault(ILogger log, Exception fault);

    private sealed record Taken(long Line, CreateApplication.Prepared? Prepared, Refusal? Refusal);

    private sealed class LineRow
    {
        public long Line { get; set; }

        public byte[] Data { get; set; } = [];
    }
}
