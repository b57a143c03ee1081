using System.Collections.Concurrent;
using System.Threading.Channels;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Tsa.Tokens;

/// <summary>With whose key tokens are signed.</summary>
/// <param name="Certificate">The time-stamping certificate: extKeyUsage timeStamping, critical and alone.</param>
/// <param name="Signer">Its key.</param>
internal sealed record TsaIdentity(Certificate Certificate, IBatchSigner Signer);

// The order of work:
//   1 the request passes (StampRequest)
//   2 the service has its certificate, that is in its validity, and the time is watched and right (TimeWatch)
//   3 time and serial are taken
//   4 the tokens of all who wait are signed together
//   5 they are in the ledger, and the latest time is in the database: durable before anybody sees a token (R24)

/// <summary>Gives time-stamp tokens (6.6.2.8; RFC 3161, GM/T 0033).</summary>
internal sealed class Stamper(
    Database database, Ledger ledger, Func<TsaIdentity?> identity, TokenClock tokenClock, TokenSerials serials, TimeProvider clock, ClockBounds bounds, TsaOptions options, ILogger log) : IAsyncDisposable
{
    private const int MostTogether = 128;
    private const int MostWaiting = 10_000;
    private const int MostWaits = 2;
    private const int MostIdle = 4 * MostTogether;

    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(1);

    private readonly StampRequest _requests = new(options);
    private readonly TokenFrames _frames = new(bounds, options);
    private readonly StampGroup _group = new();
    private readonly ConcurrentQueue<StampWork> _idle = new();
    private readonly Channel<StampWork> _waiting = Channel.CreateBounded<StampWork>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private Task _running = Task.CompletedTask;
    private long _groups;
    private int _idleCount;
    private int _expected;

    /// <summary>How many groups have been written to the ledger.</summary>
    public long Groups => Volatile.Read(ref _groups);

    /// <summary>Begins to serve those who wait.</summary>
    public void Start() => _running = Task.Run(ServeAsync);

    /// <summary>Answers a request; a refusal is an answer too.</summary>
    /// <param name="request">TimeStampReq, DER; read before this returns.</param>
    /// <param name="syntax">GM/T 0010, as GM/T 0033 wants it, or CMS.</param>
    /// <returns>Its response is there when <see cref="StampWork.WaitAsync"/> has ended; to be given back with <see cref="Return"/>.</returns>
    public StampWork Begin(ReadOnlySpan<byte> request, MessageSyntax syntax)
    {
        var work = Rent();
        try
        {
            if (_requests.Read(request, syntax, work) is { } refusal)
            {
                work.Response.Set(Reject(refusal));
                work.Give();
            }
            else if (!_waiting.Writer.TryWrite(work))
            {
                throw new RefusedException(RefusalCode.TooManyRequests, "Too many requests wait for their tokens.");
            }
        }
#pragma warning disable CA1031 // RFC 3161 2.4.2: a fault is a systemFailure to the client; the log has the rest.
        catch (Exception fault)
        {
            Fail(work, fault);
        }

        return work;
    }

    /// <summary>Takes a work back whose response has been used.</summary>
    public void Return(StampWork work)
    {
        work.Reset();
        if (Interlocked.Increment(ref _idleCount) <= MostIdle)
        {
            _idle.Enqueue(work);
        }
        else
        {
            Interlocked.Decrement(ref _idleCount);
        }
    }

    /// <summary>A response without a token.</summary>
    public static byte[] Reject(StampRefusal refusal) => TimeStampResponse.Reject(refusal.Failure, refusal.Text).Encode();

    /// <summary>Serves those who wait, then takes nobody any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _running;
    }

    private StampWork Rent()
    {
        if (!_idle.TryDequeue(out var work))
        {
            return new StampWork();
        }

        Interlocked.Decrement(ref _idleCount);
        return work;
    }

    // Why there is no token, told in its response.
    private void Fail(StampWork work, Exception fault)
    {
        Refusal told;
        switch (fault)
        {
            case RefusedException refused:
                TsaLog.Refused(log, refused.Refusal.Code, refused.Refusal.Evidence);
                told = refused.Refusal;
                break;
            case LedgerException:
                TsaLog.Fault(log, fault);
                told = new Refusal(RefusalCode.LedgerUnavailable, "");
                break;
            default:
                TsaLog.Fault(log, fault);
                told = new Refusal(RefusalCode.Fault, "");
                break;
        }

        work.Response.Set(Reject(StampRefusal.Of(told)));
        work.Give();
    }

    private async Task ServeAsync()
    {
        var group = new List<StampWork>();
        // While one group is being written to the disk the next is gathered and signed; the order of writing is that of signing.
        var written = Task.CompletedTask;
        while (await _waiting.Reader.WaitToReadAsync())
        {
            await GatherAsync(group);
            List<StampWork> signed = [];
            try
            {
                signed = Sign(group);
            }
            catch (Exception fault)
            {
                group.ForEach(work => Fail(work, fault));
            }

            await written;
            written = signed.Count == 0 ? Task.CompletedTask : WriteAsync(signed);
        }

        await written;
    }

    // Those who were answered a moment ago and those who waited meanwhile are likely to come together: they are waited for, two milliseconds at most, so that they share one write to the disk. Who comes alone never waits.
    private async Task GatherAsync(List<StampWork> group)
    {
        group.Clear();
        for (var waits = 0; ; waits++)
        {
            while (group.Count < MostTogether && _waiting.Reader.TryRead(out var work))
            {
                group.Add(work);
            }

            if (group.Count >= Math.Min(Volatile.Read(ref _expected), MostTogether) || waits == MostWaits)
            {
                return;
            }

            await Task.Delay(s_moment);
        }
    }

    private List<StampWork> Sign(List<StampWork> group)
    {
        // 2
        var current = identity() ?? throw new RefusedException(RefusalCode.NotInitialised, "The time-stamping certificate is not installed.");
        if (!current.Certificate.IsValidAt(clock.GetUtcNow()))
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, $"The time-stamping certificate ended at {current.Certificate.NotAfter:yyyy-MM-dd'T'HH:mm:ss'Z'}.");
        }

        // 3
        var taken = new List<StampWork>(group.Count);
        foreach (var work in group)
        {
            try
            {
                work.Time = tokenClock.Next();
                work.Serial = SerialNumber.FromBytes(serials.Next());
                taken.Add(work);
            }
            catch (RefusedException refused)
            {
                Fail(work, refused);
            }
        }

        // 4
        if (taken.Count > 0)
        {
            _group.Sign(taken, current.Signer, work => _frames.Of(current, work.Syntax, work.CertificateRequested));
        }

        return taken;
    }

    // 5
    private async Task WriteAsync(List<StampWork> signed)
    {
        var given = 0;
        try
        {
            var records = signed.ConvertAll(StampGroup.Record);
            await database.WriteAsync(
                session =>
                {
                    foreach (var record in records)
                    {
                        ledger.Append(session, record);
                    }

                    ClockStore.Given(session, signed[^1].Time, signed.Count);
                },
                CancellationToken.None);
            Volatile.Write(ref _groups, _groups + 1);
            Volatile.Write(ref _expected, signed.Count + _waiting.Reader.Count);
            while (given < signed.Count)
            {
                signed[given++].Give();
            }
        }
        catch (Exception fault)
        {
            while (given < signed.Count)
            {
                Fail(signed[given++], fault);
            }
        }
    }
#pragma warning restore CA1031
}
