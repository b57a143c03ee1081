using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Hufu.Contracts;
using Hufu.Ocsp.Signers;
using Hufu.Ocsp.Status;
using Hufu.Pki;

namespace Hufu.Ocsp.Answering;

// The order of work:
//   1 the service has its certificate, that is in its validity, and what is stored is in the index and reconciled (R17)
//   2 the request is readable: size, form, number of certificates, nonce (RFC 9654 2.1)
//   3 at least one certificate asked about was issued by the CA that certified this responder (RFC 6960 4.2.2.2: it speaks for no other), and that CA has been heard of lately;
//     for a P-256 CA its own signer speaks, who has other keys and goes another way (Signers)
//   4 the standing of each, by its whole serial; what is not known to be issued is unknown, never good
//   5 the answer: the client's CertIDs, the times of policy, the nonce; its signature is kept from before or is made now, together with those of others who wait

/// <summary>With whose key the service answers.</summary>
/// <param name="Certificate">The delegated signer's certificate.</param>
/// <param name="Signer">Its key.</param>
internal sealed record ResponderIdentity(Certificate Certificate, IBatchSigner Signer);

/// <summary>Answers OCSP requests (6.2.7.7-a; RFC 6960, GB/T 19713).</summary>
/// <param name="issuers">The CAs.</param>
/// <param name="words">When each CA was heard of last.</param>
/// <param name="identity">The service's certificate and key; null while nothing may be answered.</param>
/// <param name="clock">The room's clock.</param>
/// <param name="options">Limits.</param>
/// <param name="beside">Signers for other CAs than the one that certified the room; null when there are none.</param>
internal sealed class Responder(Issuers issuers, AuthorityWords words, Func<ResponderIdentity?> identity, TimeProvider clock, OcspOptions options, ICaSigners? beside = null)
{
    // RFC 9654 2.1: a responder accepts nonces up to 32 bytes and may answer longer ones, up to 128, without.
    private const int LongestNonce = 32;
    private const int LongestPlain = 1024;

    private static readonly CertificateStanding s_held = new(Standing.Revoked, DateTimeOffset.UnixEpoch, Contracts.RevocationReason.CertificateHold);

    private readonly ConcurrentQueue<AnswerWork> _idle = new();
    private AnswerWork? _last;
    private readonly SigningPump _pump = new();
    private ResponderView? _view;

    /// <summary>A work to answer with; give it back.</summary>
    public AnswerWork Rent() => Interlocked.Exchange(ref _last, null) ?? (_idle.TryDequeue(out var work) ? work : new AnswerWork());

    /// <summary>Takes it back.</summary>
    public void Return(AnswerWork work)
    {
        work.Reset();
        // The one given back last is taken first: it is in the processor's cache.
        if (Interlocked.CompareExchange(ref _last, work, null) is not null)
        {
            _idle.Enqueue(work);
        }
    }

    /// <summary>Has the processor fetch what the answer to a request will need; only a hint, a request that is not plain or right is left to <see cref="Begin"/>.</summary>
    /// <param name="request">OCSPRequest, DER.</param>
    public void Fetch(ReadOnlySpan<byte> request)
    {
        if (Volatile.Read(ref _view) is { } view && request.Length <= LongestPlain && PlainRequest.TryRead(request, out var plain))
        {
            view.Find(plain.Issuer)?.Index.Fetch(plain.Serial);
        }
    }

    /// <summary>Answers a request: into the work, or has it signed.</summary>
    /// <param name="request">OCSPRequest, DER; read before this returns.</param>
    /// <param name="work">Receives the answer; a refusal is one too.</param>
    /// <returns>True when the answer is there; false when <see cref="AnswerWork.WaitAsync"/> is to be awaited for it.</returns>
    /// <exception cref="RefusedException">Why there is no answer; see <see cref="ResponseStatuses"/>.</exception>
    [Clause("6.2.7.7-a")]
    public bool Begin(ReadOnlySpan<byte> request, AnswerWork work)
    {
        // 1
        var view = View();
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (!view.IsValidAt(now))
        {
            return BeginBeside(request, now, work) ?? throw Ended(view);
        }

        // 2
        if (request.Length > LongestPlain || !PlainRequest.TryRead(request, out var plain))
        {
            var any = Read(request.ToArray());
            return BeginAny(view, any, now, work, null) ?? BeginBeside(any, now, work) ?? throw Foreign();
        }

        // 3
        if (view.Find(plain.Issuer) is not { } issuer)
        {
            return BeginBeside(request, now, work) ?? throw Foreign();
        }

        var nonce = plain.Nonce.Length > LongestNonce ? default : plain.Nonce;

        // 4
        var position = issuer.Index.Locate(plain.Serial, out var bucket);

        // 5
        if (position >= 0 && nonce.IsEmpty && bucket.Kept is { Common: var common } kept && ReferenceEquals(common.Frame, view.Frame) && common.Times.Next > now
            && common.Place(issuer.FormNumber) is >= 0 and var place && words.Heard(issuer.Ca, now))
        {
            work.Begin(view.Frame, view.Signer, common.Times, false);
            work.Keep(kept, bucket, position, place);
            return true;
        }

        var standing = position >= 0 ? issuer.Index.Standing(plain.Serial, bucket, position) : Unissued;
        var times = words.Times(issuer.Ca, now) ?? throw Silent(issuer);
        work.Begin(view.Frame, view.Signer, times, !nonce.IsEmpty);
        var data = work.Data(512 + view.Frame.Certificate.Subject.RawData.Length + plain.CertId.Length);
        AnswerFrame.Extensions(ref data, nonce, options.UnknownAsHeld && position < 0);
        var since = data.Length;
        Single(ref data, plain.CertId, standing, times, now, position >= 0);
        view.Frame.Data(ref data, since, 0, times.Produced);
        work.SetData(data);
        _pump.Enqueue(work);
        return false;
    }

    /// <summary>The frame in use; null while there is none.</summary>
    public ResponderView? Current()
    {
        var installed = identity();
        if (installed is null)
        {
            return null;
        }

        var view = Volatile.Read(ref _view);
        var all = issuers.All;
        if (view is null || !ReferenceEquals(view.Identity, installed) || !ReferenceEquals(view.All, all))
        {
            view = new ResponderView(installed, all, view?.Frame is { } frame && ReferenceEquals(frame.Certificate, installed.Certificate) ? frame : new AnswerFrame(installed.Certificate));
            Volatile.Write(ref _view, view);
        }

        return view;
    }

    /// <summary>archiveCutoff at a moment.</summary>
    public long? CutoffAt(long now) => options.ArchiveFor is { } period ? now - (long)period.TotalSeconds : null;

    private CertificateStanding Unissued => options.UnknownAsHeld ? s_held : CertificateStanding.Unknown;

    private ResponderView View() => Current() ?? throw new RefusedException(RefusalCode.NotInitialised, "The responder's certificate is not installed, or what it knows is not complete yet.");

    private bool? BeginBeside(ReadOnlySpan<byte> der, long now, AnswerWork work) => beside is null ? null : BeginBeside(Read(der.ToArray()), now, work);

    // By the signer of the first CA that one speaks for; null when there is none among those asked about.
    private bool? BeginBeside(OcspRequest request, long now, AnswerWork work)
    {
        if (beside is null)
        {
            return null;
        }

        foreach (var id in request.CertIds)
        {
            if (beside.Find(Prefix(id), now) is { } view)
            {
                return BeginAny(view, request, now, work, beside.Lane);
            }
        }

        return null;
    }

    // Several certificates, extensions, something that only looks like a request, and whatever another signer speaks about; null when the view speaks for none of it.
    private bool? BeginAny(ResponderView view, OcspRequest request, long now, AnswerWork work, TokenLane? lane)
    {
        var found = new Issuer?[request.CertIds.Count];
        AnswerTimes? times = null;
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = view.Find(Prefix(request.CertIds[i]));
            if (found[i] is { } one)
            {
                var its = words.Times(one.Ca, now) ?? throw Silent(one);
                times = times is null || its.This < times.This ? its : times;
            }
        }

        if (times is null)
        {
            return null;
        }

        var nonce = request.Nonce is { Length: <= LongestNonce } given ? given.Span : default;
        work.Begin(view.Frame, view.Signer, times, !nonce.IsEmpty);
        var data = work.Data(512 + view.Frame.Certificate.Subject.RawData.Length + request.CertIds.Sum(id => id.RawData.Length) + (found.Length * 128));
        var located = new bool[found.Length];
        var standings = new CertificateStanding[found.Length];
        for (var i = 0; i < found.Length; i++)
        {
            var serial = request.CertIds[i].SerialNumber.Content;
            located[i] = found[i] is { } issuer && issuer.Index.Locate(serial, out var bucket) is >= 0 and var position && Stand(issuer, serial, bucket, position, out standings[i]);
            if (!located[i])
            {
                standings[i] = found[i] is null ? CertificateStanding.Unknown : Unissued;
            }
        }

        AnswerFrame.Extensions(ref data, nonce, options.UnknownAsHeld && located.Contains(false));
        var since = data.Length;
        for (var i = found.Length - 1; i >= 0; i--)
        {
            Single(ref data, request.CertIds[i].RawData.Span, standings[i], times, now, located[i]);
        }

        view.Frame.Data(ref data, since, 0, times.Produced);
        work.SetData(data);
        if (lane is not null)
        {
            lane.Enqueue(work);
            return false;
        }

        _pump.Enqueue(work);
        return false;

        static bool Stand(Issuer issuer, ReadOnlySpan<byte> serial, SerialBucket bucket, int position, out CertificateStanding standing)
        {
            standing = issuer.Index.Standing(serial, bucket, position);
            return true;
        }
    }

    private void Single(ref DerTail data, ReadOnlySpan<byte> certId, in CertificateStanding standing, AnswerTimes times, long now, bool issued) =>
        AnswerFrame.Single(ref data, certId, standing, times, issued ? CutoffAt(now) : null);

    private OcspRequest Read(byte[] der)
    {
        if (der.Length > options.RequestLimit)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"At most {options.RequestLimit} bytes.");
        }

        try
        {
            var request = OcspRequest.Decode(der);
            return request.CertIds.Count <= options.MostCertificates
                ? request
                : throw new RefusedException(RefusalCode.TooLarge, $"At most {options.MostCertificates} certificates in one request.");
        }
        catch (PkiException unreadable)
        {
            throw new RefusedException(RefusalCode.Malformed, unreadable.Message);
        }
    }

    // What a CertID begins with, up to its serial: the bytes in which Issuers keeps the issuers' names.
    [SuppressMessage("Style", "IDE0057:Use range operator", Justification = "The three lengths are what is meant.")]
    private static ReadOnlySpan<byte> Prefix(OcspCertId id)
    {
        var der = id.RawData.Span;
        var head = der[1] < 0x80 ? 2 : 2 + (der[1] & 0x7F);
        var length = id.HashAlgorithm.RawData.Length + 2 + id.IssuerNameHash.Length + 2 + id.IssuerKeyHash.Length;
        return der.Length - head >= length ? der.Slice(head, length) : default;
    }

    private static RefusedException Ended(ResponderView view) => new(RefusalCode.CertificateNotValid, $"The responder's certificate ended at {view.Frame.Certificate.NotAfter:yyyy-MM-dd'T'HH:mm:ss'Z'}.");

    private static RefusedException Foreign() => new(RefusalCode.MessageNotAllowed, "None of the certificates was issued by the CA that this responder speaks for.");

    private static RefusedException Silent(Issuer issuer) => new(RefusalCode.RoomUnreachable, $"Nothing has been heard of the CA '{issuer.Ca}' for longer than an answer is good for.");
}

/// <summary>A responder certificate and the CAs that it speaks for, as they are at a moment; replaced as a whole.</summary>
internal sealed class ResponderView
{
    private readonly Issuer[] _mine;
    private readonly long _notBefore;
    private readonly long _notAfter;

    public ResponderView(ResponderIdentity identity, Issuer[] all, AnswerFrame frame)
    {
        Identity = identity;
        All = all;
        Frame = frame;
        _mine = [.. all.Where(issuer => identity.Certificate.Issuer.Equals(issuer.Certificate.Subject) && identity.Certificate.IsSignedBy(issuer.Certificate))];
        (_notBefore, _notAfter) = (identity.Certificate.NotBefore.ToUnixTimeSeconds(), identity.Certificate.NotAfter.ToUnixTimeSeconds());
    }

    public ResponderIdentity Identity { get; }

    public Issuer[] All { get; }

    public AnswerFrame Frame { get; }

    public IBatchSigner Signer => Identity.Signer;

    /// <summary>The issuers that it speaks for, in every form of CertID.</summary>
    public IReadOnlyList<Issuer> Mine => _mine;

    public bool IsValidAt(long now) => now >= _notBefore && now <= _notAfter;

    /// <summary>The issuer of which a CertID begins with these bytes, if the responder speaks for it.</summary>
    public Issuer? Find(ReadOnlySpan<byte> prefix)
    {
        foreach (var issuer in _mine)
        {
            if (prefix.SequenceEqual(issuer.Prefix))
            {
                return issuer;
            }
        }

        return null;
    }
}
