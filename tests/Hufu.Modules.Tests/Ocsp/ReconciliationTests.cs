using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Ocsp;
using Hufu.Ocsp.Status;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Xunit;
using Reason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ocsp;

public sealed class ReconciliationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.2.7.8-a")]
    public async Task R17_a_restore_cannot_unrevoke()
    {
        await using var place = await OcspPlace.OpenAsync();
        var victim = await place.IssueAsync("甲");
        var other = await place.IssueAsync("乙");
        var folder = place.Room.Context.DataDirectory;
        // Yesterday's database, as a backup tool takes it.
        await place.Room.Context.Database.ReadAsync(
            session =>
            {
                File.Copy(Path.Combine(folder, "ocsp.db"), Path.Combine(folder, "backup.db"), overwrite: true);
                File.Copy(Path.Combine(folder, "ocsp.db-wal"), Path.Combine(folder, "backup.db-wal"), overwrite: true);
                foreach (var file in Directory.GetFiles(Path.Combine(folder, "audit")))
                {
                    File.Copy(file, Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "backup.audit")).FullName, Path.GetFileName(file)), overwrite: true);
                }

                return 0;
            },
            Cancel);
        await place.RevokeAsync(victim, Reason.KeyCompromise);
        await place.Module.DisposeAsync();
        await place.Room.Context.DisposeAsync();
        File.Delete(Path.Combine(folder, "ocsp.db-shm"));
        File.Move(Path.Combine(folder, "backup.db"), Path.Combine(folder, "ocsp.db"), overwrite: true);
        File.Move(Path.Combine(folder, "backup.db-wal"), Path.Combine(folder, "ocsp.db-wal"), overwrite: true);

        Directory.Delete(Path.Combine(folder, "audit"), recursive: true);
        Directory.Move(Path.Combine(folder, "backup.audit"), Path.Combine(folder, "audit"));

        await using var restored = await TestRoom.OpenAsync(Rooms.Ocsp, typeof(OcspModule).Assembly, beside: place.Ca, folder: place.Room.Folder);
        await using var module = new OcspModule(restored.Context, new OcspOptions());
        await using var site = await TestSite.StartAsync(module.MapEndpoints);
        await module.StartAsync(Cancel);

        Assert.Equal(OcspResponseStatus.TryLater, (await AskAsync(victim)).Status);
        Assert.Equal(OcspResponseStatus.TryLater, (await AskAsync(other)).Status);
        Assert.False((await module.CheckHealthAsync(Cancel)).Single(check => check.Name == "reconciliation").Healthy);

        // A list of before does not do, nor one that nobody here has signed, nor bytes.
        Assert.Equal("statement-stale", await RefusedAsync(List(place.Ca.Authority, -TimeSpan.FromHours(2))));
        using var foreign = new TestAuthority(place.Room.Clock);
        Assert.Equal("signature-invalid", await RefusedAsync(List(foreign, TimeSpan.Zero)));
        Assert.Equal("malformed", await RefusedAsync([1, 2, 3]));
        Assert.Equal(OcspResponseStatus.TryLater, (await AskAsync(victim)).Status);

        place.Room.Clock.Advance(TimeSpan.FromMinutes(1));
        // The root's list says nothing of what the operational CA has revoked, nor does a part of a divided list say all: both are taken and end nothing.
        Assert.Equal(["operational"], await WaitingAsync(Signed(place.Ca.Authority.Root, place.Ca.Authority.RootKey, null)));
        using var thirdKey = Sm2KeyPair.Generate();
        var third = place.Ca.Authority.Issue("丙", thirdKey.PublicKey);
        Assert.Equal(["operational"], await WaitingAsync(Signed(place.Issuer, place.Ca.Authority.CaKey, new IssuingDistributionPoint([GeneralName.Uri("http://127.0.0.1/crl/operational-p1.crl")], RevocationListScope.All), third)));
        Assert.Equal("state-wrong", await RefusedAsync(Signed(place.Issuer, place.Ca.Authority.CaKey, new IssuingDistributionPoint([GeneralName.Uri("http://127.0.0.1/crl/operational-arl.crl")], RevocationListScope.AuthorityCertificates))));
        Assert.Equal(OcspResponseStatus.TryLater, (await AskAsync(victim)).Status);
        using var done = await PostAsync(List(place.Ca.Authority, TimeSpan.Zero, victim));
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        using (var report = JsonDocument.Parse(await done.Content.ReadAsStringAsync(Cancel)))
        {
            Assert.Equal((1, 1), (report.RootElement.GetProperty("entries").GetInt32(), report.RootElement.GetProperty("added").GetInt32()));
        }

        Assert.Equal(OcspCertificateStatus.Revoked, (await AskAsync(third)).Responses.Single().Status);
        var answer = (await AskAsync(victim)).Responses.Single();
        Assert.Equal((OcspCertificateStatus.Revoked, Pki.RevocationReason.KeyCompromise), (answer.Status, answer.Reason!.Value));
        Assert.Equal(OcspCertificateStatus.Good, (await AskAsync(other)).Responses.Single().Status);

        async Task<OcspResponse> AskAsync(Certificate certificate)
        {
            using var content = new ByteArrayContent(OcspRequest.Create([OcspCertId.Create(place.Issuer, certificate.SerialNumber, Oids.Sm3)], null).Encode());
            content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
            using var response = await site.Client.PostAsync("/ocsp", content, Cancel);
            return OcspResponse.Decode(await response.Content.ReadAsByteArrayAsync(Cancel));
        }

        async Task<HttpResponseMessage> PostAsync(byte[] list)
        {
            var content = new ByteArrayContent(list);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/pkix-crl");
            return await site.Client.PostAsync("/api/ocsp/reconciliation", content, Cancel);
        }

        async Task<IReadOnlyList<string?>> WaitingAsync(byte[] list)
        {
            using var response = await PostAsync(list);
            using var report = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
            return [.. report.RootElement.GetProperty("waiting").EnumerateArray().Select(ca => ca.GetString())];
        }

        byte[] Signed(Certificate ca, Sm2KeyPair key, IssuingDistributionPoint? point, params Certificate[] revoked) => CertificateRevocationList.Sign(
            new RevocationListHeader
            {
                Issuer = ca.Subject,
                ThisUpdate = place.Room.Clock.GetUtcNow(),
                NextUpdate = place.Room.Clock.GetUtcNow().AddDays(1),
                Number = 8,
                AuthorityKeyIdentifier = AuthorityKeyIdentifier.FromKeyIdentifier(ca.PublicKey.KeyIdentifier),
                IssuingDistributionPoint = point,
            },
            [.. revoked.Select(certificate => new RevokedEntry(certificate.SerialNumber, place.Room.Clock.GetUtcNow(), Pki.RevocationReason.KeyCompromise))],
            key).Encode();

        async Task<string?> RefusedAsync(byte[] list)
        {
            using var response = await PostAsync(list);
            return await TestSite.CodeAsync(response);
        }

        byte[] List(TestAuthority authority, TimeSpan from, params Certificate[] revoked) => CertificateRevocationList.Sign(
            new RevocationListHeader
            {
                Issuer = authority.Ca.Subject,
                ThisUpdate = place.Room.Clock.GetUtcNow() + from,
                NextUpdate = place.Room.Clock.GetUtcNow().AddDays(1),
                Number = 7,
                AuthorityKeyIdentifier = AuthorityKeyIdentifier.FromKeyIdentifier(authority.Ca.PublicKey.KeyIdentifier),
            },
            [.. revoked.Select(certificate => new RevokedEntry(certificate.SerialNumber, place.Room.Clock.GetUtcNow(), Pki.RevocationReason.KeyCompromise))],
            authority.CaKey).Encode();
    }

    [Fact]
    public async Task A_restart_of_the_same_database_needs_none()
    {
        await using var place = await OcspPlace.OpenAsync();
        var known = await place.IssueAsync("甲");
        await place.Module.CheckpointAsync(Cancel);
        await place.IssueAsync("乙");
        var again = new Reconciliation(place.Room.Context.Database, null!, null!, place.Room.Clock, place.Room.Context.DataDirectory);
        await again.StartAsync(Cancel);
        Assert.Null(again.NeededSince);
        Assert.Equal(OcspCertificateStatus.Good, (await place.AskAboutAsync(known.SerialNumber)).Responses[0].Status);
    }

    [Fact]
    public async Task R17_a_room_that_hufu_restore_has_marked_is_reconciled_first_and_once()
    {
        await using var place = await OcspPlace.OpenAsync();
        var folder = place.Room.Context.DataDirectory;
        var now = place.Room.Context.Clock.GetUtcNow();
        await place.Module.DisposeAsync();
        await place.Room.Context.DisposeAsync();
        new RestoreMark("b", now.AddHours(-1), now, 1, 1).Set(folder);
        for (var start = 0; start < 2; start++)
        {
            await using var restored = await TestRoom.OpenAsync(Rooms.Ocsp, typeof(OcspModule).Assembly, beside: place.Ca, folder: place.Room.Folder);
            await using var module = new OcspModule(restored.Context, new OcspOptions());
            await module.StartAsync(Cancel);
            Assert.Equal(1, await restored.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT count(*) FROM ocsp_reconciliation WHERE done_at IS NULL"), Cancel));
            restored.Clock.Advance(TimeSpan.FromMinutes(1));
        }
    }
}
