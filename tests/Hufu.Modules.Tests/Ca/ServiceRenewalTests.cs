using System.Diagnostics;
using Hufu.Ca.Certificates;
using Hufu.Ca.Revocation;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ca;

/// <summary>The platform's own certificates renew themselves (R18): a room asks by a signed fact, the CA certifies it again and never gives it more than it had.</summary>
public sealed class ServiceRenewalTests
{
    private static readonly TimeSpan InWindow = TimeSpan.FromDays((3 * 365) - 50);

    [Fact]
    [Clause("6.2.6.1-a")]
    public async Task R18_ARoomAsksByPostAndItsCertificateIsFollowedOnce()
    {
        await using var ca = await BornCa.OpenAsync();
        await using var ra = await TestRoom.OpenAsync(Rooms.Ra, beside: ca.Room);
        var registered = await ca.RegisterAsync(ra);
        var old = Certificate.Decode(registered.SigningCertificate);
        ra.Context.Post.Start();
        ca.Room.Clock.Advance(InWindow);
        using var key = Sm2KeyPair.Generate();
        var asked = new ServiceRenewalAsked(Rooms.Ra, "sign", old.SerialHex, CertificationRequest.Create(TestAuthority.Name("x"), key).Encode());
        await ra.Context.Database.WriteAsync(session => ra.Context.Post.Publish(session, asked), CancellationToken.None);
        await UntilAsync(ca, "SELECT count(*) FROM ca_service_renewals WHERE sender <> 'ca' AND state = 'done'", 1);

        var made = Certificate.Decode((await ca.Room.Context.Database.ReadAsync(
            session => session.QueryFirst<byte[]>("SELECT c.der FROM ca_service_renewals r JOIN ca_certificates c ON c.issuer = r.issuer AND c.serial = r.serial WHERE r.sender = 'ra'"), CancellationToken.None))!);
        Assert.Equal(key.PublicKey, made.PublicKey);
        Assert.Equal(old.Subject, made.Subject);
        Assert.Equal(old.KeyUsage, made.KeyUsage);
        Assert.True(made.NotAfter > old.NotAfter && made.IsSignedBy(Certificate.Decode(ca.Born.CaCertificate)));
        Assert.Equal(5, await InitialisationTests.CountAsync(ca, $"SELECT count(*) FROM outbox_item WHERE kind = 'fact:ServiceCertified' AND CAST(body AS TEXT) LIKE '%{old.SerialHex}%'"));
        Assert.Equal(2, (await ca.Room.LedgerAsync()).Count(line => (line.Contains("\"ca.service.renew\"", StringComparison.Ordinal) && line.Contains("room/ra", StringComparison.Ordinal)) || (line.Contains("ca.certificate.issued", StringComparison.Ordinal) && line.Contains(made.SerialHex, StringComparison.Ordinal))));

        // Asked again: the same certificate once more (R03). With another key: refused, and recorded.
        await ra.Context.Database.WriteAsync(session => ra.Context.Post.Publish(session, asked), CancellationToken.None);
        await UntilAsync(ca, "SELECT count(*) FROM ca_service_renewals WHERE sender <> 'ca' AND state = 'done'", 2);
        Assert.Equal(10, await InitialisationTests.CountAsync(ca, $"SELECT count(*) FROM outbox_item WHERE kind = 'fact:ServiceCertified' AND CAST(body AS TEXT) LIKE '%{old.SerialHex}%'"));
        using var another = Sm2KeyPair.Generate();
        await ra.Context.Database.WriteAsync(
            session => ra.Context.Post.Publish(session, asked with { Request = CertificationRequest.Create(TestAuthority.Name("x"), another).Encode() }), CancellationToken.None);
        await UntilAsync(ca, "SELECT count(*) FROM ca_service_renewals WHERE sender <> 'ca' AND state = 'refused'", 1);
        Assert.Equal(1, await InitialisationTests.CountAsync(ca, $"SELECT count(*) FROM ca_certificates WHERE holder = 'room/ra' AND profile = 'room-sign' AND serial <> '{old.SerialHex}'"));
        Assert.Contains(await ca.Room.LedgerAsync(), line => line.Contains("\"ca.service.renew\"", StringComparison.Ordinal) && line.Contains("\"refused\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task R18_ARoomGetsNothingThatIsNotItsOwnOrNotYetDueOrRevoked()
    {
        await using var ca = await BornCa.OpenAsync();
        await using var ra = await TestRoom.OpenAsync(Rooms.Ra, beside: ca.Room);
        await using var ocsp = await TestRoom.OpenAsync(Rooms.Ocsp, beside: ca.Room);
        var mine = await ca.RegisterAsync(ra);
        var other = await ca.RegisterAsync(ocsp, withEncryption: false);
        var (signing, audit) = (Certificate.Decode(mine.SigningCertificate), Certificate.Decode(mine.AuditCertificate));
        using var key = Sm2KeyPair.Generate();
        var good = new ServiceRenewalAsked(Rooms.Ra, "sign", signing.SerialHex, CertificationRequest.Create(TestAuthority.Name("x"), key).Encode());
        var number = 0;

        // Three years to go: too early.
        await RefusedAsync(good, RefusalCode.OutsideRenewalWindow);
        ca.Room.Clock.Advance(InWindow);

        // The CA's own certificates are due as well; they are followed before the test goes on.
        var watch = Stopwatch.StartNew();
        while (await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_service_renewals WHERE sender = 'ca' AND state = 'done'") != 2)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), "The CA's own certificates were not followed within a minute.");
            ca.Room.Clock.Advance(TimeSpan.FromSeconds(30));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await RefusedAsync(good with { Room = Rooms.Ocsp }, RefusalCode.MessageNotAllowed);
        await RefusedAsync(good with { OldSerial = Certificate.Decode(other.SigningCertificate).SerialHex }, RefusalCode.UnknownObject);
        await RefusedAsync(good with { OldSerial = Certificate.Decode(ca.Born.CaCertificate).SerialHex }, RefusalCode.UnknownObject);
        await RefusedAsync(good with { Use = "encrypt" }, RefusalCode.FieldInvalid);
        await RefusedAsync(good with { Request = CertificationRequest.Decode(good.Request).Encode()[..^1] }, RefusalCode.Malformed);
        var forged = good.Request.ToArray();
        forged[^1] ^= 1;
        await RefusedAsync(good with { Request = forged }, RefusalCode.PossessionNotProven);

        // The ledger's key never becomes the key of messages (6.2.5-a), nor another room's key this room's.
        await RefusedAsync(good with { Request = Requests(ra).Audit }, RefusalCode.KeyReused);
        await RefusedAsync(good with { Request = Requests(ocsp).Signing }, RefusalCode.KeyReused);
        Assert.Equal(signing.PublicKey, CertificationRequest.Decode(Requests(ra).Signing).PublicKey);
        Assert.NotEqual(audit.PublicKey, signing.PublicKey);

        // A room put back from a backup certifies nobody (R17): the request waits.
        new RestoreMark("b", ca.Room.Clock.GetUtcNow(), ca.Room.Clock.GetUtcNow(), 1, 1).Set(ca.Room.Context.DataDirectory);
        await NoteAsync(good, Rooms.Ra);
        Assert.Equal(0, await ca.Module.Desks.Renewals.CarryOutAsync(CancellationToken.None));
        Assert.Equal(1, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_service_renewals WHERE sender <> 'ca' AND state = 'waiting'"));

        // Revoked meanwhile: refused for good.
        await ca.Room.Context.Database.WriteAsync(
            session => ca.Module.Desks.Standing.Change(
                session,
                new RevocationChange(StandingChange.Revoke, "operational", signing.SerialHex, RevocationReason.CessationOfOperation, null, "t", ca.Room.Clock.GetUtcNow(), Rooms.Ca),
                CertificateStore.Find(session, "operational", signing.SerialHex)!),
            CancellationToken.None);
        RestoreMark.Clear(ca.Room.Context.DataDirectory);
        Assert.Equal(0, await ca.Module.Desks.Renewals.CarryOutAsync(CancellationToken.None));
        Assert.Equal(0, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_service_renewals WHERE sender <> 'ca' AND state <> 'refused'"));
        Assert.Equal(0, await InitialisationTests.CountAsync(ca, $"SELECT count(*) FROM outbox_item WHERE kind = 'fact:ServiceCertified' AND CAST(body AS TEXT) LIKE '%{signing.SerialHex}%'"));

        async Task RefusedAsync(ServiceRenewalAsked asked, RefusalCode code)
        {
            await NoteAsync(asked, Rooms.Ra);
            Assert.Equal(0, await ca.Module.Desks.Renewals.CarryOutAsync(CancellationToken.None));
            Assert.Equal(number, await InitialisationTests.CountAsync(ca, "SELECT count(*) FROM ca_service_renewals WHERE sender <> 'ca' AND state = 'refused'"));
            Assert.Contains(code.ToString(), (await ca.Room.LedgerAsync()).Last(line => line.Contains("ca.service.renew", StringComparison.Ordinal)), StringComparison.Ordinal);
        }

        Task NoteAsync(ServiceRenewalAsked asked, string sender) =>
            ca.Room.Context.Database.WriteAsync(session => ca.Module.Desks.Renewals.Note(session, $"n{++number}", sender, asked), CancellationToken.None);
    }

    private static IdentityRequests Requests(TestRoom room) => room.Context.Identity.MakeRequests(TestAuthority.Name("x"));

    // At most a minute of the machine's time: the room works beside the test.
    private static async Task UntilAsync(BornCa ca, string sql, long expected)
    {
        var watch = Stopwatch.StartNew();
        while (await InitialisationTests.CountAsync(ca, sql) != expected)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"{sql} did not become {expected} within a minute.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
