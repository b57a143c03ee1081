using Hufu.Ocsp.Memory;
using Hufu.Ocsp.Status;
using Microsoft.Extensions.Logging;

namespace Hufu.Ocsp.Answering;

/// <summary>
/// Signs answers ahead and keeps them fresh: a bucket is signed when it has none, when its serials or the responder's certificate have changed, and when half of its answers' life has passed. Until then its serials
/// are signed live.
/// </summary>
internal sealed class AheadSigner(Responder responder, AuthorityWords words, TimeProvider clock, OcspOptions options, TimeSpan life, ILogger log)
{
    // A pause of real time: the sweep itself costs little when nothing is due.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    // Fewer lie in few pages whatever their size.
    private const int ManyAnswers = 1 << 16;

    private readonly SignatureRoom _room = new();

    /// <summary>How many answers the last sweep signed.</summary>
    public long LastSigned { get; private set; }

    /// <summary>Sweeps until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                Sweep(ct);
            }
#pragma warning disable CA1031 // What cannot be signed ahead is signed live, where a fault reaches its client; the next sweep tries again.
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                OcspLog.Fault(log, fault);
            }
#pragma warning restore CA1031

            await Task.Delay(s_pause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Signs what is due.</summary>
    /// <returns>How many answers.</returns>
    public long Sweep(CancellationToken ct)
    {
        long signed = 0;
        if (responder.Current() is { } view)
        {
            foreach (var forms in view.Mine.Where(issuer => options.SignAhead.Contains(issuer.Form.Hash) && IsUsual(issuer.Form)).GroupBy(issuer => issuer.Certificate))
            {
                IReadOnlyList<Issuer> issuers = [.. forms];
                foreach (var set in issuers[0].Index.Sets)
                {
                    var some = Sweep(view, issuers, set, ct);
                    signed += some;
                    if (some > ManyAnswers)
                    {
                        set.Gather();
                    }
                }
            }
        }

        LastSigned = signed;
        return signed;
    }

    // Clients write SHA-1 and SHA-256 with NULL; SM3 both ways, so both are kept.
    private static bool IsUsual(CertIdForm form) => form.WithNull || form.Hash == Pki.Oids.Sm3;

    private long Sweep(ResponderView view, IReadOnlyList<Issuer> issuers, SerialSet set, CancellationToken ct)
    {
        long signed = 0;
        KeptFrame? common = null;
        var buckets = set.Buckets;
        for (var i = 0; i < set.Buckets; i++)
        {
            ct.ThrowIfCancellationRequested();
            var bucket = set.Bucket(i);
            var now = clock.GetUtcNow().ToUnixTimeSeconds();

            // Renewed over an eighth of their life, neighbours together: what was signed together ends together, and its memory with it.
            if (bucket.Kept?.Common is { } kept && ReferenceEquals(kept.Frame, view.Frame) && kept.Times.Next - now > ((long)life.TotalSeconds / 2) - ((long)i * 64 / buckets * (long)life.TotalSeconds / 512))
            {
                continue;
            }

            if (words.Times(issuers[0].Ca, now) is not { } times)
            {
                return signed; // silent: nothing may be said of it, now or ahead
            }

            if (bucket.Count > 0)
            {
                var cutoff = responder.CutoffAt(now);
                common = common?.IsFor(view.Frame, times, cutoff, issuers, set.Length) == true ? common : new KeptFrame(view.Frame, times, cutoff, issuers, set.Length);
                set.Keep(i, KeptAnswers.Sign(bucket, common, view.Signer, _room));
                signed += (long)bucket.Count * issuers.Count;
            }
        }

        return signed;
    }
}
