using Hufu.Contracts;
using Hufu.Messaging;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Messaging;

public sealed class PeerStoreTests : MessagingTest
{
    private Task RegisterAsync(PeerInfo info, Certificate? root = null, Uri? address = null) =>
        Ra.Database.WriteAsync(s => Ra.Peers.Register(s, info, [root ?? Authority.Root], address), Ct);

    private async Task<Refusal> RefusedAsync(PeerInfo info, Certificate? root = null, Uri? address = null) =>
        (await Assert.ThrowsAsync<RefusedException>(() => RegisterAsync(info, root, address))).Refusal;

    [Fact]
    public async Task A_room_is_known_after_its_registration_is_durable_and_after_a_restart()
    {
        Assert.Null(await Ra.Peers.FindAsync(Rooms.Kmc, Ct));
        await RegisterAsync(Kmc.Identity.AsPeer(), address: new Uri("http://127.0.0.1:9"));
        Peer peer = (await Ra.Peers.FindAsync(Rooms.Kmc, Ct))!;
        Assert.Equal(Kmc.Identity.SigningCertificate, peer.Signing);
        await ReopenAsync(Ra);
        peer = (await Ra.Peers.FindAsync(Rooms.Kmc, Ct))!;
        Assert.Equal((Kmc.Identity.EncryptionCertificate, new Uri("http://127.0.0.1:9")), (peer.Encryption, peer.Address));
        Assert.Equal([Rooms.Ca, Rooms.Kmc], (await Ra.Peers.AllAsync(Ct)).Select(p => p.Name));
    }

    [Fact]
    public async Task What_does_not_fit_is_refused()
    {
        PeerInfo kmc = Kmc.Identity.AsPeer();
        Assert.Equal("name", (await RefusedAsync(kmc with { Name = "nobody" })).Field);
        Assert.Equal("signingCertificate", (await RefusedAsync(kmc, new TestAuthority().Root)).Field);
        Assert.Equal("encryptionCertificate", (await RefusedAsync(kmc with { EncryptionCertificate = kmc.SigningCertificate })).Field);
        Assert.Equal(RefusalCode.Malformed, (await RefusedAsync(kmc with { SigningCertificate = [1, 2, 3] })).Code);
        Assert.Equal("address", (await RefusedAsync(kmc, address: new Uri("file:///etc/passwd"))).Field);
        byte[] both = Authority.Issue(Kmc.Identity.Signer.PublicKey, "kmc", KeyUsages.DigitalSignature | KeyUsages.KeyEncipherment).Encode();
        Assert.Equal(RefusalCode.KeyReused, (await RefusedAsync(new PeerInfo(Rooms.Kmc, both, both))).Code);
        Assert.Null(await Ra.Peers.FindAsync(Rooms.Kmc, Ct));
    }

    [Fact]
    public async Task After_new_certificates_the_old_ones_are_not_believed()
    {
        Ca.Post.Handle<RevokePair, PairRevoked>((order, ct) => Ca.Database.WriteAsync(s => order.Reply(s, new PairRevoked([], order.SentAt)), ct));
        byte[] old = Seal(Ra, Ca, "RevokePair", "o", "{}"u8.ToArray());
        Authority.Certify(Ra.Identity, Clock.GetUtcNow());
        await Ca.RegisterAsync(Ra, Authority);
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => Ca.Post.ReceiveAsync(old, Ct));
        Assert.Equal(RefusalCode.MessageNotAuthentic, e.Refusal.Code);
        await Ca.Post.ReceiveAsync(Seal(Ra, Ca, "RevokePair", "o", "{}"u8.ToArray()), Ct);
    }
}
