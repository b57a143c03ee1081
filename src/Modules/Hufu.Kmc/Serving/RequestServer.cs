using System.Collections.Concurrent;
using Hufu.Contracts;
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
// Steps 4 to 7 are done for all requests together that wait (ServingQueue): one snapshot, one batch in the device, one transaction.
// A refused request has its ErrorPkgRespond in its place of the list and changes nothing; the task stays open, so that it can be sent again.

/// <summary>Answers CAs' requests for pairs: apply, restore, revoke.</summary>
/// <param name="database">The key centre's database.</param>
/// <param name="ledger">Its ledger.</param>
/// <param name="queue">Where steps 4 to 7 are done.</param>
/// <param name="clock">The room's clock.</param>
/// <param name="options">The agreed points.</param>
internal sealed class RequestServer(Database database, Ledger ledger, ServingQueue queue, TimeProvider clock, KmcOptions options)
{
    private const int MostNames = 256;
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    // By the certificates as they are registered, renewed ones too.
    private readonly ConcurrentDictionary<Certificate, KnownEntName> _names = new();

    /// <summary>Answers one request.</summary>
    /// <param name="ca">The CA's name among this room's peers, which the sealed message has proven.</param>
    /// <param name="certificates">The certificates that the CA is known by, the present one first: while it changes over, what it has signed under the one before still comes.</param>
    /// <param name="centre">With whose keys this key centre answers.</param>
    /// <param name="request">CARequest, DER.</param>
    /// <param name="keeper">Keeps the answer with the deed.</param>
    /// <param name="ct">Cancels before the answer is committed.</param>
    [Clause("6.2.8-a"), Clause("6.6.2.2-b"), Clause("6.1.3.2-a")]
    public async Task<KmAnswer> AnswerAsync(string ca, IReadOnlyList<Certificate> certificates, ServingCentre centre, ReadOnlyMemory<byte> request, AnswerKeeper keeper, CancellationToken ct)
    {
        CaRequest? read = null;
        try
        {
            read = Read(request, NameOf(certificates[0]));
            var certificate = CertificateOf(certificates, read);
            Check(certificate, read);
            return new KmAnswer(await queue.ServeAsync(new ServingTask(ca, certificate, centre, read, keeper, ct)), null);
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

    internal static ErrorResult Error(Refusal refusal) => new(ErrorNumbers.Of(refusal.Code), $"{refusal.Code}: {refusal}");

    // 1
    private static CaRequest Read(ReadOnlyMemory<byte> der, KnownEntName known)
    {
        try
        {
            return CaRequest.Decode(der, known);
        }
        catch (PkiException unreadable)
        {
            throw new RefusedException(unreadable.Error == PkiError.TooLarge ? RefusalCode.TooLarge : RefusalCode.Malformed, unreadable.Message, "CARequest");
        }
    }

    // Whose name stands in it; when nobody's does, the present certificate's check says what does not fit.
    private Certificate CertificateOf(IReadOnlyList<Certificate> certificates, CaRequest request) => certificates.Count == 1
        ? certificates[0]
        : certificates.FirstOrDefault(one => one.IsValidAt(clock.GetUtcNow()) && request.CaName.Matches(one, options.Gmt0014)) ?? certificates[0];

    private KnownEntName NameOf(Certificate certificate)
    {
        if (_names.TryGetValue(certificate, out var known))
        {
            return known;
        }

        if (_names.Count >= MostNames)
        {
            _names.Clear();
        }

        return _names[certificate] = KnownEntName.Of(certificate, options.Gmt0014);
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
}
