using System.Security.Cryptography;
using System.Text;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.KeyCentre;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Issuing;

/// <summary>What the line stands on.</summary>
internal sealed record IssuingParts(
    AwaitedDatabase Database, Ledger Ledger, Policy Policy, TimeProvider Clock, AuthorityRegister Authorities, CertificateBuilder Builder, KeyCentreClient KeyCentre, IDataCipher OrderCipher,
    IFactOutlet Facts, IIssuingProbe Probe, CaOptions Options, HolderKey Holders);

/// <summary>Issuing in the twelve steps of docs/issuing.md. Safe for many threads; one task at a time per application.</summary>
[Clause("6.2.3.1-a")]
internal sealed class IssuingLine
{
    private const int BulkPiece = 200;
    private const int PiecesAtOnce = 2;
    private readonly IssuingParts parts;
    private readonly OrderOpening opening;
    private readonly PolicyDecision decision;
    private readonly PairWriter writer;
    private readonly OldKeys oldKeys;
    private readonly IssuingGroup group;
    private readonly IssuingQueue queue;
    private readonly InFlight inFlight = new();

    public IssuingLine(IssuingParts parts)
    {
        this.parts = parts;
        opening = new OrderOpening(parts.Database, parts.Policy.Values, parts.Clock, parts.Authorities, parts.Options.ActLife);
        decision = new PolicyDecision(parts.Database, parts.Policy, parts.Authorities, parts.Clock, parts.Options, parts.Holders);
        writer = new PairWriter(parts);
        oldKeys = new OldKeys(parts.Database, parts.KeyCentre);
        group = new IssuingGroup(parts, opening, decision, writer, Reserved);
        queue = new IssuingQueue(
            company => group.CarryAsync(company[0].Requester, company, CancellationToken.None),
            async task => task.Reply = await AloneAsync(task.Order, task.Requester, task.Digest, task.Sink, CancellationToken.None).ConfigureAwait(false));
    }

    private long Now => parts.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Issues what an order asks for, or gives what was issued for it before (R03).</summary>
    /// <param name="order">The order.</param>
    /// <param name="requester">The room that sent it, authenticated by Messaging.</param>
    /// <param name="sink">Takes the reply.</param>
    /// <param name="ct">Cancels between steps; what was committed is settled later.</param>
    /// <exception cref="RefusedException">The order is refused, or waits: RoomUnreachable, ClockInDoubt.</exception>
    public async Task<PairIssued> IssueAsync(IssuePair order, string requester, IReplySink sink, CancellationToken ct)
    {
        OrderIdentity.DemandApplication(order.Application);
        parts.Authorities.Demand();
        var digest = OrderIdentity.Digest(order, requester);
        parts.Probe.Awaits();
        using var turn = await inFlight.EnterAsync($"{requester}/{order.Application}", ct).ConfigureAwait(false);
        var task = new IssuingTask(order, requester, digest, sink);
        parts.Probe.Awaits();
        await queue.PassAsync(task).ConfigureAwait(false);
        parts.Probe.Awaits();
        return task.Reply ?? (task.Waits is { } waits ? throw new RefusedException(waits.Refusal) : await AloneAsync(order, requester, digest, sink, ct).ConfigureAwait(false));
    }

    /// <summary>Issues what many orders ask for; each has its own outcome.</summary>
    /// <param name="orders">The orders, each application once.</param>
    /// <param name="requester">The room that sent them, authenticated by Messaging.</param>
    /// <param name="ct">Cancels between pieces; what was committed is settled later.</param>
    /// <returns>The outcomes, in order. Asked again, the same.</returns>
    /// <exception cref="RefusedException">TooLarge, Malformed; or some wait (RoomUnreachable and the like): those that are done are answered when the order comes again.</exception>
    public async Task<PairsIssued> IssueManyAsync(IReadOnlyList<IssuePair> orders, string requester, CancellationToken ct)
    {
        parts.Authorities.Demand();
        BulkOrder.Demand(orders);
        List<IDisposable> turns = [];
        try
        {
            // In one order everywhere, so that two bulk orders never wait for one another.
            foreach (var application in orders.Select(order => order.Application).Order(StringComparer.Ordinal))
            {
                parts.Probe.Awaits();
                turns.Add(await inFlight.EnterAsync($"{requester}/{application}", ct).ConfigureAwait(false));
            }

            var outcomes = new PairOutcome[orders.Count];
            await Parallel.ForEachAsync(
                Enumerable.Range(0, orders.Count).Chunk(BulkPiece), new ParallelOptions { MaxDegreeOfParallelism = PiecesAtOnce, CancellationToken = ct },
                async (places, stop) => await IssuePieceAsync(orders, places, requester, outcomes, stop).ConfigureAwait(false)).ConfigureAwait(false);
            parts.Probe.Awaits();
            return new PairsIssued(outcomes);
        }
        finally
        {
            turns.ForEach(turn => turn.Dispose());
        }
    }

    private async Task IssuePieceAsync(IReadOnlyList<IssuePair> orders, int[] places, string requester, PairOutcome[] outcomes, CancellationToken ct)
    {
        var tasks = new IssuingTask[places.Length];
        Parallel.For(0, places.Length, i => tasks[i] = new IssuingTask(orders[places[i]], requester, OrderIdentity.Digest(orders[places[i]], requester), NobodyWaits.Instance));
        parts.Probe.Awaits();
        await group.CarryAsync(requester, tasks, ct).ConfigureAwait(false);
        parts.Probe.Awaits();
        if (Array.Find(tasks, task => task.Waits is not null) is { } waiting)
        {
            throw new RefusedException(waiting.Waits!.Refusal);
        }

        for (var i = 0; i < places.Length; i++)
        {
            var (task, application) = (tasks[i], tasks[i].Order.Application);
            try
            {
                outcomes[places[i]] = new PairOutcome(application, task.Reply ?? await AloneAsync(task.Order, requester, task.Digest, task.Sink, ct).ConfigureAwait(false), null);
            }
            catch (RefusedException refused) when (!Passing.IsPassing(refused.Refusal.Code))
            {
                outcomes[places[i]] = new PairOutcome(application, null, refused.Refusal);
            }
        }
    }

    private async Task<PairIssued> AloneAsync(IssuePair order, string requester, string digest, IReplySink sink, CancellationToken ct)
    {
        var intent = await parts.Database.ReadAsync(session => IntentStore.OfApplication(session, requester, order.Application), ct).ConfigureAwait(false);
        if (intent is not null && intent.OrderDigest != digest)
        {
            throw new RefusedException(RefusalCode.StateWrong, $"Application {order.Application} was ordered before with other data.", "application");
        }

        if (intent is not null && !await FailIfStaleAsync(intent, ct).ConfigureAwait(false))
        {
            return await FinishAsync(intent, sink, ct).ConfigureAwait(false);
        }

        var (opened, decided) = await DecideNewAsync(order, requester, digest, ct).ConfigureAwait(false);
        intent = await ReserveAsync(opened, decided, ct).ConfigureAwait(false);
        return await FinishAsync(intent, opened, decided, sink, ct).ConfigureAwait(false);
    }

    /// <summary>Takes up an intent without a result; settles it once, whatever its state.</summary>
    /// <exception cref="RefusedException">It still waits (RoomUnreachable, ClockInDoubt), or it has failed now.</exception>
    public async Task SettleAsync(long number, CancellationToken ct)
    {
        var found = await parts.Database.ReadAsync(session => IntentStore.Find(session, number), ct).ConfigureAwait(false);
        if (found is null)
        {
            return;
        }

        using var turn = await inFlight.EnterAsync($"{found.Requester}/{found.Application}", ct).ConfigureAwait(false);
        var intent = await parts.Database.ReadAsync(session => IntentStore.Find(session, number), ct).ConfigureAwait(false);
        if (intent is { State: IntentState.Open or IntentState.Written })
        {
            await parts.Database.WriteAsync(session => IntentStore.CountTry(session, number), ct).ConfigureAwait(false);
            if (!await FailIfStaleAsync(intent, ct).ConfigureAwait(false))
            {
                await FinishAsync(intent, NobodyWaits.Instance, ct).ConfigureAwait(false);
            }
        }
    }

    // Steps 1 and 2 of an order that is new here. A refusal leaves a ledger row and nothing else (R27).
    private async Task<(OpenedOrder Opened, IssueDecision Decided)> DecideNewAsync(IssuePair order, string requester, string digest, CancellationToken ct)
    {
        try
        {
            return await OpenAndDecideAsync(order, requester, digest, ct).ConfigureAwait(false);
        }
        catch (RefusedException refused)
        {
            await parts.Database.WriteAsync(session => parts.Ledger.Append(session, IssuingRecords.Refused(order, requester, refused.Refusal)), ct).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<(OpenedOrder Opened, IssueDecision Decided)> OpenAndDecideAsync(IssuePair order, string requester, string digest, CancellationToken ct)
    {
        // What is decided by the clock waits while the clock is in doubt: an order is not refused for it, an intent stays.
        parts.Authorities.DemandUndoubtedTime();

        // step 1: open and authenticate the order
        parts.Probe.At(IssuingStep.Open, done: false);
        var opened = await opening.OpenAsync(order, requester, digest, ct).ConfigureAwait(false);
        parts.Probe.At(IssuingStep.Open, done: true);

        // step 2: decide by policy
        parts.Probe.At(IssuingStep.Decide, done: false);
        var decided = await decision.DecideAsync(order, ct).ConfigureAwait(false);
        parts.Probe.At(IssuingStep.Decide, done: true);
        return (opened, decided);
    }

    // step 3: reserve the serials and commit the intent (commit A)
    private async Task<Intent> ReserveAsync(OpenedOrder opened, IssueDecision decided, CancellationToken ct)
    {
        parts.Probe.At(IssuingStep.Reserve, done: false);
        var wanted = Reserved(opened, decided);
        var intent = await parts.Database.WriteAsync(
            session =>
            {
                PolicyDecision.DemandFree(session, decided);
                var key = CertificateStore.ClaimKey(session, decided.SpkiDigest, decided.Holder, CertificateUse.Signing, Now);
                var name = CertificateStore.ClaimSubject(session, decided.SubjectDigest, decided.Holder, decided.Subject.ToString(), Now);
                var fresh = wanted with { ClaimedKey = key == Claim.New ? decided.SpkiDigest : null, ClaimedName = name == Claim.New ? decided.SubjectDigest : null };
                return fresh.Opened(IntentStore.Insert(session, fresh));
            },
            ct).ConfigureAwait(false);
        parts.Probe.At(IssuingStep.Reserve, done: true);
        return intent;
    }

    // What step 3 commits, but for the claims: serials, the order sealed, the part of the CRL.
    private NewIntent Reserved(OpenedOrder opened, IssueDecision decided) => new(
        opened.Order.Application, opened.Requester, opened.Digest, decided.Profile.Id, decided.Holder,
        parts.OrderCipher.Seal(KeptJson.Write(opened.Order), Binding(opened.Requester, opened.Order.Application)), SerialNumber.Create().ToString(),
        decided.Profile.Pairs == KeyPairs.Dual ? SerialNumber.Create().ToString() : null, decided.NotBefore.ToUnixTimeMilliseconds(), decided.NotAfter.ToUnixTimeMilliseconds(), null, null, Now,
        decided.Issuer.Name, PartOf(decided.Issuer.Name));

    // An intent that was left: everything is decided again by the rules in force now (R12); what was written is not changed any more.
    private async Task<PairIssued> FinishAsync(Intent intent, IReplySink sink, CancellationToken ct)
    {
        if (intent.State != IntentState.Open)
        {
            return intent.State == IntentState.Written
                ? await writer.SignAndStoreAsync(intent, sink, ct).ConfigureAwait(false)
                : await ReplyAgainAsync(intent, sink, ct).ConfigureAwait(false);
        }

        var order = KeptJson.Read<IssuePair>(parts.OrderCipher.Open(intent.OrderSealed, Binding(intent.Requester, intent.Application)));
        OpenedOrder opened;
        IssueDecision decided;
        try
        {
            (opened, decided) = await OpenAndDecideAsync(order, intent.Requester, intent.OrderDigest, ct).ConfigureAwait(false);
        }
        catch (RefusedException refused) when (!Passing.IsPassing(refused.Refusal.Code))
        {
            await FailAsync(intent, refused.Refusal, ct).ConfigureAwait(false);
            throw;
        }

        // Dated anew (R04): nothing was written yet.
        var (from, to) = (decided.NotBefore.ToUnixTimeMilliseconds(), decided.NotAfter.ToUnixTimeMilliseconds());
        await parts.Database.WriteAsync(session => IntentStore.Redate(session, intent.Number, from, to, decided.Issuer.Name), ct).ConfigureAwait(false);
        return await FinishAsync(intent with { NotBefore = from, NotAfter = to, Issuer = decided.Issuer.Name }, opened, decided, sink, ct).ConfigureAwait(false);
    }

    // Steps 4 to 7, then the rest.
    private async Task<PairIssued> FinishAsync(Intent intent, OpenedOrder opened, IssueDecision decided, IReplySink sink, CancellationToken ct)
    {
        Intent written;
        try
        {
            // step 4: the encryption pair. Unreachable: the intent stays open (R23).
            parts.Probe.At(IssuingStep.AskKeyCentre, done: false);
            var pair = intent.EncSerial is null ? null : await parts.KeyCentre.GetPairAsync(TaskOf(intent, decided), ct).ConfigureAwait(false);
            if (pair is not null)
            {
                KeyIsAcceptable.Demand(pair.PublicKey, KeyAlgorithm.Sm2, "encryptionKey");
                EncryptionKeyIsNotSigningKey.Demand(pair.PublicKey, decided.Key);
            }

            var history = pair is null || opened.Order.RenewalOf is null ? [] : await oldKeys.AskAsync(decided, ct).ConfigureAwait(false);
            parts.Probe.At(IssuingStep.AskKeyCentre, done: true);
            written = await writer.WriteAsync(intent, opened, decided, pair, history, ct).ConfigureAwait(false);
        }
        catch (RefusedException refused) when (!Passing.IsPassing(refused.Refusal.Code))
        {
            await FailAsync(intent, refused.Refusal, ct).ConfigureAwait(false);
            throw;
        }

        return await writer.SignAndStoreAsync(written, sink, ct).ConfigureAwait(false);
    }

    // step 12 of an order that was done before: the same bytes, a receipt for this copy of it
    private async Task<PairIssued> ReplyAgainAsync(Intent intent, IReplySink sink, CancellationToken ct)
    {
        var rows = await parts.Database.ReadAsync(session => CertificateStore.OfIntent(session, intent.Number), ct).ConfigureAwait(false);
        var reply = new PairIssued(
            rows.Single(row => row.Kind == CertificateUse.Signing).Der, rows.SingleOrDefault(row => row.Kind == CertificateUse.Encryption)?.Der, intent.EnvelopedKey,
            parts.Authorities.Demand().ChainOf(parts.Authorities.Demand().Of(intent.Issuer)), OldKeys.Read(intent.History));
        parts.Probe.At(IssuingStep.Reply, done: false);
        sink.Prepare(reply);
        await parts.Database.WriteAsync(session => sink.Reply(session, reply), ct).ConfigureAwait(false);
        parts.Probe.At(IssuingStep.Reply, done: true);
        return reply;
    }

    // Bytes with an old notBefore are not signed any more (R04): their intent ends, the order makes a new one.
    private async Task<bool> FailIfStaleAsync(Intent intent, CancellationToken ct)
    {
        if (intent.State != IntentState.Written)
        {
            return false;
        }

        parts.Authorities.DemandUndoubtedTime();
        if (NotBackdated.Allows(intent.ValidFrom, parts.Clock.GetUtcNow(), parts.Policy.Values.BackdatingLimit))
        {
            return false;
        }

        await FailAsync(intent, new Refusal(RefusalCode.StateWrong, $"Written at {intent.ValidFrom:u} and not signed in time (R04)."), ct).ConfigureAwait(false);
        return true;
    }

    // Without a result: serials burnt, claims given back, the key centre told that its pair is not used.
    private async Task FailAsync(Intent intent, Refusal refusal, CancellationToken ct)
    {
        await parts.Database.WriteAsync(
            session =>
            {
                if (IntentStore.Fail(session, intent.Number, refusal.ToString(), Now))
                {
                    parts.Ledger.Append(session, IssuingRecords.Failed(intent, refusal));
                    if (intent.EncSerial is { } serial)
                    {
                        RetirementStore.Add(session, serial, Now);
                    }
                }
            },
            ct).ConfigureAwait(false);
    }

    // The part is fixed here and stands in the certificates' distribution point for ever.
    private long PartOf(string ca) => parts.Options.CrlParts.TryGetValue(ca, out var count) && count > 0 ? 1 + RandomNumberGenerator.GetInt32(count) : 0;

    internal static PairTask TaskOf(Intent intent, IssueDecision decided) => new(
        intent.Number, SerialNumber.TryParse(intent.EncSerial, out var serial) ? serial : throw new InvalidOperationException("A kept serial is not readable."), decided.Key,
        DateTimeOffset.FromUnixTimeMilliseconds(intent.AskedFrom), DateTimeOffset.FromUnixTimeMilliseconds(intent.AskedTo), decided.Subject.CommonName!);

    private static byte[] Binding(string requester, string application) => Encoding.UTF8.GetBytes($"ca_intents\n{requester}\n{application}");
}
