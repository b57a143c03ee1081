using System.Text.Json.Nodes;
using Hufu.Ca.Authorities;
using Hufu.Ca.Certificates;
using Hufu.Ca.Revocation;
using Hufu.Ca.Rules;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;
using Microsoft.Extensions.Logging;

namespace Hufu.Ca.Services;

/// <summary>
/// The platform's own certificates renew themselves (R18). A room's fact <see cref="ServiceRenewalAsked"/> is noted with its receipt; then 1 it is decided (<see cref="ServiceRenewalIsAllowed"/>, possession, same
/// subject and profile), 2 a serial is reserved, the certificate built, linted, signed and compared, 3 stored with its ledger records and the fact <see cref="ServiceCertified"/>. A crash between them leaves a burnt
/// serial and the note; it is carried out at the next start. An old certificate is followed once: the same request again gets the same certificate (R03), another key for it is refused.
/// </summary>
internal sealed partial class ServiceRenewals(CaParts parts, AuthorityRegister authorities, DirectIssuer direct) : IDisposable
{
    private const string Act = "ca.service.renew";
    private const int Most = 100;
    private const int RequestLimit = 16 << 10;
    private readonly SemaphoreSlim noted = new(0);
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Keeps a request in the transaction of its receipt; it is carried out soon after.</summary>
    public void Note(Session session, string id, string sender, ServiceRenewalAsked asked)
    {
        if (asked is not { Room: not null, Use: not null, OldSerial.Length: > 0 and <= 64, Request.Length: > 0 and <= RequestLimit })
        {
            throw new RefusedException(RefusalCode.Malformed, "Room, use, the old serial and a request are needed.", "request");
        }

        session.Execute(
            """
            INSERT INTO ca_service_renewals (id, sender, room, use, old_serial, request, state, asked_at) VALUES (@id, @sender, @Room, @Use, @OldSerial, @Request, 'waiting', @Now)
            ON CONFLICT (id) DO NOTHING
            """,
            new { id, sender, asked.Room, asked.Use, asked.OldSerial, asked.Request, Now = Now() });
        session.OnCommitted(() => noted.Release());
    }

    /// <summary>Waits until a request is noted, or for this long.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken ct) => noted.WaitAsync(longest, ct);

    /// <summary>Carries out what is noted, oldest first.</summary>
    /// <returns>How many certificates were made.</returns>
    public async Task<int> CarryOutAsync(CancellationToken ct)
    {
        if (authorities.Current is null || RestoreMark.IsSet(parts.Folder))
        {
            return 0;
        }

        await turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var made = 0;
            var rows = await parts.Database.ReadAsync(
                session => session.Query<RenewalRow>(
                    "SELECT id, sender, room, use, old_serial, request FROM ca_service_renewals WHERE state = 'waiting' ORDER BY asked_at, id LIMIT @Most", new { Most }), ct).ConfigureAwait(false);
            foreach (var row in rows)
            {
                made += await CarryOutAsync(row, ct).ConfigureAwait(false) ? 1 : 0;
            }

            return made;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        noted.Dispose();
        turn.Dispose();
    }

    private async Task<bool> CarryOutAsync(RenewalRow row, CancellationToken ct)
    {
        try
        {
            // 1; what is decided by the clock waits while the clock is in doubt.
            authorities.DemandUndoubtedTime();
            var all = authorities.Demand();
            var asked = new ServiceRenewalAsked(row.Room, row.Use, row.OldSerial, row.Request);
            var (old, followed) = await parts.Database.ReadAsync(session => (Old(session, all, row.OldSerial), Followed(session, row.OldSerial)), ct).ConfigureAwait(false);
            ServiceRenewalIsAllowed.Demand(asked, row.Sender, old, parts.Policy.Values, parts.Clock.GetUtcNow());
            var issuer = IssuerOf(all, old.Row!);
            var request = ServiceRequests.Open(row.Request, issuer.Algorithm);
            var key = ActStatement.Digest(request.PublicKey.RawData.Span);
            if (followed is not null)
            {
                await AgainAsync(row, all, key, followed, ct).ConfigureAwait(false);
                return false;
            }

            var order = OrderOf(row.Sender, old.Row!, request.PublicKey);
            await parts.Database.ReadAsync(session => DemandOneUse(session, key, order.Profile.Id) && DemandNeeded(session, issuer, old.Row!), ct).ConfigureAwait(false);

            // 2
            var serials = await direct.ReserveAsync(issuer.Name, [$"room/{row.Room}/{row.Use}"], ct).ConfigureAwait(false);
            var certificate = direct.Sign(order, serials[0], DirectSigner.Of(issuer));

            // 3
            await parts.Database.WriteAsync(session => Store(session, row, order, issuer, all, certificate, key), ct).ConfigureAwait(false);
            return true;
        }
        catch (RefusedException refused) when (!Hufu.Messaging.Passing.IsPassing(refused.Refusal.Code))
        {
            LogRefused(parts.Log, row.Sender, row.OldSerial, refused.Refusal.ToString());
            await parts.Database.WriteAsync(
                session =>
                {
                    parts.Ledger.Append(session, Record(row, LedgerOutcome.Refused, new JsonObject { ["code"] = refused.Refusal.Code.ToString(), ["evidence"] = refused.Refusal.Evidence, ["field"] = refused.Refusal.Field }));
                    session.Execute("UPDATE ca_service_renewals SET state = 'refused' WHERE id = @Id", new { row.Id });
                },
                ct).ConfigureAwait(false);
            return false;
        }
        catch (Exception waits) when (waits is not OperationCanceledException)
        {
            LogWaits(parts.Log, waits, row.Sender, row.OldSerial);
            return false;
        }
    }

    private void Store(Session session, RenewalRow row, DirectOrder order, Authority issuer, AuthoritySet all, Certificate certificate, string key)
    {
        direct.Store(session, order, issuer.Name, certificate);
        session.Execute("UPDATE ca_service_renewals SET state = 'done', key = @key, issuer = @Name, serial = @Serial WHERE id = @Id", new { key, issuer.Name, Serial = certificate.SerialHex, row.Id });
        parts.Ledger.Append(session, Record(row, LedgerOutcome.Done, new JsonObject { ["serial"] = certificate.SerialHex, ["certificate"] = ActStatement.Digest(certificate.RawData.Span) }));
        Tell(session, row, issuer, all, certificate.Encode());
    }

    // To everybody who knows the room; a signer for one CA is the room's own affair.
    private void Tell(Session session, RenewalRow row, Authority issuer, AuthoritySet all, byte[] certificate)
    {
        if (StatusSignerDesk.Signs(issuer))
        {
            parts.Facts.Publish(session, new StatusSignerCertified(issuer.Name, certificate));
            return;
        }

        parts.Facts.Publish(session, new ServiceCertified(row.Room, row.Use, row.OldSerial, certificate, all.ChainOf(issuer)));
    }

    // The CA that issues for rooms now; a status signer's own CA, since it speaks for no other (RFC 6960 4.2.2.2).
    private static Authority IssuerOf(AuthoritySet all, CertificateRow old) =>
        StatusSignerDesk.Signs(all.Of(old.Issuer)) ? StatusSignerDesk.IssuerOf(all, old.Issuer) : all.DemandLine(AuthorityNames.Operational);

    // A CA that closes ends with its last certificate (6.6.1.6-a): who only speaks about what has ended by then does not hold it open. CA certificates and links are asked of lists.
    private static bool DemandNeeded(Session session, Authority issuer, CertificateRow old) =>
        issuer.State == AuthorityState.Active || !StatusSignerDesk.Signs(issuer)
            || session.Scalar<long>("SELECT count(*) FROM ca_certificates WHERE issuer = @Issuer AND kind <> 'service' AND kind <> 'authority' AND not_after > @NotAfter", new { old.Issuer, old.NotAfter }) > 0
            ? true
            : throw new RefusedException(RefusalCode.StateWrong, $"'{issuer.Name}' is closing, and nothing that it has issued lives longer than this certificate.", "oldSerial");

    // The fact again, with the same bytes; a second certificate for one that ends is never made.
    private async Task AgainAsync(RenewalRow row, AuthoritySet all, string key, FollowedRow followed, CancellationToken ct)
    {
        if (followed.Key != key)
        {
            throw new RefusedException(RefusalCode.StateWrong, $"It is followed by {followed.Serial} already, over another key.", "oldSerial");
        }

        await parts.Database.WriteAsync(
            session =>
            {
                var known = CertificateStore.Find(session, followed.Issuer, followed.Serial)!;
                session.Execute("UPDATE ca_service_renewals SET state = 'done' WHERE id = @Id", new { row.Id });
                Tell(session, row, all.Of(followed.Issuer), all, known.Der);
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>The order for a certificate that follows another: name and profile are those of the old one. Where the profile's subject has changed meanwhile, people register the room again.</summary>
    /// <exception cref="RefusedException">RegisteredDataChanged.</exception>
    public DirectOrder OrderOf(string room, CertificateRow old, SubjectPublicKeyInfo key)
    {
        var subject = Certificate.Decode(old.Der).Subject;
        var order = new DirectOrder(
            parts.Policy.Profile(old.Profile), CertificateUse.Service, room, old.Holder,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["organisation"] = subject.Find(Oids.Organization) ?? "", ["serviceName"] = subject.CommonName ?? "" }, key);
        return SubjectBuilder.Build(order.Profile, order.Fields).RawData.Span.SequenceEqual(subject.RawData.Span)
            ? order
            : throw new RefusedException(RefusalCode.RegisteredDataChanged, "The profile's subject is not that of the old certificate any more.", "oldSerial");
    }

    /// <summary>Each service key has one use (6.2.5-a).</summary>
    /// <exception cref="RefusedException">KeyReused.</exception>
    public static bool DemandOneUse(Session session, string key, string profile) =>
        session.Scalar<long>("SELECT count(*) FROM ca_certificates WHERE spki_digest = @key AND profile <> @profile", new { key, profile }) == 0
            ? true
            : throw new RefusedException(RefusalCode.KeyReused, "Each service key has one use.", "request");

    /// <summary>A certificate as this CA has it, and whether it is revoked or suspended.</summary>
    public static RenewedCertificate Old(Session session, AuthoritySet all, string serial) =>
        CertificateStore.FindOf(session, all.Issuers, serial) is { } row ? new RenewedCertificate(row, RevocationStore.Find(session, row.Issuer, serial) is not null) : new RenewedCertificate(null, false);

    /// <summary>What follows a certificate already, or null.</summary>
    public static FollowedRow? Followed(Session session, string oldSerial) => session.QueryFirst<FollowedRow>(
        "SELECT key, issuer, serial FROM ca_service_renewals WHERE old_serial = @oldSerial AND state = 'done' AND serial IS NOT NULL", new { oldSerial });

    private static LedgerRecord Record(RenewalRow row, LedgerOutcome outcome, JsonObject detail)
    {
        detail["use"] = row.Use;
        detail["oldSerial"] = row.OldSerial;
        return new LedgerRecord { Actor = row.Sender, Act = Act, Object = $"room/{row.Room}", Outcome = outcome, Detail = detail };
    }

    private long Now() => parts.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record RenewalRow(string Id, string Sender, string Room, string Use, string OldSerial, byte[] Request);

    [LoggerMessage(3060, LogLevel.Warning, "The renewal that {Room} asks for {Serial} is refused: {Reason}")]
    private static partial void LogRefused(ILogger log, string room, string serial, string reason);

    [LoggerMessage(3061, LogLevel.Error, "The renewal that {Room} asks for {Serial} waits")]
    private static partial void LogWaits(ILogger log, Exception fault, string room, string serial);
}

/// <summary>What follows a certificate already.</summary>
/// <param name="Key">SM3 of the SubjectPublicKeyInfo.</param>
/// <param name="Issuer">The issuing CA.</param>
/// <param name="Serial">Its serial, hex.</param>
internal sealed record FollowedRow(string Key, string Issuer, string Serial);
