using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Ocsp.Answering;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ocsp.Signers;

/// <summary>
/// Who speaks for the P-256 CAs (RFC 6960 4.2.2.2): for each, a key in the room's token, certified by that CA itself. The room makes the key as soon as it hears of the CA and gives out its request; two people of the CA have
/// it certified; the certificate comes as a fact; in time the room asks for the next one itself (R18). Where something stops it, the CA's certificates are answered with a refusal, never by another signer.
/// </summary>
internal sealed class CaSigners : ICaSigners, IAsyncDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_askAgain = TimeSpan.FromDays(1);

    private readonly RoomContext _context;
    private readonly Issuers _issuers;
    private readonly StatusToken _token;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Dictionary<string, DateTimeOffset> _asked = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _refreshing = new();
    private SignerKey[] _keys = [];
    private CaSigner[] _all = [];
    private Task _running = Task.CompletedTask;

    public CaSigners(RoomContext context, Issuers issuers, OcspOptions options)
    {
        _context = context;
        _issuers = issuers;
        _token = new StatusToken(options);
    }

    public TokenLane Lane { get; } = new();

    /// <summary>Reads what is stored and begins to watch; the token is opened beside the start, for it may be slow or away.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        _keys = [.. await _context.Database.ReadAsync(SignerStore.All, ct).ConfigureAwait(false)];
        Refresh();
        _wake.Release();
        _running = Task.Run(() => WatchAsync(_stop.Token), CancellationToken.None);
    }

    public ResponderView? Find(ReadOnlySpan<byte> prefix, long now)
    {
        foreach (var signer in Volatile.Read(ref _all))
        {
            if (signer.Names(prefix))
            {
                return signer.SilentAt(now) is { } refusal ? throw new RefusedException(refusal.Code, refusal.Evidence) : signer.View;
            }
        }

        return null;
    }

    /// <summary>A CA certificate has come: a new CA gets its key soon.</summary>
    public void Noticed()
    {
        Refresh();
        _wake.Release();
    }

    /// <summary>The CA has certified a key, the fact is committed with what is stored. What does not fit is recorded and left: the fact would come again and be as wrong.</summary>
    public void TakeIn(Session session, StatusSignerCertified certified)
    {
        var (key, certificate, wrong) = Judge(SignerStore.All(session), certified);
        var detail = new JsonObject { ["ca"] = certified.Ca, ["certificate"] = ActStatement.Digest(certified.Certificate ?? []) };
        if (wrong is not null)
        {
            detail["evidence"] = wrong;
            _context.Ledger.Append(session, Record("ocsp.signer.install", certified.Ca, LedgerOutcome.Refused, detail));
            OcspLog.SignerRefused(_context.Log, certified.Ca, wrong);
            return;
        }

        SignerStore.SetCertificate(session, key!.Label, certificate!);
        detail["serial"] = certificate!.SerialHex;
        _context.Ledger.Append(session, Record("ocsp.signer.install", certified.Ca, LedgerOutcome.Done, detail));
        session.OnCommitted(() =>
        {
            lock (_refreshing)
            {
                _keys = [.. _keys.Where(one => one.Label != key.Label), key with { Certificate = certificate }];
            }

            Refresh();
        });
    }

    /// <summary>How it stands with every P-256 CA.</summary>
    public IReadOnlyList<StatusSigner> List()
    {
        var now = _context.Clock.GetUtcNow().ToUnixTimeSeconds();
        var keys = Volatile.Read(ref _keys);
        return [.. Volatile.Read(ref _all).Select(signer =>
        {
            var waiting = keys.LastOrDefault(key => key.Ca == signer.Ca && key.Certificate is null);
            var silent = signer.SilentAt(now);
            var (state, words) = (_token.Away, silent) switch
            {
                ({ } away, _) => (StatusSignerState.TokenAway, away),
                (_, { Code: RefusalCode.NotInitialised }) => (StatusSignerState.Waiting, $"{silent.Evidence} Two people of the CA: POST /api/ca/services/signers."),
                (_, { }) => (StatusSignerState.Ended, $"{silent.Evidence} Two people of the CA: POST /api/ca/services/signers."),
                _ => (StatusSignerState.InForce, $"until {signer.View!.Frame.Certificate.NotAfter:u}"),
            };
            return new StatusSigner(signer.Ca, state, words, signer.View?.Frame.Certificate.Encode(), waiting?.Request);
        })];
    }

    /// <summary>The checks of health.</summary>
    public IEnumerable<RoomCheck> Checks() => List().Select(signer => new RoomCheck($"signer-{signer.Ca}", signer.State == StatusSignerState.InForce, signer.Words));

    /// <summary>Opens the token if it is away, makes the keys that are missing and asks for what is due.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var open = _token.TryOpen();
            Refresh();
            if (open)
            {
                foreach (var signer in Volatile.Read(ref _all))
                {
                    await LookAsync(signer, ct).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _token.Dispose();
        _wake.Dispose();
        _one.Dispose();
        _stop.Dispose();
    }

    private async Task LookAsync(CaSigner signer, CancellationToken ct)
    {
        var now = _context.Clock.GetUtcNow();
        if (signer.SilentAt(now.ToUnixTimeSeconds()) is not null)
        {
            // For people to have certified: the first one, or one after the end.
            await WaitingAsync(signer, ct).ConfigureAwait(false);
            return;
        }

        var certificate = signer.View!.Frame.Certificate;
        if (now < _context.Policy.Values.ServiceRenewalOpensBefore.Before(certificate.NotAfter) || (_asked.TryGetValue(certificate.SerialHex, out var last) && now - last < s_askAgain))
        {
            return;
        }

        var next = await WaitingAsync(signer, ct).ConfigureAwait(false);
        await _context.Database.WriteAsync(
            session =>
            {
                _context.Post.Publish(session, new ServiceRenewalAsked(Rooms.Ocsp, "sign", certificate.SerialHex, next.Request));
                _context.Ledger.Append(session, Record("identity.renewal.ask", signer.Ca, LedgerOutcome.Done, new JsonObject { ["use"] = "sign", ["oldSerial"] = certificate.SerialHex }));
            },
            ct).ConfigureAwait(false);
        _asked[certificate.SerialHex] = now;
    }

    // The key that waits for its certificate, made if there is none or if the token has lost it.
    private async Task<SignerKey> WaitingAsync(CaSigner signer, CancellationToken ct)
    {
        var known = Volatile.Read(ref _keys).Where(key => key.Ca == signer.Ca).ToList();
        if (known.LastOrDefault(key => key.Certificate is null) is { } waiting && _token.Contains(waiting.Label))
        {
            return waiting;
        }

        var number = known.Count == 0 ? 1 : known.Max(key => key.Number) + 1;
        var label = $"ocsp-{signer.Ca}.{number}";
        var request = _token.Request(label, DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, Rooms.Ocsp)));
        var made = new SignerKey(label, signer.Ca, number, request.Encode(), null);
        await _context.Database.WriteAsync(
            session =>
            {
                SignerStore.Insert(session, made);
                _context.Ledger.Append(session, Record("ocsp.signer.key", signer.Ca, LedgerOutcome.Done, new JsonObject { ["key"] = ActStatement.Digest(made.PublicKey.RawData.Span) }));
            },
            ct).ConfigureAwait(false);
        lock (_refreshing)
        {
            _keys = [.. _keys, made];
        }

        return made;
    }

    private (SignerKey? Key, Certificate? Certificate, string? Wrong) Judge(IReadOnlyList<SignerKey> keys, StatusSignerCertified certified)
    {
        Certificate certificate;
        bool speaks;
        try
        {
            certificate = Certificate.Decode(certified.Certificate);
            speaks = certificate.ExtendedKeyUsage?.Purposes.Contains(Oids.PurposeOcspSigning) == true && certificate.KeyUsage?.HasFlag(KeyUsages.DigitalSignature) == true;
        }
        catch (PkiException unreadable)
        {
            return (null, null, unreadable.Message);
        }

        var key = keys.LastOrDefault(one => one.Ca == certified.Ca && one.PublicKey.Equals(certificate.PublicKey));
        var wrong = key is null ? "It is over no key of this room for that CA."
            : !speaks ? "It is no certificate of an OCSP signer."
            : !_issuers.Certificates.Any(ca => IsOf(ca, certified.Ca) && certificate.Issuer.Equals(ca.Subject) && certificate.IsSignedBy(ca)) ? "That CA has not signed it."
            : certificate.NotAfter <= _context.Clock.GetUtcNow() ? "It has ended."
            : key.Certificate is { } present && present.NotAfter > certificate.NotAfter ? "The key has one that lasts longer."
            : null;
        return (key, certificate, wrong);
    }

    private bool IsOf(Certificate certificate, string ca) => _issuers.All.Any(issuer => issuer.Ca == ca && issuer.Certificate.Equals(certificate));

    // Views are kept where nothing has changed: they have verified signatures.
    private void Refresh()
    {
        lock (_refreshing)
        {
            var before = _all;
            List<CaSigner> all = [];
            foreach (var forms in _issuers.All.Where(issuer => issuer.Certificate.PublicKey.IsP256 && !issuer.Certificate.IsSelfIssued).GroupBy(issuer => issuer.Ca))
            {
                Issuer[] issuers = [.. forms];
                var key = _keys.Where(one => one.Ca == forms.Key && one.Certificate is { } made && made.NotBefore <= _context.Clock.GetUtcNow()).MaxBy(one => one.Certificate!.NotAfter);
                var view = key is null ? null
                    : before.FirstOrDefault(one => one.Ca == forms.Key && one.Forms.Count == issuers.Length)?.View is { } kept && kept.Identity.Certificate.Equals(key.Certificate) ? kept
                    : new ResponderView(new ResponderIdentity(key.Certificate!, _token.SignerOf(key.Label, key.PublicKey)), issuers, new AnswerFrame(key.Certificate!));
                all.Add(new CaSigner(forms.Key, issuers, view));
            }

            Volatile.Write(ref _all, [.. all]);
        }
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await WokenAsync(ct).ConfigureAwait(false);
            try
            {
                if (!ct.IsCancellationRequested)
                {
                    await LookAsync(ct).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The token or the database is away: what is in force goes on, the rest is tried again.
            catch (Exception fault)
            {
                OcspLog.SignersFault(_context.Log, fault);
            }
#pragma warning restore CA1031
        }
    }

    // A minute of the room's clock, or until a CA certificate has come.
    private async Task WokenAsync(CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var due = Task.Delay(s_look, _context.Clock, either.Token);
        var woken = _wake.WaitAsync(either.Token);
        await Task.WhenAny(due, woken).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        await due.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static LedgerRecord Record(string act, string ca, LedgerOutcome outcome, JsonObject detail) => new()
    {
        Actor = "system", Act = act, Object = StatusSignerRegistration.ObjectOf(ca), Outcome = outcome, Detail = detail,
    };
}
