using System.Diagnostics;
using System.Net.Http.Headers;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Messaging;
using Hufu.Modules.Tests.Ca;
using Hufu.Ocsp;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Renewal;

/// <summary>R18 from the rooms' side, against the real CA: the window opens, the rooms ask, install, and no duty is missed.</summary>
public sealed class IdentityRenewalTests
{
    private static readonly string[] s_uses = ["sign", "encrypt"];

    private FakeClock _clock = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R18_TheStatusServiceRenewsItsSignerAndMissesNoAnswer()
    {
        await using var ca = await BornCa.OpenAsync();
        _clock = ca.Room.Clock;
        await using var ocsp = await TestRoom.OpenAsync(Rooms.Ocsp, typeof(OcspModule).Assembly, beside: ca.Room);
        await using var responder = new OcspModule(ocsp.Context, new OcspOptions());
        await ca.RegisterAsync(ocsp, withEncryption: false);
        await using var site = await TestSite.StartAsync(responder.MapEndpoints);
        await responder.StartAsync(Ct);
        var operational = Certificate.Decode(ca.Born.CaCertificate);
        var old = ocsp.Context.Identity.SigningCertificate!;
        await AnsweredByAsync(site, operational, old, atOnce: false);
        Assert.Equal(0, await ocsp.Context.Renewal.LookAsync(Ct));
        _clock.Advance(TimeSpan.FromDays(365 - 50));
        await AnsweredByAsync(site, operational, old, atOnce: false);

        // The ledger's key has years to go; the signer's certificate lives a year.
        Assert.Equal(1, await ocsp.Context.Renewal.LookAsync(Ct));
        Assert.Equal(0, await ocsp.Context.Renewal.LookAsync(Ct));
        await UntilAsync(() => Task.FromResult(!ocsp.Context.Identity.SigningCertificate!.Equals(old)), "the responder has another certificate");
        var followed = ocsp.Context.Identity.SigningCertificate!;
        Assert.NotEqual(old.PublicKey, followed.PublicKey);
        Assert.Equal(old.KeyUsage, followed.KeyUsage);
        await AnsweredByAsync(site, operational, followed, atOnce: true);
        await UntilAsync(async () => (await ocsp.Context.Post.LagAsync(Ct)).Count == 0, "what the room said is delivered, though it has no key to which an answer could be sealed");

        // Beyond the old one's end: it goes on.
        _clock.Advance(TimeSpan.FromDays(60));
        await AnsweredByAsync(site, operational, followed, atOnce: false);
    }

    [Fact]
    public async Task R18_ARoomRenewsItsCertificatesWhileItWorks()
    {
        await using var ca = await BornCa.OpenAsync();
        _clock = ca.Room.Clock;
        await using var ra = await TestRoom.OpenAsync(Rooms.Ra, beside: ca.Room);
        await ca.RegisterAsync(ra);
        // Facts to one room stay in order: the room takes the others too.
        ra.Context.Post.Subscribe<AuthorityCertified>(static (_, _) => { });
        ra.Context.Post.Subscribe<CertificateRevoked>(static (_, _) => { });
        ra.Context.Post.Start();
        var identity = ra.Context.Identity;
        var old = s_uses.ToDictionary(use => use, use => identity.CertificateFor(use)!);
        Assert.Equal(0, await ra.Context.Renewal.LookAsync(Ct));
        _clock.Advance(TimeSpan.FromDays((3 * 365) - 50));
        Assert.Equal(2, await ra.Context.Renewal.LookAsync(Ct));
        Assert.Equal(0, await ra.Context.Renewal.LookAsync(Ct));
        foreach (var use in s_uses)
        {
            await UntilAsync(() => Task.FromResult(!identity.CertificateFor(use)!.Equals(old[use])), $"another certificate for {use}");
            Assert.True(identity.CertificateFor(use)!.NotAfter > old[use].NotAfter);
            Assert.Equal(old[use].Subject, identity.CertificateFor(use)!.Subject);
            Assert.NotEqual(old[use].PublicKey, identity.CertificateFor(use)!.PublicKey);
        }

        // The CA knows the new ones, and the old signer beside them; what the room says goes on under the new one.
        var peer = await ca.Room.Context.Peers.FindAsync(Rooms.Ra, Ct);
        Assert.Equal(identity.SigningCertificate, peer!.Signing);
        Assert.Equal(identity.EncryptionCertificate, peer.Encryption);
        Assert.Equal([old["sign"]], peer.Earlier);
        await UntilAsync(async () => (await ra.Context.Post.LagAsync(Ct)).Count == 0, "everything of the room is delivered");

        // What was signed, or enveloped, under the old ones is still taken; under another key of the room it is not.
        await ca.Room.Context.Post.ReceiveAsync(Fact(ra, old["sign"]), Ct);
        await ra.Context.Post.ReceiveAsync(SealedMessage.Seal(Header(Rooms.Ca, Rooms.Ra, ra), "{}"u8, ca.Room.Context.Identity.Signer, ca.Room.Context.Identity.SigningCertificate!, old["encrypt"]), Ct);
        Assert.Equal(RefusalCode.MessageNotAuthentic, (await Assert.ThrowsAsync<RefusedException>(() => ca.Room.Context.Post.ReceiveAsync(Fact(ra, identity.AuditCertificate!), Ct))).Refusal.Code);

        Assert.Equal(2, (await ra.LedgerAsync()).Count(line => line.Contains("\"identity.renewed\"", StringComparison.Ordinal)));

        // After the old one's end nobody believes it, and a restart finds the new ones.
        _clock.Advance(TimeSpan.FromDays(51));
        Assert.Equal(RefusalCode.MessageNotAuthentic, (await Assert.ThrowsAsync<RefusedException>(() => ca.Room.Context.Post.ReceiveAsync(Fact(ra, old["sign"]), Ct))).Refusal.Code);
        Assert.Equal(RefusalCode.MessageNotAuthentic, (await Assert.ThrowsAsync<RefusedException>(() => ra.Context.Post.ReceiveAsync(
            SealedMessage.Seal(Header(Rooms.Ca, Rooms.Ra, ra), "{}"u8, ca.Room.Context.Identity.Signer, ca.Room.Context.Identity.SigningCertificate!, old["encrypt"]), Ct))).Refusal.Code);
        using var again = RoomIdentity.Open(Rooms.Ra, ra.Context.DataDirectory, "device-pin");
        Assert.Equal(identity.SigningCertificate, again.SigningCertificate);
        Assert.Equal(again.SigningCertificate!.PublicKey, again.Signer.PublicKey);
        Assert.Equal(again.EncryptionCertificate!.PublicKey, again.Decryptor.PublicKey);
    }

    [Fact]
    public async Task R18_TheCaRenewsItsOwnCertificatesAndEveryRoomFollows()
    {
        await using var ca = await BornCa.OpenAsync();
        _clock = ca.Room.Clock;
        await using var ra = await TestRoom.OpenAsync(Rooms.Ra, beside: ca.Room);
        await using var kmc = await TestRoom.OpenAsync(Rooms.Kmc, beside: ca.Room);
        await ca.RegisterAsync(ra);
        ra.Context.Post.Subscribe<AuthorityCertified>(static (_, _) => { });
        ra.Context.Post.Subscribe<CertificateRevoked>(static (_, _) => { });
        ra.Context.Post.Start();

        // The key centre stands under a root of its own and knows the CA as a peer; its certificates are younger.
        var identity = ca.Room.Context.Identity;
        var ends = identity.SigningCertificate!.NotAfter;
        _clock.Set(ends - TimeSpan.FromDays(90));
        kmc.InstallIdentity();
        Certificate[] chain = [Certificate.Decode(ca.Born.CaCertificate), Certificate.Decode(ca.Born.RootCertificate)];
        await kmc.Context.Database.WriteAsync(session => kmc.Context.Peers.Register(session, ca.Room.Context.Identity.AsPeer(), chain), Ct);
        await ca.Room.Context.Database.WriteAsync(session => ca.Room.Context.Peers.Register(session, kmc.Context.Identity.AsPeer(), kmc.Authority.Chain), Ct);
        kmc.Context.Post.Start();

        string[] uses = [.. s_uses, "audit"];
        var old = uses.ToDictionary(use => use, use => identity.CertificateFor(use)!);
        _clock.Set(ends - TimeSpan.FromDays(50));
        foreach (var use in uses.Where(use => old[use].NotAfter == ends))
        {
            await UntilAsync(() => Task.FromResult(!identity.CertificateFor(use)!.Equals(old[use])), $"another certificate for {use}");
            Assert.Equal(old[use].Subject, identity.CertificateFor(use)!.Subject);
            Assert.True(identity.CertificateFor(use)!.NotAfter > old[use].NotAfter);
        }

        Assert.NotEqual(old["sign"].PublicKey, identity.SigningCertificate.PublicKey);
        foreach (var room in new[] { ra, kmc })
        {
            await UntilAsync(async () => identity.SigningCertificate.Equals((await room.Context.Peers.FindAsync(Rooms.Ca, Ct))!.Signing), "the room knows the CA's new signing certificate");
            Assert.Equal(identity.EncryptionCertificate, (await room.Context.Peers.FindAsync(Rooms.Ca, Ct))!.Encryption);
            Assert.Equal([old["sign"]], (await room.Context.Peers.FindAsync(Rooms.Ca, Ct))!.Earlier);
        }

        // What it says now is signed by the new key, and arrives.
        await ca.Room.Context.Database.WriteAsync(session => ca.Room.Context.Post.Publish(session, new AuthorityCertified("operational", ca.Born.CaCertificate)), Ct);
        await UntilAsync(async () => (await ca.Room.Context.Post.LagAsync(Ct)).All(lag => lag.Destination != Rooms.Ra), "the RA takes what the new key has signed");
        Assert.Contains(await ca.Room.LedgerAsync(), line => line.Contains("\"identity.renewed\"", StringComparison.Ordinal) && line.Contains("\"sign\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task R18_WhatDoesNotFollowTheRoomsOwnCertificateIsNotInstalled()
    {
        await using var room = await TestRoom.OpenAsync(Rooms.Ra);
        room.InstallIdentity();
        var identity = room.Context.Identity;
        var old = identity.SigningCertificate!;
        var asked = identity.AskFollowing("sign")!;
        Assert.Equal(asked.Request, identity.AskFollowing("sign")!.Request.Length > 0 ? asked.Request : []);
        var key = CertificationRequest.Decode(asked.Request).PublicKey;
        Assert.Equal(key, CertificationRequest.Decode(identity.AskFollowing("sign")!.Request).PublicKey);
        Assert.NotEqual(old.PublicKey, key);
        var chain = room.Authority.Chain.Select(certificate => certificate.Encode()).ToList();
        var now = room.Clock.GetUtcNow();
        using var strange = Sm2KeyPair.Generate();
        var usages = KeyUsages.DigitalSignature | KeyUsages.NonRepudiation;

        Assert.Equal("certificate", Refused(room.Authority.Issue(Rooms.Ra, strange.PublicKey, usages)).Field);
        Assert.Equal("certificate", Refused(room.Authority.Issue("another", key, usages)).Field);
        Assert.Equal("certificate", Refused(room.Authority.Issue(Rooms.Ra, key, KeyUsages.DigitalSignature)).Field);
        Assert.Equal("certificate", Refused(room.Authority.Issue(Rooms.Ra, key, usages)).Field); // no longer than the old one
        Assert.Equal(RefusalCode.Malformed, Assert.Throws<RefusedException>(() => identity.Follow(new ServiceCertified(Rooms.Ra, "sign", old.SerialHex, [1, 2], chain), now)).Refusal.Code);
        Assert.False(identity.Follow(new ServiceCertified(Rooms.Ra, "sign", "00", old.Encode(), chain), now));
        Assert.Equal(old, identity.SigningCertificate);
        Assert.Equal(old.PublicKey, identity.Signer.PublicKey);

        Refusal Refused(Certificate certificate) => Assert.Throws<RefusedException>(() => identity.Follow(new ServiceCertified(Rooms.Ra, "sign", old.SerialHex, certificate.Encode(), chain), now)).Refusal;
    }

    [Fact]
    public async Task R18_TheLedgersKeyStaysAndItsNewCertificateStandsInTheLedgerUnderItsHead()
    {
        await using var ca = await TestRoom.OpenAsync(Rooms.Ca);
        ca.InstallIdentity();
        await using var room = await TestRoom.OpenAsync(Rooms.Ra, beside: ca);
        room.InstallIdentity();
        await ca.KnowAsync(room);
        await room.KnowAsync(ca);
        _clock = ca.Clock;
        var (identity, old) = (room.Context.Identity, room.Context.Identity.AuditCertificate!);
        _clock.Advance(TimeSpan.FromHours(1));
        var followed = room.Authority.Issue(Rooms.Ra, CertificationRequest.Decode(identity.AskFollowing("audit")!.Request).PublicKey, KeyUsages.DigitalSignature);
        Assert.Equal(old.PublicKey, followed.PublicKey);
        ca.Context.Post.Start();
        room.Context.Post.Start();
        var fact = new ServiceCertified(Rooms.Ra, "audit", old.SerialHex, followed.Encode(), [.. room.Authority.Chain.Select(certificate => certificate.Encode())]);
        await ca.Context.Database.WriteAsync(session => ca.Context.Post.Publish(session, fact), Ct);
        await UntilAsync(() => Task.FromResult(followed.Equals(identity.AuditCertificate)), "the certificate is installed");
        var laid = Convert.ToBase64String(followed.RawData.Span);
        await UntilAsync(async () => (await room.LedgerAsync()).Any(line => line.Contains("\"ledger.certificate\"", StringComparison.Ordinal) && line.Contains(laid, StringComparison.Ordinal)), "the certificate stands in the ledger");
        var head = await room.Context.Ledger.SignHeadAsync(Ct);
        Assert.Equal(head.Size, room.Context.Ledger.Size);
        Assert.True(head.IsSignedBy(old.PublicKey));
    }

    private static MessageHeader Header(string from, string to, TestRoom clock) => new(SecureRandom.NewId(), "ServiceRenewalAsked", from, to, clock.Clock.GetUtcNow());

    private static byte[] Fact(TestRoom ra, Certificate under)
    {
        var signer = under.PublicKey.Equals(ra.Context.Identity.AuditSigner.PublicKey) ? ra.Context.Identity.AuditSigner : ra.Context.Identity.SignerOf(under);
        return SealedMessage.Sign(Header(Rooms.Ra, Rooms.Ca, ra), "{}"u8, signer, under);
    }

    // The service answers about any serial once the CA's facts have come, at most a minute.
    private async Task AnsweredByAsync(TestSite site, Certificate issuer, Certificate responder, bool atOnce)
    {
        var asked = 0;
        var request = OcspRequest.Create([OcspCertId.Create(issuer, responder.SerialNumber, Oids.Sm3)], null).Encode();
        OcspResponse? response = null;
        await UntilAsync(
            async () =>
            {
                using var content = new ByteArrayContent(request);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
                using var answer = await site.Client.PostAsync("/ocsp", content, Ct);
                response = OcspResponse.Decode(await answer.Content.ReadAsByteArrayAsync(Ct));
                asked++;
                return response.Status == OcspResponseStatus.Successful && (atOnce || response.Responses[0].Status == OcspCertificateStatus.Good);
            },
            "the status service answers");
        Assert.True(asked == 1 || !atOnce, "an answer was missed");
        Assert.Equal(responder, Assert.Single(response!.Certificates));
        Assert.True(response.IsSignedBy(responder));
    }

    // The rooms' pauses are the test's clock's, which goes a little at each look; a minute of the machine's time at most.
    private async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"Never happened: {what}.");
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20, Ct);
        }
    }
}
