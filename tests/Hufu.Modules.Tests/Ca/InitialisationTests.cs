using Hufu.Ca;
using Hufu.Ca.Backups;
using Hufu.Ca.Initialisation;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

public sealed class InitialisationTests
{
    [Fact]
    [Clause("6.6.2.1-a")]
    [Clause("6.6.2.1-e")]
    [Clause("6.6.2.3-b")]
    public async Task ARootAndAnOperationalCaBelowItAreBorn()
    {
        await using var ca = await BornCa.OpenAsync();
        var root = Certificate.Decode(ca.Born.RootCertificate);
        var operational = Certificate.Decode(ca.Born.CaCertificate);
        Assert.True(root.IsSelfIssued && root.IsSignedBy(root) && operational.IsSignedBy(root));
        Assert.Equal(KeyUsages.Authority, root.KeyUsage);
        Assert.Equal(KeyUsages.Authority, operational.KeyUsage);
        Assert.True(operational.BasicConstraints is { IsAuthority: true, PathLength: 0 });
        Assert.Equal(root.NotBefore.AddYears(30).AddSeconds(-1), root.NotAfter);
        Assert.Equal(operational.NotBefore.AddYears(20).AddSeconds(-1), operational.NotAfter);
        Assert.Equal("C=CN, O=虎符测试认证中心, CN=虎符测试运营 CA", operational.Subject.ToString());
        Assert.Equal(["http://127.0.0.1:8080/crl/root.crl"], CrlDistributionPoints.Decode(operational.FindExtension(Oids.CrlDistributionPoints)!).Uris);

        // Everything else comes from the operational CA; the CA's own service certificates are installed.
        Assert.All(
            new[] { ca.Born.Identity.SigningCertificate, ca.Born.Identity.EncryptionCertificate!, ca.Born.SuperAdministrator.Certificate, ca.Born.ShareHolders[4].Certificate },
            der => Assert.True(Certificate.Decode(der).IsSignedBy(operational)));
        Assert.True(ca.Room.Context.Identity.IsInstalled);
        Assert.Equal(ca.Room.Context.Identity.AuditSigner.PublicKey, ca.Room.Context.Identity.AuditCertificate!.PublicKey);
        var state = await GetAsync<SetupState>(ca.Site, "/api/ca/setup");
        Assert.True(state is { Initialised: true, IdentityInstalled: true });
        Assert.Null(ca.Room.Context.SetupCode.Pending);
    }

    [Fact]
    [Clause("6.6.2.1-a")]
    [Clause("6.6.1.2-b")]
    public async Task TheCeremonyHasATranscriptAndFirstCrls()
    {
        await using var ca = await BornCa.OpenAsync();
        Assert.Equal(Enumerable.Range(1, ca.Born.Ceremony.Count), ca.Born.Ceremony.Select(step => step.Number));
        Assert.Contains(ca.Born.Ceremony, step => step.What.Contains("根 CA 密钥对", StringComparison.Ordinal));
        Assert.Contains(ca.Born.Ceremony, step => step.Digest == ActStatement.Digest(ca.Born.CaCertificate));
        var transcript = await ca.Site.Client.GetStringAsync("/api/ca/ceremony/transcript", TestContext.Current.CancellationToken);
        Assert.Contains("持有人3", transcript, StringComparison.Ordinal);
        foreach (var (name, number) in new[] { ("root", 1L), ("operational", 1L) })
        {
            Assert.Equal(number, await CountAsync(ca, $"SELECT max(number) FROM ca_crls WHERE issuer = '{name}'"));
        }

        // Facts wait in the outbox for rooms that are registered later; nothing waited for them (R20). Two CAs for three rooms, two CRLs for publishing,
        // twelve certificates of the operational CA for publishing and OCSP.
        Assert.Equal((2 * 3) + 2 + (12 * 2), await CountAsync(ca, "SELECT count(*) FROM outbox_item WHERE state = 'waiting'"));
        var report = LedgerVerifier.Verify(Path.Combine(ca.Room.Context.DataDirectory, "audit"), (SignedHead?)null);
        Assert.Empty(report.Findings);
        Assert.True(File.Exists(Path.Combine(ca.Room.Context.DataDirectory, "audit", "head-signer.cer")));
    }

    [Fact]
    [Clause("6.6.2.2-a")]
    [Clause("6.6.2.2-c")]
    public async Task AnyThreeOfTheFiveHoldersProveTheBackup()
    {
        await using var ca = await BornCa.OpenAsync();
        foreach (var number in new[] { 2, 4, 5 })
        {
            var delivery = ca.Born.Shares.Single(share => share.Number == number);
            using var share = SecretShare.Open(number, delivery.EnvelopedShare, ca.Holders[number - 1].Key);
            var enveloped = share.Envelop(Certificate.Decode(ca.Born.Identity.EncryptionCertificate!).PublicKey.RequireSm2());
            await ca.Site.PostAsync<ActRequest, SharesPresented>(
                "/api/ca/ceremony/shares", ca.Act(ca.Holders[number - 1], ActNames.SharePresent, "device/ca", new SharePresentation(number, enveloped)));
        }

        var done = await ca.Site.PostAsync<ActRequest, BackupChecked>("/api/ca/ceremony/backup-check", ca.Act(ca.Operator, ActNames.BackupVerify, "device/ca", new BackupCheck("初始化核对")));
        Assert.True(done.AllEqual);
        Assert.Equal(ca.Room.Context.Identity.Device.Labels.Count, done.KeysCompared);

        // Another holder's share, or one that was changed, is none of the set.
        using var wrong = SecretShare.Open(1, ca.Born.Shares[0].EnvelopedShare, ca.Holders[0].Key);
        var misnamed = wrong.Envelop(Certificate.Decode(ca.Born.Identity.EncryptionCertificate!).PublicKey.RequireSm2());
        Assert.Equal("share-invalid", await ca.Site.RefusedAsync("/api/ca/ceremony/shares", ca.Act(ca.Holders[2], ActNames.SharePresent, "device/ca", new SharePresentation(3, misnamed))));
    }

    [Fact]
    public async Task TheSameRequestGetsTheSameAnswerAndAnotherNone()
    {
        await using var ca = await BornCa.StartAsync();
        var request = ca.Request();
        Assert.Equal("setup-code-wrong", await ca.Site.RefusedAsync("/api/ca/initialise", request with { SetupCode = new string('0', 32) }));
        var first = await ca.Site.PostAsync<CaInitialisation, CaInitialised>("/api/ca/initialise", request);
        var again = await ca.Site.PostAsync<CaInitialisation, CaInitialised>("/api/ca/initialise", request);
        Assert.Equal(first.CaCertificate, again.CaCertificate);
        Assert.Equal(first.Shares.Select(share => Convert.ToHexString(share.EnvelopedShare)), again.Shares.Select(share => Convert.ToHexString(share.EnvelopedShare)));
        Assert.Equal("already-initialised", await ca.Site.RefusedAsync("/api/ca/initialise", request with { CaName = "另一个" }));
    }

    [Fact]
    [Clause("6.6.1.2-b")]
    public async Task BirthPeople_AllDifferentAndEachWithTheirOwnKey()
    {
        await using var ca = await BornCa.StartAsync();
        var request = ca.Request();
        Assert.Equal("field-invalid", await ca.Site.RefusedAsync("/api/ca/initialise", request with { ShareHolders = [.. request.ShareHolders.Skip(1)] }));
        Assert.Equal("same-person", await ca.Site.RefusedAsync("/api/ca/initialise", request with { AuditAdministrator = request.AuditAdministrator with { Name = request.SuperAdministrator.Name } }));
        Assert.Equal("key-reused", await ca.Site.RefusedAsync("/api/ca/initialise", request with { AuditAdministrator = request.SuperAdministrator with { Name = "别人" } }));
        Assert.Equal("malformed", await ca.Site.RefusedAsync("/api/ca/initialise", request with { SuperAdministrator = new PersonRequest("甲", [1, 2]) }));
        Assert.Equal("name-too-long", await ca.Site.RefusedAsync("/api/ca/initialise", request with { CaName = new string('长', 65) }));
        Assert.Equal("subject-not-unique", await ca.Site.RefusedAsync("/api/ca/initialise", request with { CaName = request.RootName }));
        Assert.Equal(0, await CountAsync(ca, "SELECT count(*) FROM ca_certificates"));
        Assert.NotEmpty((await ca.Site.PostAsync<CaInitialisation, CaInitialised>("/api/ca/initialise", request)).Shares);
    }

    [Fact]
    public async Task R10_ACrashInTheMiddleLeavesAStateThatCanBeStartedAgain()
    {
        await using var room = await TestRoom.OpenAsync(Rooms.Ca, typeof(CaModule).Assembly);
        await using var module = new CaModule(room.Context, new CaOptions());
        List<TestPerson> people = [.. Enumerable.Range(1, 7).Select(i => new TestPerson($"人{i}"))];
        var request = new CaInitialisation(
            room.Context.SetupCode.Pending!, "虎符测试认证中心", "根", "运营", people[0].Request(), people[1].Request(), [.. people.Skip(2).Select(person => person.Request())]);
        var backup = new DeviceBackup(room.Context.Database, room.Context.Identity.Device);
        var ceremony = new CeremonyDesk(room.Context, backup);

        // The power goes while everything is stored: keys lie in the device, serials are reserved, and nothing else is there.
        using (var birth = new AuthorityBirth(room.Context, module.Desks, backup, ceremony, new Falling()))
        {
            await Assert.ThrowsAsync<IOException>(() => birth.InitialiseAsync(request, CancellationToken.None));
        }

        Assert.True(room.Context.Identity.Device.Contains("root"));
        Assert.Null(module.Desks.Authorities.Current);
        Assert.False(room.Context.Identity.IsInstalled);
        Assert.Equal(0, await room.Context.Database.ReadAsync(session => session.Scalar<long>("SELECT (SELECT count(*) FROM ca_certificates) + (SELECT count(*) FROM ca_births)"), CancellationToken.None));
        var burnt = await room.Context.Database.ReadAsync(session => session.Query<string>("SELECT serial FROM ca_reservations LIMIT 100"), CancellationToken.None);
        Assert.Equal(12, burnt.Count);

        using var second = new AuthorityBirth(room.Context, module.Desks, backup, ceremony, new PostOutlet(room.Context.Post));
        var born = await second.InitialiseAsync(request, CancellationToken.None);
        Assert.Equal(room.Context.Identity.Device.PublicKeyOf("root"), Certificate.Decode(born.RootCertificate).PublicKey);
        Assert.DoesNotContain(Certificate.Decode(born.CaCertificate).SerialHex, burnt);
    }

    [Fact]
    public async Task KeysOfAnUnknownCaAreNotDestroyed()
    {
        await using var ca = await BornCa.StartAsync();
        var living = ca.Room.Context.Identity.Device.GenerateKeyPair("root", KeyUse.Signing);
        Assert.Equal("state-wrong", await ca.Site.RefusedAsync("/api/ca/initialise", ca.Request()));
        Assert.Equal(living, ca.Room.Context.Identity.Device.PublicKeyOf("root"));
    }

    internal static Task<long> CountAsync(BornCa ca, string sql) => ca.Room.Context.Database.ReadAsync(session => session.Scalar<long>(sql), CancellationToken.None);

    private static async Task<T> GetAsync<T>(TestSite site, string path) =>
        System.Text.Json.JsonSerializer.Deserialize<T>(await site.Client.GetStringAsync(path, TestContext.Current.CancellationToken), ContractJson.Options)!;

    private sealed class Falling : IFactOutlet
    {
        public void Publish<TFact>(Session session, TFact fact)
            where TFact : IFact => throw new IOException("the power went");
    }
}
