using Hufu.Ca.Certificates;
using Hufu.Ca.KeyCentre;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Issuing;

/// <summary>
/// Many orders through the twelve steps together: the same steps, the same three durable points, each one transaction for all; verified, signed and compared in batches on all processors. Whatever is out of the
/// ordinary with an order (known already, a renewal, refused, in somebody's way) takes it out of the company; alone (<see cref="IssuingLine"/>) it is gone on with from where it stands, or told what is wrong.
/// </summary>
internal sealed class IssuingGroup(IssuingParts parts, OrderOpening opening, PolicyDecision decision, PairWriter writer, Func<OpenedOrder, IssueDecision, NewIntent> reserve)
{
    private long Now => parts.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Carries orders of one room; each application once, and nobody else at work on them.</summary>
    /// <remarks>Afterwards each has its reply, or waits, or is to go alone.</remarks>
    public async Task CarryAsync(string requester, IReadOnlyList<IssuingTask> tasks, CancellationToken ct)
    {
        try
        {
            await DecideAsync(requester, tasks, ct).ConfigureAwait(false);
            await ReserveAsync(Left(tasks), ct).ConfigureAwait(false);
            await AskKeyCentreAsync(Left(tasks), ct).ConfigureAwait(false);
            await WriteAsync(Left(tasks), ct).ConfigureAwait(false);
            await SignAsync(Left(tasks), ct).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is CompanyBrokenException or RefusedException or DatabaseException or LedgerException)
        {
            // What was committed stands; alone each goes on from there.
            foreach (var task in tasks)
            {
                task.InCompany = task.Reply is not null;
            }
        }
    }

    // Steps 1 and 2, but for what the database decides about key and name.
    private async Task DecideAsync(string requester, IReadOnlyList<IssuingTask> tasks, CancellationToken ct)
    {
        parts.Probe.At(IssuingStep.Open, done: false);
        byte[][] signers = [.. tasks.SelectMany(static task => new[] { task.Order.EntryCertificate, task.Order.ApprovalCertificate })];
        var evidence = opening.Remembered(signers) ?? await parts.Database.ReadAsync(session => opening.Evidence(session, signers), ct).ConfigureAwait(false);
        foreach (var task in tasks)
        {
            task.InCompany = task.Order.RenewalOf is null;
        }

        Company.Each(Left(tasks), task =>
        {
            if (evidence.TryGetValue(ActStatement.Digest(task.Order.EntryCertificate), out var entry) && evidence.TryGetValue(ActStatement.Digest(task.Order.ApprovalCertificate), out var approval))
            {
                (task.Opened, task.Signers) = (opening.Open(task.Order, requester, task.Digest, entry, approval), [entry, approval]);
            }
            else
            {
                task.InCompany = false;
            }
        });
        parts.Probe.At(IssuingStep.Open, done: true);

        parts.Probe.At(IssuingStep.Decide, done: false);
        var now = parts.Authorities.DemandTrustedTime(parts.Clock.GetUtcNow(), parts.Policy.Values);
        Company.Each(Left(tasks), task =>
        {
            (task.Decided, task.Request) = decision.Plan(task.Order, now);
            task.Fresh = reserve(task.Opened!, task.Decided);
        });
        Company.Pieces(Left(tasks), static piece =>
        {
            var proven = new bool[piece.Count];
            PossessionIsProven.Verify([.. piece.Select(task => task.Request!)], proven);
            for (var i = 0; i < piece.Count; i++)
            {
                piece[i].InCompany = proven[i];
            }
        });
        parts.Probe.At(IssuingStep.Decide, done: true);
    }

    // step 3: reserve the serials and commit the intents (commit A)
    private async Task ReserveAsync(List<IssuingTask> tasks, CancellationToken ct)
    {
        if (tasks.Count == 0)
        {
            return;
        }

        parts.Probe.At(IssuingStep.Reserve, done: false);
        var numbers = await parts.Database.WriteAsync(
            session =>
            {
                opening.DemandUnchanged(session, tasks.SelectMany(static task => task.Signers));
                return CompanyStore.Reserve(session, tasks, Now);
            },
            ct).ConfigureAwait(false);
        foreach (var task in tasks)
        {
            if (numbers.TryGetValue(task.Fresh!.SignSerial, out var number))
            {
                task.Intent = task.Fresh.Opened(number);
            }
            else
            {
                task.InCompany = false;
            }
        }

        parts.Probe.At(IssuingStep.Reserve, done: true);
    }

    // step 4: the encryption pairs, in questions as large as a key centre takes. Unreachable: these intents stay open (R23).
    private async Task AskKeyCentreAsync(List<IssuingTask> tasks, CancellationToken ct)
    {
        parts.Probe.At(IssuingStep.AskKeyCentre, done: false);
        await Task.WhenAll(tasks.Where(task => task.Intent!.EncSerial is not null).Chunk(KeyCentreClient.MostTogether).Select(async chunk =>
        {
            try
            {
                var pairs = await parts.KeyCentre.GetPairsAsync([.. chunk.Select(task => IssuingLine.TaskOf(task.Intent!, task.Decided!))], ct).ConfigureAwait(false);
                for (var i = 0; i < chunk.Length; i++)
                {
                    (chunk[i].Pair, chunk[i].InCompany) = (pairs[i], pairs[i] is not null);
                }
            }
            catch (RefusedException refused) when (Hufu.Messaging.Passing.IsPassing(refused.Refusal.Code))
            {
                foreach (var task in chunk)
                {
                    (task.Waits, task.InCompany) = (refused, false);
                }
            }
        })).ConfigureAwait(false);
        Company.Each(Left(tasks), static task =>
        {
            if (task.Pair is { } pair)
            {
                KeyIsAcceptable.Demand(pair.PublicKey, KeyAlgorithm.Sm2, "encryptionKey");
                EncryptionKeyIsNotSigningKey.Demand(pair.PublicKey, task.Decided!.Key);
            }
        });
        parts.Probe.At(IssuingStep.AskKeyCentre, done: true);
    }

    // Steps 5 to 7 (commit B).
    private async Task WriteAsync(List<IssuingTask> tasks, CancellationToken ct)
    {
        if (tasks.Count == 0)
        {
            return;
        }

        // step 5: build the TBS bytes of both; step 6: lint them
        parts.Probe.At(IssuingStep.Build, done: false);
        parts.Probe.At(IssuingStep.Lint, done: false);
        Company.Each(tasks, task =>
        {
            var (signing, encryption) = writer.BuildAndLint(task.Intent!, task.Opened!, task.Decided!, task.Pair);
            task.Intent = task.Intent! with { SignTbs = signing, EncTbs = encryption, EnvelopedKey = task.Pair?.EnvelopedKey };
        });
        parts.Probe.At(IssuingStep.Build, done: true);
        parts.Probe.At(IssuingStep.Lint, done: true);

        // step 7: append to the ledger
        tasks = Left(tasks);
        parts.Probe.At(IssuingStep.AppendToLedger, done: false);
        var records = new LedgerRecord[tasks.Count];
        Company.Each([.. Enumerable.Range(0, tasks.Count)], i =>
            records[i] = IssuingRecords.Written(tasks[i].Intent!, tasks[i].Opened!, tasks[i].Intent!.SignTbs!, tasks[i].Intent!.EncTbs, parts.Policy.Digest));
        await parts.Database.WriteAsync(
            session =>
            {
                var entries = new long[tasks.Count];
                for (var i = 0; i < tasks.Count; i++)
                {
                    entries[i] = parts.Ledger.Append(session, records[i]).Sequence;
                }

                CompanyStore.Write(session, tasks, entries, Now);
            },
            ct).ConfigureAwait(false);
        parts.Probe.At(IssuingStep.AppendToLedger, done: true);
        foreach (var task in tasks)
        {
            task.Intent = task.Intent! with { State = IntentState.Written };
        }
    }

    // Steps 8 to 12 (commit C).
    private async Task SignAsync(List<IssuingTask> tasks, CancellationToken ct)
    {
        if (tasks.Count == 0)
        {
            return;
        }

        // A doubt since step 2: the bytes are written and wait.
        parts.Authorities.DemandUndoubtedTime();
        var authorities = parts.Authorities.Demand();

        // step 8: sign; step 9: compare what was signed with what was linted
        parts.Probe.At(IssuingStep.Sign, done: false);
        foreach (var line in tasks.GroupBy(task => task.Intent!.Issuer))
        {
            var authority = authorities.Of(line.Key);
            Company.Pieces([.. line], piece => SignedTogether.Sign(piece, authority));
        }

        parts.Probe.At(IssuingStep.Sign, done: true);
        parts.Probe.At(IssuingStep.Compare, done: false);
        parts.Probe.At(IssuingStep.Compare, done: true);
        var replies = new PairIssued[tasks.Count];
        var (rows, facts) = (new (CertificateRow, CertificateRow?)[tasks.Count], new (CertificateIssued, CertificateIssued?)[tasks.Count]);
        var now = Now;
        Company.Each([.. Enumerable.Range(0, tasks.Count)], i =>
        {
            var (task, intent) = (tasks[i], tasks[i].Intent!);
            var signing = PairWriter.RowOf(intent, task.Signing!, CertificateUse.Signing, task.Encryption, now);
            var encryption = task.Encryption is null ? null : PairWriter.RowOf(intent, task.Encryption, CertificateUse.Encryption, task.Signing, now);
            rows[i] = (signing, encryption);
            facts[i] = (FactOf(signing, task.Signing!), encryption is null ? null : FactOf(encryption, task.Encryption!));
            replies[i] = new PairIssued(signing.Der, encryption?.Der, intent.EnvelopedKey, authorities.ChainOf(authorities.Of(intent.Issuer)));
            task.Sink.Prepare(replies[i]);
        });
        await parts.Database.WriteAsync(
            session =>
            {
                // step 10: store
                parts.Probe.At(IssuingStep.Store, done: false);
                CompanyStore.Store(session, [.. rows.SelectMany(pair => pair.Item2 is { } second ? new[] { pair.Item1, second } : [pair.Item1])], now);
                parts.Probe.At(IssuingStep.Store, done: true);

                // step 11: facts to the outbox
                parts.Probe.At(IssuingStep.Facts, done: false);
                parts.Facts.PublishMany(session, [.. facts.SelectMany(pair => pair.Item2 is { } second ? new[] { pair.Item1, second } : [pair.Item1])]);
                parts.Probe.At(IssuingStep.Facts, done: true);

                // step 12: sealed replies, their receipts kept with the deed
                parts.Probe.At(IssuingStep.Reply, done: false);
                for (var i = 0; i < tasks.Count; i++)
                {
                    tasks[i].Sink.Reply(session, replies[i]);
                }

                // Last, for it is waited for: what was sent before travels with it.
                CompanyStore.Close(session, [.. tasks.Select(task => task.Intent!.Number)], now);
            },
            ct).ConfigureAwait(false);
        parts.Authorities.Signed(parts.Clock.GetUtcNow());
        for (var i = 0; i < tasks.Count; i++)
        {
            tasks[i].Reply = replies[i];
        }

        parts.Probe.At(IssuingStep.Reply, done: true);

        static CertificateIssued FactOf(CertificateRow row, Certificate certificate) => new(row.Issuer, row.Serial, row.Profile, row.Der, certificate.NotAfter);
    }

    private static List<IssuingTask> Left(IReadOnlyList<IssuingTask> tasks) => [.. tasks.Where(task => task.InCompany)];
}

/// <summary>Work on many orders at once, on all processors; one that refuses leaves the company.</summary>
internal static class Company
{
    // Smaller companies are done with before a second thread has begun.
    private const int Alone = 4;
    private const int Piece = 64;

    public static void Each(List<IssuingTask> tasks, Action<IssuingTask> work)
    {
        if (tasks.Count < Alone)
        {
            tasks.ForEach(Run);
        }
        else
        {
            Parallel.ForEach(tasks, Run);
        }

        void Run(IssuingTask task)
        {
            try
            {
                work(task);
            }
            catch (Exception refused) when (refused is RefusedException or PkiException)
            {
                task.InCompany = false;
            }
        }
    }

    public static void Each(List<int> places, Action<int> work)
    {
        if (places.Count < Alone)
        {
            places.ForEach(work);
        }
        else
        {
            Parallel.ForEach(places, work);
        }
    }

    /// <summary>In pieces that are worth a batch.</summary>
    public static void Pieces(List<IssuingTask> tasks, Action<IReadOnlyList<IssuingTask>> work)
    {
        List<IssuingTask[]> pieces = [.. tasks.Chunk(Math.Min(Piece, Math.Max(8, (tasks.Count + 1) / 2)))];
        if (pieces.Count == 1)
        {
            work(pieces[0]);
        }
        else
        {
            Parallel.ForEach(pieces, work);
        }
    }
}
