using System.Diagnostics;
using System.Net.Http.Headers;
using Hufu.Contracts;
using Hufu.Ocsp;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>A room that has lost what it was told is told again: POST /api/ca/facts.</summary>
public sealed class FactsAgainTests
{
    private const string Door = "/api/ca/facts";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.2.7.8-a")]
    public async Task R17_a_status_service_put_back_from_its_backup_knows_again_what_was_issued_since()
    {
        await using var ca = await BornCa.OpenAsync();
        var operational = Certificate.Decode(ca.Born.CaCertificate);
        await using var first = await TestRoom.OpenAsync(Rooms.Ocsp, typeof(OcspModule).Assembly, beside: ca.Room);
        var folder = first.Context.DataDirectory;
        DateTimeOffset backup;
        using TestPerson good = new("甲"), bad = new("乙");
        await using (var responder = new OcspModule(first.Context, new OcspOptions()))
        {
            await ca.RegisterAsync(first, withEncryption: false);
            await using var site = await TestSite.StartAsync(responder.MapEndpoints);
            await responder.StartAsync(Ct);
            await UntilAsync(async () => await StatusAsync(site, operational, ca.Operator.Certificate!) == "Good", "the service knows what was issued before it was there or is told of now", ca);
            await CopyAsync(first);
            backup = ca.Room.Clock.GetUtcNow();
            ca.Room.Clock.Advance(TimeSpan.FromMinutes(1));
            await ca.AppointAsync(ca.Administrator, Roles.Operator, good);
            await ca.AppointAsync(ca.Administrator, Roles.Operator, bad);
            await RevokeAsync(ca, bad.Certificate!);
            await UntilAsync(async () => (await StatusAsync(site, operational, good.Certificate!), await StatusAsync(site, operational, bad.Certificate!)) == ("Good", "Revoked"), "the service knows what happened after the backup", ca);
        }

        await first.Context.DisposeAsync();
        Restore(folder);
        await using var restored = await TestRoom.OpenAsync(Rooms.Ocsp, typeof(OcspModule).Assembly, beside: ca.Room, folder: first.Folder);
        await using var module = new OcspModule(restored.Context, new OcspOptions());
        await using var door = await TestSite.StartAsync(module.MapEndpoints);
        await module.StartAsync(Ct);

        // Reconciled with the CAs' full lists: what is revoked is revoked again, what was issued since is not known, so never good (R14).
        ca.Room.Clock.Advance(TimeSpan.FromMinutes(1));
        foreach (var name in new[] { "operational", "root" })
        {
            var signed = await ca.Site.PostAsync<ActRequest, CrlSigned>("/api/ca/crls", ca.Act(ca.Operator, ActNames.CaCrlIssue, $"ca/{name}", new CrlRequest(name)));
            using var list = new ByteArrayContent(signed.Der);
            list.Headers.ContentType = new MediaTypeHeaderValue("application/pkix-crl");
            using var taken = await door.Client.PostAsync("/api/ocsp/reconciliation", list, Ct);
            Assert.True(taken.IsSuccessStatusCode, await taken.Content.ReadAsStringAsync(Ct));
        }

        await UntilAsync(async () => await StatusAsync(door, operational, ca.Operator.Certificate!) == "Good", "the service answers again", ca);
        Assert.Equal("Unknown", await StatusAsync(door, operational, good.Certificate!));
        Assert.Equal("Revoked", await StatusAsync(door, operational, bad.Certificate!));

        var told = await ca.Site.PostAsync<ActRequest, FactsRepeated>(Door, ca.Act(ca.Operator, ActNames.CaFactsAgain, "room/ocsp", new FactsAgain(Rooms.Ocsp, backup)));
        Assert.Equal((1, 2), (told.Standings, told.Certificates));
        await UntilAsync(async () => await StatusAsync(door, operational, good.Certificate!) == "Good", "what was issued since the backup is known", ca);
        Assert.Equal("Revoked", await StatusAsync(door, operational, bad.Certificate!));

        // Once more does no harm.
        var again = await ca.Site.PostAsync<ActRequest, FactsRepeated>(Door, ca.Act(ca.Operator, ActNames.CaFactsAgain, "room/ocsp", new FactsAgain(Rooms.Ocsp, DateTimeOffset.UnixEpoch)));
        Assert.True(again.Certificates > told.Certificates);
        await UntilAsync(async () => (await ca.Room.Context.Post.LagAsync(Ct)).All(lag => lag.Destination != Rooms.Ocsp), "everything is delivered", ca);
        Assert.Equal(("Good", "Revoked"), (await StatusAsync(door, operational, good.Certificate!), await StatusAsync(door, operational, bad.Certificate!)));
        Assert.Contains(await ca.Room.LedgerAsync(), line => line.Contains("\"ca.facts.again\"", StringComparison.Ordinal) && line.Contains("room/ocsp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_a_room_that_hears_such_facts_and_only_by_who_may()
    {
        await using var ca = await BornCa.OpenAsync();
        var now = ca.Room.Clock.GetUtcNow();
        Assert.Equal("role-missing", await RefusedAsync(ca.Super, Rooms.Ocsp, now));
        Assert.Equal("field-invalid", await RefusedAsync(ca.Operator, Rooms.Tsa, now));
        Assert.Equal("field-invalid", await RefusedAsync(ca.Operator, "nowhere", now));
        Assert.Equal("field-invalid", await RefusedAsync(ca.Operator, Rooms.Ocsp, now.AddDays(1)));

        Task<string?> RefusedAsync(TestPerson person, string room, DateTimeOffset since) =>
            ca.Site.RefusedAsync(Door, ca.Act(person, ActNames.CaFactsAgain, $"room/{room}", new FactsAgain(room, since)));
    }

    [Fact]
    public async Task What_a_crash_breaks_off_goes_on_where_it_was()
    {
        await using var ca = await BornCa.OpenAsync();
        await ca.Site.PostAsync<ActRequest, FactsRepeated>(Door, ca.Act(ca.Operator, ActNames.CaFactsAgain, "room/ocsp", new FactsAgain(Rooms.Ocsp, DateTimeOffset.UnixEpoch)));
        var whole = await ca.Room.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT certificates FROM ca_repeats"), Ct);
        Assert.True(whole > 2);

        // As if the process had died after the first certificate: the place is kept with what is in the outbox.
        await ca.Room.Context.Database.WriteAsync(
            session => session.Execute(
                """
                UPDATE ca_repeats SET stage = 'certificates', certificates = 1, at_time = c.issued_at, at_issuer = c.issuer, at_serial = c.serial
                FROM (SELECT issued_at, issuer, serial FROM ca_certificates WHERE kind <> 'authority' ORDER BY issued_at, issuer, serial LIMIT 1) c
                """),
            Ct);
        using var told = new Hufu.Ca.Told.FactsDesk(ca.Room.Context, ca.Module.Desks.Authorities, ca.Module.Desks.ProfileKeys, new Hufu.Ca.PostOutlet(ca.Room.Context.Post));
        await told.GoOnAsync(Ct);
        Assert.Equal((whole, "done"), await ca.Room.Context.Database.ReadAsync(session => (session.Scalar<long>("SELECT certificates FROM ca_repeats"), session.Scalar<string>("SELECT stage FROM ca_repeats")), Ct));
    }

    private static async Task RevokeAsync(BornCa ca, Certificate certificate) => await ca.Site.PostAsync<ActRequest, PairRevoked>(
        "/api/ca/revocations",
        ca.Act(
            ca.Administrator, ActNames.CaRevoke, $"certificate/operational/{certificate.SerialHex}",
            new CertificateRevocation("operational", certificate.SerialHex, new RevocationCase(RevocationGround.KeyCompromise, RevocationAsker.Authority), "纪律部门", ca.Room.Clock.GetUtcNow())));

    // The room's database and ledger as a backup tool takes them.
    private static Task<int> CopyAsync(TestRoom room) => room.Context.Database.ReadAsync(
        session =>
        {
            var folder = room.Context.DataDirectory;
            foreach (var name in new[] { "ocsp.db", "ocsp.db-wal" })
            {
                File.Copy(Path.Combine(folder, name), Path.Combine(folder, name + ".backup"));
            }

            var audit = Directory.CreateDirectory(Path.Combine(folder, "audit.backup")).FullName;
            foreach (var file in Directory.GetFiles(Path.Combine(folder, "audit")))
            {
                File.Copy(file, Path.Combine(audit, Path.GetFileName(file)));
            }

            return 0;
        },
        Ct);

    private static void Restore(string folder)
    {
        File.Delete(Path.Combine(folder, "ocsp.db-shm"));
        foreach (var name in new[] { "ocsp.db", "ocsp.db-wal" })
        {
            File.Move(Path.Combine(folder, name + ".backup"), Path.Combine(folder, name), overwrite: true);
        }

        Directory.Delete(Path.Combine(folder, "audit"), recursive: true);
        Directory.Move(Path.Combine(folder, "audit.backup"), Path.Combine(folder, "audit"));
    }

    private static async Task<string> StatusAsync(TestSite site, Certificate issuer, Certificate certificate)
    {
        using var content = new ByteArrayContent(OcspRequest.Create([OcspCertId.Create(issuer, certificate.SerialNumber, Oids.Sm3)], null).Encode());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        using var response = await site.Client.PostAsync("/ocsp", content, Ct);
        var answer = OcspResponse.Decode(await response.Content.ReadAsByteArrayAsync(Ct));
        return answer.Status == OcspResponseStatus.Successful ? answer.Responses[0].Status.ToString() : answer.Status.ToString();
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string what, BornCa ca)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"Never happened: {what}.");
            ca.Room.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20, Ct);
        }
    }
}
