using System.Diagnostics;
using System.Net.Http.Headers;
using System.Numerics;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Publishing;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Publishing;

/// <summary>Against a real slapd, asked by the tools of OpenLDAP.</summary>
public sealed class DirectoryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.2.4.2-a")]
    [Clause("6.2.7.9-a")]
    public async Task Certificates_and_lists_are_in_every_directory_and_refused_ones_in_none()
    {
        await using var first = await SlapdServer.StartAsync();
        await using var second = await SlapdServer.StartAsync();
        await using var shelf = await PublicShelf.OpenAsync(Settings(("one", first), ("two", second)));
        Certificate open = shelf.Certify("张三"), refused = shelf.Certify("李四"), early = shelf.Certify("王五");
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("root", shelf.Authority.Root.Encode()));
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational", shelf.Authority.Ca.Encode()));
        await shelf.TellAsync(shelf.Ca, PublicShelf.Issued(open));
        await shelf.TellAsync(shelf.Ca, PublicShelf.Issued(refused));
        var plain = Plain(shelf);
        await shelf.TellAsync(shelf.Ca, PublicShelf.Issued(plain));
        await shelf.TellAsync(shelf.Ra, shelf.Accepted(plain));
        await shelf.TellAsync(shelf.Ra, shelf.Accepted(early));
        await shelf.TellAsync(shelf.Ca, PublicShelf.Issued(early));
        await shelf.TellAsync(shelf.Ra, shelf.Accepted(open));
        await shelf.TellAsync(shelf.Ra, shelf.Accepted(refused, publish: false));
        await shelf.TellAsync(shelf.Ca, shelf.Crl(7));
        await shelf.TellAsync(shelf.Ca, shelf.Crl(8) with { Kind = CrlKind.Delta, BaseNumber = 7 });
        await shelf.TellAsync(shelf.Ca, shelf.Crl(9) with { Scope = "p1" });
        await DrainedAsync(shelf);

        foreach (var server in new[] { first, second })
        {
            var found = await server.SearchAsync("(objectClass=pkiUser)", "userCertificate;binary");
            Assert.Contains(Value("userCertificate;binary", open.RawData.Span), found, StringComparison.Ordinal);
            Assert.Contains(Value("userCertificate;binary", early.RawData.Span), found, StringComparison.Ordinal);
            Assert.DoesNotContain(Value("userCertificate;binary", refused.RawData.Span), found, StringComparison.Ordinal);

            // RFC 4523 certificateExactMatch: by serial and issuer, as a mail program looks. The slapd of this system finds no issuer whose name is not ASCII, whoever made the certificate.
            var number = new BigInteger(plain.SerialNumber.Content, isUnsigned: false, isBigEndian: true);
            var exact = await server.SearchAsync($"(userCertificate={{ serialNumber {number}, issuer rdnSequence:\"cn=Test CA,o=Test,c=CN\" }})", "uid");
            Assert.Contains("uid: " + plain.SerialHex, exact, StringComparison.Ordinal);
            Assert.DoesNotContain(early.SerialHex, exact, StringComparison.Ordinal);

            var authority = await server.SearchAsync("(&(objectClass=pkiCA)(cn=operational))", "cACertificate;binary", "certificateRevocationList;binary", "deltaRevocationList;binary");
            Assert.Contains(Value("cACertificate;binary", shelf.Authority.Ca.RawData.Span), authority, StringComparison.Ordinal);
            Assert.Contains("certificateRevocationList;binary:: ", authority, StringComparison.Ordinal);
            Assert.Contains("deltaRevocationList;binary:: ", authority, StringComparison.Ordinal);
            Assert.Contains("certificateRevocationList;binary:: ", await server.SearchAsync("(&(objectClass=cRLDistributionPoint)(cn=operational-p1))", "certificateRevocationList;binary"), StringComparison.Ordinal);
        }

        Assert.Equal(0, await CompareAsync(shelf, "one"));

        // Somebody else has been at it: an entry gone, one too many.
        await first.ToolAsync("ldapdelete", "", $"uid={open.SerialHex},ou=certificates,{SlapdServer.Base}");
        await first.ToolAsync("ldapadd", $"dn: uid=ff,ou=certificates,{SlapdServer.Base}\nobjectClass: inetOrgPerson\nobjectClass: pkiUser\nuid: ff\ncn: x\nsn: x\nuserCertificate;binary:: {Convert.ToBase64String(refused.RawData.Span)}\n");
        Assert.Equal(2, await CompareAsync(shelf, "one"));
        Assert.Equal(0, await CompareAsync(shelf, "two"));
        using (var again = await AskAsync(shelf, HttpMethod.Post, "/api/publishing/directories/one/resynchronisation"))
        {
            Assert.True(again.IsSuccessStatusCode);
        }

        await DrainedAsync(shelf);
        Assert.Equal(1, await CompareAsync(shelf, "one"));

        using var stranger = await shelf.Client.GetAsync(new Uri("/api/publishing/directories/one/comparison", UriKind.Relative), Ct);
        Assert.Equal("access-token-wrong", await TestSite.CodeAsync(stranger));
    }

    /// <summary>Removal by policy: what is revoked leaves at once, what has ended so many days after; lists that are no longer in force are given out by number until they have been kept long enough.</summary>
    [Fact]
    public async Task By_policy_the_revoked_and_the_ended_leave_the_directory_and_old_lists_the_repository()
    {
        await using var server = await SlapdServer.StartAsync();
        await using var shelf = await PublicShelf.OpenAsync(Settings(("one", server))[..^1] + ",\"tree\":{\"removeRevoked\":true,\"removeEndedAfterDays\":1}}");
        using var key = Sm2KeyPair.Generate();
        Certificate stays = shelf.Certify("甲"), revoked = shelf.Certify("乙"), ends = shelf.Authority.Issue("丙", key.PublicKey, life: TimeSpan.FromDays(3));
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational", shelf.Authority.Ca.Encode()));
        foreach (var certificate in new[] { stays, revoked, ends })
        {
            await shelf.TellAsync(shelf.Ca, PublicShelf.Issued(certificate));
            await shelf.TellAsync(shelf.Ra, shelf.Accepted(certificate));
        }

        await shelf.TellAsync(shelf.Ca, shelf.Crl(1));
        await shelf.TellAsync(shelf.Ca, shelf.Crl(2));
        await DrainedAsync(shelf);
        Assert.Equal((true, true, true), await ThereAsync());

        await shelf.TellAsync(shelf.Ca, shelf.Revoked(revoked));
        await DrainedAsync(shelf);
        Assert.Equal((true, false, true), await ThereAsync());

        var watch = Stopwatch.StartNew();
        while (await ThereAsync() != (true, false, false))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "What has ended stays in the directory.");
            shelf.Clock.Advance(TimeSpan.FromDays(1));
            await DrainedAsync(shelf);
        }

        Assert.NotNull(await shelf.GetAsync("/crl/operational/1.crl"));
        shelf.Clock.Advance(new PublishingOptions().KeepCrlsFor);
        for (watch.Restart(); await shelf.GetAsync("/crl/operational/1.crl") is not null;)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "The old list is kept longer than policy says.");
            shelf.Clock.Advance(TimeSpan.FromDays(1));
            await Task.Delay(20, Ct);
        }

        Assert.NotNull(await shelf.GetAsync("/crl/operational.crl"));

        async Task<(bool, bool, bool)> ThereAsync()
        {
            var found = await server.SearchAsync("(objectClass=pkiUser)", "userCertificate;binary");
            return (Has(stays), Has(revoked), Has(ends));

            bool Has(Certificate certificate) => found.Contains(Value("userCertificate;binary", certificate.RawData.Span), StringComparison.Ordinal);
        }
    }

    /// <summary>RFC 4523 crossCertificatePair: after a change of key each of the two entries shows the way to the other; a CA of other people is shown one way.</summary>
    [Fact]
    public async Task Linking_and_cross_certificates_are_pairs_in_the_entries_of_the_CAs_that_they_link()
    {
        await using var server = await SlapdServer.StartAsync();
        await using var shelf = await PublicShelf.OpenAsync(Settings(("one", server)));
        using Sm2KeyPair first = Sm2KeyPair.Generate(), second = Sm2KeyPair.Generate(), strange = Sm2KeyPair.Generate();
        DistinguishedName name = shelf.Authority.Ca.Subject, other = DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "Other CA"));
        Certificate old = Link(shelf, name, first.PublicKey, shelf.Authority.Root.Subject, shelf.Authority.RootKey), young = Link(shelf, name, second.PublicKey, shelf.Authority.Root.Subject, shelf.Authority.RootKey);
        Certificate youngByOld = Link(shelf, name, second.PublicKey, name, first), oldByYoung = Link(shelf, name, first.PublicKey, name, second), strangeByYoung = Link(shelf, other, strange.PublicKey, name, second);
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational", old.Encode()));
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational-2", young.Encode()));
        await shelf.TellAsync(shelf.Ca, new AuthorityLinked("operational-2-by-operational", youngByOld.Encode()));
        await shelf.TellAsync(shelf.Ca, new AuthorityLinked("operational-by-operational-2", oldByYoung.Encode()));
        await shelf.TellAsync(shelf.Ca, new AuthorityLinked("other-by-operational-2", strangeByYoung.Encode()));
        await DrainedAsync(shelf);

        var ofOld = await server.SearchAsync("(cn=operational)", "crossCertificatePair;binary");
        Assert.Contains(Value("crossCertificatePair;binary", Pair(oldByYoung, youngByOld)), ofOld, StringComparison.Ordinal);
        Assert.Equal(1, Count(ofOld));
        var ofYoung = await server.SearchAsync("(cn=operational-2)", "crossCertificatePair;binary");
        Assert.Contains(Value("crossCertificatePair;binary", Pair(youngByOld, oldByYoung)), ofYoung, StringComparison.Ordinal);
        Assert.Contains(Value("crossCertificatePair;binary", Pair(null, strangeByYoung)), ofYoung, StringComparison.Ordinal);
        Assert.Equal(2, Count(ofYoung));
        Assert.Equal(2, (await server.SearchAsync("(objectClass=pkiCA)", "cn")).Split("dn: ").Length - 1);
        Assert.Equal(0, await CompareAsync(shelf, "one"));

        static int Count(string found) => found.Split("crossCertificatePair;binary:: ").Length - 1;

        static byte[] Pair(Certificate? forward, Certificate reverse)
        {
            byte[] inner = [.. forward is null ? [] : Tagged(0xA0, forward.Encode()), .. Tagged(0xA1, reverse.Encode())];
            return Tagged(0x30, inner);
        }

        static byte[] Tagged(byte tag, byte[] content) => [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content];
    }

    [Fact]
    [Clause("6.2.7.6-a")]
    public async Task R20_a_directory_that_is_down_for_23_hours_holds_nobody_up_alarms_and_gets_everything_in_order()
    {
        await using var up = await SlapdServer.StartAsync();
        await using var down = await SlapdServer.StartAsync();
        await using var shelf = await PublicShelf.OpenAsync(Settings(("up", up), ("down", down)));
        await shelf.TellAsync(shelf.Ca, new AuthorityCertified("operational", shelf.Authority.Ca.Encode()));
        await DrainedAsync(shelf);
        await down.StopAsync();

        for (var hour = 1; hour <= 23; hour++)
        {
            var list = shelf.Crl(hour);
            await shelf.TellAsync(shelf.Ca, list);
            Assert.Equal(list.Der, await shelf.GetAsync("/crl/operational.crl"));
            await DrainedAsync(shelf, "up");
            Assert.Contains(Value("certificateRevocationList;binary", list.Der), await up.SearchAsync("(cn=operational)", "certificateRevocationList;binary"), StringComparison.Ordinal);
            shelf.Clock.Advance(TimeSpan.FromHours(1));
        }

        var health = await shelf.Module.CheckHealthAsync(Ct);
        Assert.True(health.Single(check => check.Name == "directory-up").Healthy);
        var late = health.Single(check => check.Name == "directory-down");
        Assert.False(late.Healthy);
        Assert.StartsWith("23 waiting", late.What, StringComparison.Ordinal);

        down.Start();
        await down.UntilUpAsync();
        await DrainedAsync(shelf);
        var found = await down.SearchAsync("(cn=operational)", "certificateRevocationList;binary");
        Assert.Equal(await up.SearchAsync("(cn=operational)", "certificateRevocationList;binary"), found);
        Assert.Equal(0, await CompareAsync(shelf, "down"));
        Assert.True((await shelf.Module.CheckHealthAsync(Ct)).Single(check => check.Name == "directory-down").Healthy);
    }

    private static Certificate Link(PublicShelf shelf, DistinguishedName subject, SubjectPublicKeyInfo key, DistinguishedName issuer, Sm2KeyPair signer) => Certificate.Sign(
        new TbsCertificate
        {
            SerialNumber = SerialNumber.Create(),
            Signature = AlgorithmIdentifier.Sm2WithSm3,
            Issuer = issuer,
            NotBefore = shelf.Authority.Ca.NotBefore,
            NotAfter = shelf.Authority.Ca.NotAfter,
            Subject = subject,
            PublicKey = key,
            Extensions = [new BasicConstraints(true).ToExtension(), TestAuthority.Usage(KeyUsages.KeyCertSign | KeyUsages.CrlSign)],
        },
        signer);

    private static Certificate Plain(PublicShelf shelf)
    {
        using var key = Sm2KeyPair.Generate();
        return Certificate.Sign(
            new TbsCertificate
            {
                SerialNumber = SerialNumber.Create(),
                Signature = AlgorithmIdentifier.Sm2WithSm3,
                Issuer = DistinguishedName.Create((Oids.Country, "CN"), (Oids.Organization, "Test"), (Oids.CommonName, "Test CA")),
                NotBefore = shelf.Authority.Ca.NotBefore,
                NotAfter = shelf.Authority.Ca.NotAfter,
                Subject = DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "Zhang San")),
                PublicKey = key.PublicKey,
                Extensions = [TestAuthority.Usage(KeyUsages.DigitalSignature)],
            },
            shelf.Authority.CaKey);
    }

    internal static string Settings(params (string Name, SlapdServer Server)[] servers) => JsonSerializer.Serialize(
        new { targets = servers.Select(one => new { name = one.Name, host = "127.0.0.1", port = one.Server.Port, bindDn = SlapdServer.Manager, passwordFile = "ldap-password", @base = SlapdServer.Base }) });

    internal static string Value(string attribute, ReadOnlySpan<byte> der) => $"{attribute}:: {Convert.ToBase64String(der)}";

    // The worker waits by the room's clock: it is moved until nothing waits.
    internal static async Task DrainedAsync(PublicShelf shelf, string? target = null)
    {
        var watch = Stopwatch.StartNew();
        while (await shelf.Room.Context.Database.ReadAsync(
            session => session.Scalar<long>("SELECT count(*) FROM publishing_directory_queue WHERE @target IS NULL OR target = @target", new { target }), Ct) > 0)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), string.Join("; ", (await shelf.Module.CheckHealthAsync(Ct)).Select(check => check.What)));
            await Task.Delay(20, Ct);
            if (target is null)
            {
                shelf.Clock.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }

    internal static async Task<int> CompareAsync(PublicShelf shelf, string target)
    {
        using var response = await AskAsync(shelf, HttpMethod.Get, $"/api/publishing/directories/{target}/comparison");
        using var report = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct));
        Assert.True(response.IsSuccessStatusCode, report.RootElement.ToString());
        return report.RootElement.GetProperty("differences").GetArrayLength();
    }

    private static async Task<HttpResponseMessage> AskAsync(PublicShelf shelf, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(Path.Combine(shelf.Room.Context.DataDirectory, "operator-token"), Ct));
        return await shelf.Client.SendAsync(request, Ct);
    }
}
