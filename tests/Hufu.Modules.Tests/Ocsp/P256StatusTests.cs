using System.Globalization;
using Hufu.Contracts;
using Hufu.Modules.Tests.Ca;
using Hufu.Ocsp;
using Hufu.Ocsp.Answering;
using Hufu.Ocsp.Signers;
using Hufu.Ocsp.Status;
using Hufu.Pki;
using Hufu.Publishing;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ocsp;

/// <summary>Status of the P-256 hierarchy: each of its CAs is spoken for by a key in the room's token that it has certified itself, and by nobody else (RFC 6960 4.2.2.2).</summary>
[Collection(SoftHsm.Collection)]
public sealed class P256StatusTests
{
    private const string Transport = P256StatusPlace.Transport;
    private static readonly string[] s_codes = ["91110108MA01HF261H", CaPlace.CreditCode(1), CaPlace.CreditCode(2)];

    [Theory]
    [InlineData("-sha1")]
    [InlineData("-sha256")]
    [Clause("6.2.7.7-a")]
    public async Task R14_openssl_verifies_good_revoked_and_unknown_against_the_P256_root(string hash)
    {
        await using var place = await P256StatusPlace.OpenAsync();
        var signer = await place.CertifyAsync();
        var good = await place.IssueAsync("甲公司", s_codes[0]);
        var revoked = await place.IssueAsync("乙公司", s_codes[1]);
        await place.UntilAsync(good, OcspCertificateStatus.Good);
        await place.UntilAsync(revoked, OcspCertificateStatus.Good);
        await place.RevokeAsync(revoked);
        await place.UntilAsync(revoked, OcspCertificateStatus.Revoked);

        using var openssl = new OpenSslTool();
        openssl.WritePem("root.pem", place.Root);
        openssl.WritePem("ca.pem", place.Issuer);
        openssl.WritePem("good.pem", good);
        openssl.WritePem("revoked.pem", revoked);
        openssl.Run("ocsp", hash, "-issuer", "ca.pem", "-cert", "good.pem", "-cert", "revoked.pem", "-serial", "0x1234567890abcdef1234", "-reqout", "q.der");
        var der = await place.PostAsync(openssl.Read("q.der"));
        openssl.Write("a.der", der);
        var text = openssl.Run(
            "ocsp", hash, "-respin", "a.der", "-no_nonce", "-issuer", "ca.pem", "-cert", "good.pem", "-cert", "revoked.pem", "-serial", "0x1234567890abcdef1234", "-CAfile", "root.pem", "-verify_other", "ca.pem",
            "-attime", place.Room.Clock.GetUtcNow().AddSeconds(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), "-validity_period", "2000000000");
        Assert.Contains("Response verify OK", text, StringComparison.Ordinal);
        Assert.Contains("good.pem: good", text, StringComparison.Ordinal);
        Assert.Contains("revoked.pem: revoked", text, StringComparison.Ordinal);
        Assert.Contains("superseded", text, StringComparison.Ordinal);
        Assert.Contains("0x1234567890abcdef1234: unknown", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Nonce", openssl.Run("ocsp", "-respin", "a.der", "-reqin", "q.der", "-noverify"), StringComparison.Ordinal);

        // The same answer does not verify where only the SM2 root is trusted.
        openssl.WritePem("sm2.pem", Certificate.Decode(place.Ca.Born.RootCertificate));
        Assert.DoesNotContain("Response verify OK", openssl.Run("ocsp", "-respin", "a.der", "-reqin", "q.der", "-issuer", "ca.pem", "-CAfile", "sm2.pem", "-verify_other", "ca.pem"), StringComparison.Ordinal);
        var answer = OcspResponse.Decode(der);
        Assert.Equal([signer], answer.Certificates);
        Assert.True(answer.IsSignedBy(signer));
    }

    [Fact]
    public async Task Each_CA_is_told_of_by_its_own_signer_and_by_no_other()
    {
        await using var place = await P256StatusPlace.OpenAsync();
        var leaf = await place.IssueAsync("甲公司", s_codes[0]);
        var sm2 = place.Room.Context.Identity.SigningCertificate!;
        var operational = Certificate.Decode(place.Ca.Born.CaCertificate);
        var ofSm2 = OcspCertId.Create(operational, sm2.SerialNumber, Oids.Sm3);
        var ofP256 = OcspCertId.Create(place.Issuer, leaf.SerialNumber, Oids.Sm3);

        // Not certified yet: later, and meanwhile not by the room's own key; the SM2 hierarchy does not notice.
        await place.UntilAsync(Transport, static one => one.State == StatusSignerState.Waiting && one.Request is not null);
        Assert.Equal(OcspResponseStatus.TryLater, (await place.AskAsync(ofP256)).Status);
        await UntilGoodAsync(place, ofSm2);
        Assert.True((await place.AskAsync(ofSm2)).IsSignedBy(sm2));

        var signer = await place.CertifyAsync();
        await place.UntilAsync(leaf, OcspCertificateStatus.Good);
        foreach (var hash in new[] { Oids.Sha1, Oids.Sha256, Oids.Sm3 })
        {
            var answer = await place.AskAsync(OcspCertId.Create(place.Issuer, leaf.SerialNumber, hash));
            Assert.Equal((OcspCertificateStatus.Good, true), (answer.Responses.Single().Status, answer.IsSignedBy(signer)));
        }

        Assert.True((await place.AskAsync(ofSm2)).IsSignedBy(sm2));

        // Of both: one signs, and says nothing about the other's; the root's are asked of its list.
        var mixed = await place.AskAsync(ofP256, ofSm2);
        Assert.True(mixed.IsSignedBy(sm2));
        Assert.Equal([OcspCertificateStatus.Unknown, OcspCertificateStatus.Good], mixed.Responses.Select(one => one.Status));
        Assert.Equal(OcspResponseStatus.Unauthorized, (await place.AskAsync(OcspCertId.Create(place.Root, place.Issuer.SerialNumber, Oids.Sha256))).Status);

        // Its name with another key is another CA, which nobody here speaks for.
        using var other = EcdsaKeyPair.Generate();
        var stranger = Certified(place.Issuer.Subject, other.PublicKey, other, place.Room.Clock.GetUtcNow());
        Assert.Equal(OcspResponseStatus.Unauthorized, (await place.AskAsync(OcspCertId.Create(stranger, leaf.SerialNumber, Oids.Sha256))).Status);

        // A new key of the CA needs a signer of its own; the old one's certificates are told of as before.
        await place.DeedAsync(new AuthorityProposal(AuthorityDeed.ChangeKey, Transport, "使用期届满"));
        await place.UntilAsync("transport-2", static one => one.State == StatusSignerState.Waiting && one.Request is not null);
        var successor = place.Ca.Module.Desks.Authorities.Demand().Of("transport-2").Certificate;
        Assert.Equal(OcspResponseStatus.TryLater, (await place.AskAsync(OcspCertId.Create(successor, leaf.SerialNumber, Oids.Sha256))).Status);
        Assert.True((await place.AskAsync(ofP256)).IsSignedBy(signer));
        var second = await place.CertifyAsync("transport-2", "P-256 证书状态 2");
        var unknown = await place.AskAsync(OcspCertId.Create(successor, leaf.SerialNumber, Oids.Sha256));
        Assert.Equal((OcspCertificateStatus.Unknown, true), (unknown.Responses.Single().Status, unknown.IsSignedBy(second)));

        // Revoked: it signs no more, whatever it says of itself.
        await place.Ca.Site.PostAsync<ActRequest, PairRevoked>("/api/ca/revocations", place.Ca.Act(
            place.Ca.Administrator, ActNames.CaRevoke, $"certificate/{Transport}/{signer.SerialHex}",
            new CertificateRevocation(Transport, signer.SerialHex, new RevocationCase(RevocationGround.KeyCompromise, RevocationAsker.Authority), "演练", place.Room.Clock.GetUtcNow())));
        await place.UntilAsync(Transport, static one => one.State == StatusSignerState.Ended);
        Assert.Equal(OcspResponseStatus.InternalError, (await place.AskAsync(ofP256)).Status);
        Assert.Contains(await place.Module.CheckHealthAsync(CancellationToken.None), check => check is { Name: "signer-transport", Healthy: false });
    }

    [Fact]
    public async Task The_addresses_in_a_certificate_lead_to_its_CA_its_list_and_this_service()
    {
        await using var place = await P256StatusPlace.OpenAsync();
        await using var room = await TestRoom.OpenAsync(Rooms.Publishing, typeof(PublishingModule).Assembly, beside: place.Ca.Room);
        await using var repository = new PublishingModule(room.Context, new PublishingOptions());
        await using var site = await TestSite.StartAsync(repository.MapEndpoints);
        await repository.StartAsync(CancellationToken.None);
        await place.Ca.RegisterAsync(room, withEncryption: false);
        var leaf = await place.IssueAsync("甲公司", s_codes[0]);
        var access = AuthorityInformationAccess.Decode(leaf.FindExtension(Oids.AuthorityInfoAccess)!);
        Assert.EndsWith("/ocsp", Assert.Single(access.OcspUris), StringComparison.Ordinal);
        using var openssl = new OpenSslTool();
        openssl.WritePem("leaf.pem", leaf);
        openssl.WritePem("root.pem", place.Root);
        openssl.WritePem("ca.pem", Certificate.Decode(await FetchAsync(Assert.Single(access.IssuerUris))));
        openssl.Write("ca.crl", await FetchAsync(Assert.Single(CrlDistributionPoints.Decode(leaf.FindExtension(Oids.CrlDistributionPoints)!).Uris)));
        openssl.Write("root.crl", await FetchAsync(Assert.Single(CrlDistributionPoints.Decode(place.Issuer.FindExtension(Oids.CrlDistributionPoints)!).Uris)));
        var at = place.Room.Clock.GetUtcNow().AddSeconds(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Assert.Contains("leaf.pem: OK", openssl.Run(
            "verify", "-attime", at, "-crl_check_all", "-CRLfile", "ca.crl", "-CRLfile", "root.crl", "-trusted", "root.pem", "-untrusted", "ca.pem", "leaf.pem"), StringComparison.Ordinal);

        // What travels beside the test is waited for, two minutes at most.
        async Task<byte[]> FetchAsync(string address)
        {
            for (var i = 0; i < 4800; i++)
            {
                using var response = await site.Client.GetAsync(new Uri(new Uri(address).AbsolutePath, UriKind.Relative), TestContext.Current.CancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
                }

                await place.OnAsync();
            }

            throw new TimeoutException($"The repository does not serve {address}.");
        }
    }

    [Fact]
    public async Task R18_the_signer_is_followed_by_the_rooms_own_asking_and_found_again_after_a_restart()
    {
        await using var place = await P256StatusPlace.OpenAsync();
        var first = await place.CertifyAsync();
        var leaf = await place.IssueAsync("甲公司", s_codes[0]);
        await place.UntilAsync(leaf, OcspCertificateStatus.Good);
        place.Room.Clock.Advance(TimeSpan.FromDays(320));
        var standing = await place.UntilAsync(Transport, one => one.State == StatusSignerState.InForce && !one.Certificate!.AsSpan().SequenceEqual(first.RawData.Span));
        var next = Certificate.Decode(standing.Certificate!);
        Assert.Equal((first.Subject, true, true), (next.Subject, next.NotAfter > first.NotAfter, next.IsSignedBy(place.Issuer)));
        Assert.NotEqual(first.PublicKey, next.PublicKey);
        await place.UntilAsync(leaf, OcspCertificateStatus.Good);
        Assert.True((await place.AskAsync(OcspCertId.Create(place.Issuer, leaf.SerialNumber, Oids.Sha1))).IsSignedBy(next));

        // What a start reads.
        var issuers = new Issuers(new StatusIndex());
        issuers.Add(Transport, place.Issuer);
        await using var again = new CaSigners(place.Room.Context, issuers, new OcspOptions());
        await again.StartAsync(CancellationToken.None);
        Assert.Equal(next, again.Find(issuers.All[0].Prefix, place.Room.Clock.GetUtcNow().ToUnixTimeSeconds())!.Frame.Certificate);
    }

    [Fact]
    public async Task What_is_certified_wrongly_is_not_taken_in()
    {
        await using var place = await P256StatusPlace.OpenAsync();
        var waiting = await place.UntilAsync(Transport, static one => one.Request is not null);
        var key = CertificationRequest.Decode(waiting.Request!).PublicKey;
        using var authority = EcdsaKeyPair.Generate();
        var now = place.Room.Clock.GetUtcNow();
        var signers = place.Module.Signers!;
        foreach (var (ca, certificate) in new[]
        {
            (Transport, Certified(place.Issuer.Subject, authority.PublicKey, authority, now).Encode()), (Transport, new byte[] { 1, 2 }), ("nowhere", place.Issuer.Encode()),
            (Transport, Certified(place.Issuer.Subject, key, authority, now).Encode()),
        })
        {
            await place.Room.Context.Database.WriteAsync(session => signers.TakeIn(session, new StatusSignerCertified(ca, certificate)), CancellationToken.None);
        }

        Assert.Equal(StatusSignerState.Waiting, signers.List().Single().State);
        Assert.Equal(4, (await place.Room.LedgerAsync()).Count(line => line.Contains("ocsp.signer.install", StringComparison.Ordinal) && line.Contains("refused", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_a_token_the_service_does_not_speak_for_the_CA_and_with_one_that_is_away_it_says_later()
    {
        await using (var none = await P256StatusPlace.OpenAsync(static _ => new OcspOptions()))
        {
            await UntilGoodAsync(none, OcspCertId.Create(Certificate.Decode(none.Ca.Born.CaCertificate), none.Room.Context.Identity.SigningCertificate!.SerialNumber, Oids.Sm3));
            Assert.Equal(OcspResponseStatus.Unauthorized, (await none.AskAsync(OcspCertId.Create(none.Issuer, none.Issuer.SerialNumber, Oids.Sha256))).Status);
        }

        await using var away = await P256StatusPlace.OpenAsync(static hsm => hsm.StatusOptions with { TokenLabel = "pulled" });
        var standing = await away.UntilAsync(Transport, static one => one.State == StatusSignerState.TokenAway && one.Words.Contains("pulled", StringComparison.Ordinal));
        Assert.Null(standing.Request);
        await UntilGoodAsync(away, OcspCertId.Create(Certificate.Decode(away.Ca.Born.CaCertificate), away.Room.Context.Identity.SigningCertificate!.SerialNumber, Oids.Sm3));
        Assert.Equal(OcspResponseStatus.TryLater, (await away.AskAsync(OcspCertId.Create(away.Issuer, away.Issuer.SerialNumber, Oids.Sha256))).Status);
    }

    [Fact]
    public void A_PIN_that_was_refused_is_not_shown_to_the_token_again()
    {
        using var hsm = new SoftHsm();
        using var folder = new TempFolder();
        File.WriteAllText(folder["pin"], "13579");
        using var token = new StatusToken(hsm.StatusOptions with { TokenPinFile = folder["pin"] });
        Assert.False(token.TryOpen());
        Assert.Contains("not tried again", token.Away!, StringComparison.Ordinal);
        File.Copy(hsm.PinFile, folder["pin"], overwrite: true);
        Assert.False(token.TryOpen());

        // A file that is missing is no PIN: it is tried again.
        File.Delete(folder["pin"]);
        using var later = new StatusToken(hsm.StatusOptions with { TokenPinFile = folder["pin"] });
        Assert.False(later.TryOpen());
        File.Copy(hsm.PinFile, folder["pin"]);
        Assert.True(later.TryOpen());
        Assert.Null(later.Away);
    }

    [Fact]
    public async Task More_than_the_token_signs_are_told_to_come_later()
    {
        var lane = new TokenLane();
        using var held = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        using var key = EcdsaKeyPair.Generate();
        var certificate = Certified(TestAuthority.Name("x"), key.PublicKey, key, new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
        var signer = new HeldSigner(BatchSigner.Of(key), begun, held);
        var frame = new AnswerFrame(certificate);
        List<AnswerWork> works = [];
        Begin(lane);
        Assert.True(begun.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        for (var i = 0; i < TokenLane.Most; i++)
        {
            Begin(lane);
        }

        Refusals.Expect(RefusalCode.TooManyRequests, () => Begin(lane));
        held.Set();
        foreach (var work in works.Take(TokenLane.Most + 1))
        {
            await work.WaitAsync();
        }

        void Begin(TokenLane to)
        {
            var work = new AnswerWork();
            work.Begin(frame, signer, new AnswerTimes(1, 1, 2), false);
            var data = work.Data(64);
            data.Octet(0);
            work.SetData(data);
            works.Add(work);
            to.Enqueue(work);
        }
    }

    private static async Task UntilGoodAsync(P256StatusPlace place, OcspCertId id)
    {
        for (var i = 0; i < 4800; i++)
        {
            if (await place.AskAsync(id) is { Status: OcspResponseStatus.Successful } answer && answer.Responses[0].Status == OcspCertificateStatus.Good)
            {
                return;
            }

            await place.OnAsync();
        }

        throw new TimeoutException("The service does not learn of a certificate of the SM2 hierarchy.");
    }

    // Under a name, by whatever key: an OCSP signer as it should be but for who signed it.
    private static Certificate Certified(DistinguishedName name, SubjectPublicKeyInfo key, EcdsaKeyPair signer, DateTimeOffset now) => Certificate.Sign(
        new TbsCertificate
        {
            SerialNumber = SerialNumber.Create(), Signature = AlgorithmIdentifier.EcdsaWithSha256, Issuer = name, NotBefore = now.AddMinutes(-1), NotAfter = now.AddDays(365), Subject = name, PublicKey = key,
            Extensions = [TestAuthority.Usage(KeyUsages.DigitalSignature), new ExtendedKeyUsage([Oids.PurposeOcspSigning]).ToExtension(critical: false)],
        },
        signer);

    private sealed class HeldSigner(IBatchSigner signer, ManualResetEventSlim begun, ManualResetEventSlim until) : IBatchSigner
    {
        public SubjectPublicKeyInfo PublicKey => signer.PublicKey;

        public AlgorithmIdentifier Algorithm => signer.Algorithm;

        public byte[] Sign(ReadOnlySpan<byte> data) => signer.Sign(data);

        public byte[] SignDigest(ReadOnlySpan<byte> digest) => signer.SignDigest(digest);

        public void SignDigests(ReadOnlySpan<byte> digests, Span<byte> signatures)
        {
            begun.Set();
            until.Wait(TimeSpan.FromMinutes(2));
            signer.SignDigests(digests, signatures);
        }
    }
}
