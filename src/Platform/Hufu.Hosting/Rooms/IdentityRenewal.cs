using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Messaging;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Hosting;

/// <summary>
/// The rooms' side of R18: from <c>service-renewal-opens-before</c> of the policy on a room asks the CA, by a signed fact, to certify it again over a new key, once a day until it is; takes in what the CA certified and goes
/// on under it; and takes in what it certified for the rooms that it knows. People are needed only once a certificate has ended (<c>POST /api/ca/services</c>).
/// </summary>
public sealed partial class IdentityRenewal : IAsyncDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_askAgain = TimeSpan.FromDays(1);
    private static readonly string[] s_uses = [RoomIdentity.SigningLabel, RoomIdentity.EncryptionLabel, RoomIdentity.AuditLabel];

    private readonly RoomContext context;
    private readonly Dictionary<string, DateTimeOffset> asked = [];
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    internal IdentityRenewal(RoomContext context)
    {
        this.context = context;
        if (Allowed("ServiceCertified", Rooms.Ca, context.Name))
        {
            context.Post.Subscribe<ServiceCertified>(TakeIn);
        }
    }

    /// <summary>Begins to watch; once. A room that may not ask has nothing to watch.</summary>
    public void Start()
    {
        if (Allowed("ServiceRenewalAsked", context.Name, Rooms.Ca))
        {
            running = Task.Run(() => WatchAsync(stop.Token), CancellationToken.None);
        }
    }

    /// <summary>Asks for what is due and was not asked for within a day.</summary>
    /// <returns>How many were asked for.</returns>
    public async Task<int> LookAsync(CancellationToken ct)
    {
        await one.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var now = context.Clock.GetUtcNow();
            var count = 0;
            foreach (var use in s_uses)
            {
                if (!context.Identity.IsActive || context.Identity.CertificateFor(use) is not { } certificate || now < context.Policy.Values.ServiceRenewalOpensBefore.Before(certificate.NotAfter) || now > certificate.NotAfter
                    || (asked.TryGetValue(certificate.SerialHex, out var last) && now - last < s_askAgain) || context.Identity.AskFollowing(use) is not { } request)
                {
                    continue;
                }

                await context.Database.WriteAsync(
                    session =>
                    {
                        context.Post.Publish(session, request);
                        context.Ledger.Append(session, Record("identity.renewal.ask", use, certificate.SerialHex, null));
                    },
                    ct).ConfigureAwait(false);
                asked[certificate.SerialHex] = now;
                count++;
            }

            return count;
        }
        finally
        {
            one.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        stop.Dispose();
        one.Dispose();
    }

    // Another room's, or this one's own. What does not follow is refused: the CA keeps the fact, and its lag shows it.
    private void TakeIn(Session session, ReceivedFact<ServiceCertified> fact)
    {
        if (fact.Body.Room != context.Name)
        {
            if (context.Identity.Chain is [.., var root] && context.Peers.Follow(session, fact.Body, root))
            {
                context.Ledger.Append(session, Record("peer.renewed", fact.Body.Use, fact.Body.OldSerial, null) with { Object = $"room/{fact.Body.Room}" });
            }

            return;
        }

        Follow(session, fact.Body);
    }

    /// <summary>Installs what the room's own issuer has certified: for rooms that certify themselves.</summary>
    /// <exception cref="RefusedException">It does not follow the room's certificate.</exception>
    public Task FollowOwnAsync(ServiceCertified certified, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(certified);
        return context.Database.WriteAsync(session => Follow(session, certified), ct);
    }

    private void Follow(Session session, ServiceCertified certified)
    {
        var now = context.Clock.GetUtcNow();
        if (context.Identity.CertificateFor(certified.Use) is not { } old || old.SerialHex != certified.OldSerial)
        {
            return;
        }

        // The record stands before the certificate is used; if the commit fails after it, the fact comes again and finds it installed.
        context.Ledger.Append(session, Record("identity.renewed", certified.Use, certified.OldSerial, ActStatement.Digest(certified.Certificate)));
        if (context.Identity.Follow(certified, now) && certified.Use == RoomIdentity.AuditLabel)
        {
            var certificate = certified.Certificate;
            session.OnCommitted(() => _ = Task.Run(() => LayBesideAsync(certificate)));
        }
    }

    // The ledger's own record of its key's certificate; the next head, signed by that key, covers it.
    private async Task LayBesideAsync(byte[] certificate)
    {
        try
        {
            await context.Ledger.InstallCertificateAsync(certificate, stop.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is LedgerException or DatabaseException or OperationCanceledException or ObjectDisposedException)
        {
            LogFault(context.Log, fault, context.Name);
        }
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await LookAsync(ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogFault(context.Log, fault, context.Name);
            }

            await Task.Delay(s_look, context.Clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static bool Allowed(string fact, string from, string to) => AccessTable.Default.Allows(AccessTable.Fact, fact, from, to);

    private LedgerRecord Record(string act, string use, string oldSerial, string? certificate) => new()
    {
        Actor = "system",
        Act = act,
        Object = $"room/{context.Name}",
        Outcome = LedgerOutcome.Done,
        Detail = certificate is null ? new JsonObject { ["use"] = use, ["oldSerial"] = oldSerial } : new JsonObject { ["use"] = use, ["oldSerial"] = oldSerial, ["certificate"] = certificate },
    };

    [LoggerMessage(9110, LogLevel.Error, "Renewing the certificates of {Room} failed; it is tried again")]
    private static partial void LogFault(ILogger log, Exception fault, string room);
}
