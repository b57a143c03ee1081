using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Kmc.Stores;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Records;

namespace Hufu.Kmc.Serving;

// The order of work for a CARequest (GM/T 0014 5.2.3):
//   1 read it
//   2 whose it is: version, the CA's name, key hash and serial, the CA's signature
//   3 its time does not lie in the future, no certificate number stands in it twice
//   4 a task that was carried out gets the same bytes again
//   5 decide every request on one snapshot (RequestRules)
//   6 lend spare pairs, envelop private keys in the device, sign the answer
//   7 one transaction: the snapshot still holds, pairs move, the answer is kept, the ledger is written; otherwise begin again at 4
// A refused request has its ErrorPkgRespond in its place of the list and changes nothing; the task stays open, so that it can be sent again.

/// <summary>Answers CAs' requests for pairs: apply, restore, revoke.</summary>
/// <param name="database">The key centre's database.</param>
/// <param name="ledger">Its ledger.</param>
/// <param name="device">Its device.</param>
/// <param name="reserve">Spare pairs to be lent.</param>
/// <param name="maker">Makes a pair on demand when the spare store is empty.</param>
/// <param name="rules">What is decided.</param>
/// <param name="clock">The room's clock.</param>
/// <param name="options">The agreed points.</param>
internal sealed class RequestServer(
    Database database, Ledger ledger, Func<SoftwareDevice> device, SpareReserve reserve, PairMaker maker, RequestRules rules, TimeProvider clock, KmcOptions options)
{
    private const int Attempts = 16;
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <summary>Answers one request.</summary>
    /// <param name="ca">The CA's name among this room's peers, which the sealed message has proven.</param>
    /// <param name="certificate">The certificate that the CA is known by.</param>
    /// <param name="centre">With whose keys this key centre answers.</param>
    /// <param name="request">CARequest, DER.</param>
    /// <param name="keeper">Keeps the answer with the deed.</param>
    /// <param name="ct">Cancels before the answer is committed.</param>
    [Clause("6.2.8-a"), Clause("6.6.2.2-b"), Clause("6.1.3.2-a")]
    public async Task<KmAnswer> AnswerAsync(string ca, Certificate certificate, ServingCentre centre, ReadOnlyMemory<byte> request, AnswerKeeper keeper, CancellationToken ct)
    {
        CaRequest? read = null;
        try
        {
            read = Read(request);
            Check(certificate, read);
            var digest = TaskStore.Digest(read);
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                if (await TryAsync(ca, certificate, centre, read, digest, keeper, ct) is { } answer)
                {
                    return new KmAnswer(answer, null);
                }
            }

            throw new RefusedException(RefusalCode.TooManyRequests, "Others keep changing the same pairs.", "taskNO");
        }
        catch (RefusedException refused)
        {
            var task = read?.TaskNumber ?? SerialNumber.FromInt64(0);
            var results = Enumerable.Repeat<KmResult>(Error(refused.Refusal), read?.Requests.Count ?? 1).ToList();
            var answer = KmRespond.Sign(centre.Certificate, centre.Signer, results, clock.GetUtcNow(), task, options.Gmt0014).Encode();
            await database.WriteAsync(
                session =>
                {
                    ledger.Append(session, LedgerEntries.Refused(ca, read is null ? null : task.ToString(), null, refused.Refusal));
                    if (!Passing.IsPassing(refused.Refusal.Code))
                    {
                        keeper.Keep(session, answer);
                    }
                },
                ct);
            return new KmAnswer(answer, refused.Refusal);
        }
    }

    private static ErrorResult Error(Refusal refusal) => new ErrorResult(ErrorNumbers.Of(refusal.Code), $"{refusal.Code}: {refusal}");

    // 1
    private static CaRequest Read(ReadOnlyMemory<byte> der)
    {
        try
        {
            return CaRequest.Decode(der);
        }
        catch (PkiException unreadable)
        {
            throw new RefusedException(unreadable.Error == PkiError.TooLarge ? RefusalCode.TooLarge : RefusalCode.Malformed, unreadable.Message, "CARequest");
        }
    }

    private void Check(Certificate certificate, CaRequest request)
    {
        // 2, under a key that is used again and again
        certificate.PublicKey.Sm2?.Precompute();
        try
        {
            request.Check(certificate, options.Gmt0014);
        }
        catch (PkiException wrong)
        {
            throw new RefusedException(
                wrong.Error switch
                {
                    PkiError.Unsupported => RefusalCode.FieldInvalid,
                    PkiError.Mismatch => RefusalCode.PeerUnknown,
                    _ => RefusalCode.SignatureInvalid,
                },
                wrong.Message,
                "caName");
        }

        // 3
        if (request.RequestTime - clock.GetUtcNow() > ClockTolerance)
        {
            throw new RefusedException(RefusalCode.StatementStale, $"requestTime {request.RequestTime:yyyy-MM-dd'T'HH:mm:ss'Z'} lies in the future.", "requestTime");
        }

        if (request.Requests.Count > options.MostRequests)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"{request.Requests.Count} requests, at most {options.MostRequests} are answered at once.", "requestList");
        }

        if (request.Requests.DistinctBy(one => one.UserCertificateNumber).Count() != request.Requests.Count)
        {
            throw new RefusedException(RefusalCode.FieldInvalid, "A certificate number stands in the list twice.", "requestList");
        }
    }

    /// <summary>Steps 4 to 7 once; null when another request changed the stores meanwhile.</summary>
    private async Task<byte[]?> TryAsync(string ca, Certificate certificate, ServingCentre centre, CaRequest request, string digest, AnswerKeeper keeper, CancellationToken ct)
    {
        // 4, 5
        var taskNo = request.TaskNumber.ToString();
        SubjectPublicKeyInfo[] authorities = [certificate.PublicKey, .. centre.Keys];
        var (answered, plans) = await database.ReadAsync(
            session => TaskStore.Find(session, ca, taskNo, digest) is { } kept
                ? (kept, [])
                : ((byte[]?)null, request.Requests.Select(one => rules.Decide(session, ca, authorities, one)).ToList()),
            ct);
        if (answered is not null)
        {
            await database.WriteAsync(session => keeper.Keep(session, answered), ct);
            return answered;
        }

        var lent = new Dictionary<GivePair, SparePair>();
        var gone = new HashSet<long>();
        var given = false;
        try
        {
            // 6
            foreach (var plan in plans.OfType<GivePair>())
            {
                lent[plan] = await LendAsync(centre.Generation, ct);
            }

            List<KmResult> results;
            try
            {
                results = [.. plans.Select(plan => Result(plan, lent, centre))];
            }
            catch (DeviceException destroyed) when (destroyed.Error == DeviceError.KeyMissing)
            {
                // The storage key was changed since the snapshot and its old generation is gone.
                reserve.Forget();
                gone.UnionWith(lent.Values.Select(pair => pair.Pair));
                return null;
            }

            var answer = KmRespond.Sign(centre.Certificate, centre.Signer, results, clock.GetUtcNow(), request.TaskNumber, options.Gmt0014).Encode();
            keeper.Prepare(answer);

            // 7
            given = await CommitAsync(
                session =>
                {
                    Carry(session, ca, taskNo, digest, plans, lent, gone, answer);
                    keeper.Keep(session, answer);
                },
                ct);
            return given ? answer : null;
        }
        finally
        {
            foreach (var pair in lent.Values)
            {
                reserve.Settle(pair, given || gone.Contains(pair.Pair));
            }
        }
    }

    // A row that another request has made or taken meanwhile shows as a broken unique key or as a plan that no longer holds.
    private async Task<bool> CommitAsync(Action<Session> work, CancellationToken ct)
    {
        try
        {
            await database.WriteAsync(work, ct);
            return true;
        }
        catch (SnapshotGoneException)
        {
            return false;
        }
        catch (DatabaseException conflict) when (conflict.Error == DatabaseError.UniqueViolation)
        {
            return false;
        }
    }

    private async Task<SparePair> LendAsync(long generation, CancellationToken ct)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await reserve.LendAsync(ct) is { } pair)
            {
                return pair;
            }

            // GM/T 0038: made in advance, or on demand.
            await maker.MakeAsync(1, RefillJob.Actor, generation, ct);
        }

        throw new RefusedException(RefusalCode.TooManyRequests, "The spare store is empty and pairs are not made fast enough.", "spare");
    }

    private KmResult Result(Plan plan, Dictionary<GivePair, SparePair> lent, ServingCentre centre)
    {
        switch (plan)
        {
            case GivePair give:
                var spare = lent[give];
                return new ApplyKeyResult(Envelop(plan.Number, spare.Pair, spare.Generation, spare.MadeAt, spare.PublicKey, spare.Sealed, Point(give.Holder.HolderKey), centre));
            case GiveAgain { Pair: var pair }:
                return new ApplyKeyResult(Envelop(plan.Number, pair.Pair, pair.Generation, pair.MadeAt, pair.PublicKey, pair.Sealed, Point(pair.HolderKey), centre));
            case RestorePair { Pair: var pair } restore:
                return new RestoreKeyResult(Envelop(plan.Number, pair.Pair, pair.Generation, pair.MadeAt, pair.PublicKey, pair.Sealed, restore.HolderKey, centre));
            case RetirePair:
                return new RevokeKeyResult(plan.Number);
            case RefuseRequest refuse:
                return Error(refuse.Refusal);
            default:
                throw new InvalidOperationException("A plan without a result.");
        }
    }

    // The private key goes from under the storage key to under the holder's signing key inside the device; what comes out opens with the holder's key alone (GM/T 0009 7.4).
    private RetKeyRespond Envelop(
        SerialNumber number, long pair, long generation, long madeAt, byte[] publicKey, byte[] sealedKey, Sm2PublicKey holder, ServingCentre centre)
    {
        var label = PairMetadata.StorageKeyLabel(generation);
        var metadata = PairMetadata.AssociatedData(pair, generation, madeAt);
        var key = SubjectPublicKeyInfo.FromSm2(Point(publicKey));
        if (options.Gmt0014.PrivateKeySignature == PrivateKeySignatureInput.EncryptedContentInfo)
        {
            return RetKeyRespond.Create(number, device().EnvelopEscrowed(label, sealedKey, metadata, key, holder), centre.Certificate, centre.Signer, options.Gmt0014);
        }

        var parts = device().EnvelopEscrowedSigned(label, sealedKey, metadata, key, holder, centre.SignerLabel);
        return RetKeyRespond.Create(number, Sm2EnvelopedKey.Assemble(parts.EncryptedKey, publicKey, parts.EncryptedPrivateKey), centre.Certificate, parts.ContentSignature);
    }

    private static Sm2PublicKey Point(byte[] encoded) => Sm2PublicKey.TryDecode(encoded, out var key) ? key : throw new InvalidDataException("A stored public key is not on the curve.");

    private void Carry(Session session, string ca, string taskNo, string digest, List<Plan> plans, Dictionary<GivePair, SparePair> lent, HashSet<long> gone, byte[] answer)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var plan in plans)
        {
            var number = plan.Number.ToString();
            switch (plan)
            {
                case GivePair give:
                    var spare = lent[give];
                    if (!PairStores.Give(session, spare, give.Holder, now))
                    {
                        gone.Add(spare.Pair);
                        throw new SnapshotGoneException();
                    }

                    ledger.Append(session, LedgerEntries.Served("kmc.key.given", ca, taskNo, number, spare.Pair, spare.PublicKey, give.Holder.HolderKey));
                    break;
                case GiveAgain { Pair: var pair }:
                    Hold(PairStores.Find(session, ca, number) is { InHistory: false } still && still.Pair == pair.Pair);
                    ledger.Append(session, LedgerEntries.Served("kmc.key.given-again", ca, taskNo, number, pair.Pair, pair.PublicKey, pair.HolderKey));
                    break;
                case RestorePair { Pair: var pair } restore:
                    Hold(PairStores.Find(session, ca, number)?.Pair == pair.Pair);
                    ledger.Append(session, LedgerEntries.Served("kmc.key.restored", ca, taskNo, number, pair.Pair, pair.PublicKey, restore.HolderKey.Encode()));
                    break;
                case RetirePair { Pair: { InHistory: false } pair }:
                    Hold(PairStores.Retire(session, pair.Pair, now));
                    ledger.Append(session, LedgerEntries.Served("kmc.key.retired", ca, taskNo, number, pair.Pair, pair.PublicKey, null));
                    break;
                case RefuseRequest refuse:
                    ledger.Append(session, LedgerEntries.Refused(ca, taskNo, number, refuse.Refusal));
                    break;
                default:
                    break;
            }
        }

        if (!plans.OfType<RefuseRequest>().Any())
        {
            TaskStore.Add(session, ca, taskNo, digest, answer, now);
        }
    }

    private static void Hold(bool holds)
    {
        if (!holds)
        {
            throw new SnapshotGoneException();
        }
    }
}
