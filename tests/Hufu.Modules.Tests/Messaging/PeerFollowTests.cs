using Hufu.Contracts;
using Hufu.Messaging;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Messaging;

/// <summary>What may follow the certificates of a registered room, read as an adversary: by the CA's fact (Follow) and by people who keep the earlier one (Register).</summary>
public sealed class PeerFollowTests : MessagingTest
{
    private Certificate Old => Kmc.Identity.SigningCertificate!;

    private static SubjectPublicKeyInfo Fresh() => Sm2KeyPair.Generate().PublicKey;

    // The registered one ends after five years; what follows ends later.
    private Certificate Next(string name = Rooms.Kmc, KeyUsages usages = KeyUsages.DigitalSignature, SubjectPublicKeyInfo? key = null, DateTimeOffset? end = null, TestAuthority? by = null) =>
        (by ?? Authority).Issue(key ?? Fresh(), name, usages, end ?? Old.NotAfter.AddYears(1));

    private ServiceCertified Fact(Certificate certificate, TestAuthority? by = null, string use = RoomIdentity.SigningLabel, Certificate? old = null) =>
        new(Rooms.Kmc, use, (old ?? Old).SerialHex, certificate.Encode(), [(by ?? Authority).Root.Encode()]);

    private void GoTo(DateTimeOffset moment) => Clock.Shift += moment - Clock.GetUtcNow();

    private Task<bool> FollowAsync(ServiceCertified fact, Certificate? root = null) => Ca.Database.WriteAsync(s => Ca.Peers.Follow(s, fact, root ?? Authority.Root), Ct);

    private async Task<RefusalCode> RefusedAsync(ServiceCertified fact, Certificate? root = null) => (await Assert.ThrowsAsync<RefusedException>(() => FollowAsync(fact, root))).Refusal.Code;

    private async Task<Peer> PeerAsync() => (await Ca.Peers.FindAsync(Rooms.Kmc, Ct))!;

    private Task KeepAsync(Certificate signing, Certificate? encryption = null, TestAuthority? by = null) => Ca.Database.WriteAsync(
        s => Ca.Peers.Register(s, new PeerInfo(Rooms.Kmc, signing.Encode(), (encryption ?? Kmc.Identity.EncryptionCertificate!).Encode()), [(by ?? Authority).Root], keepEarlier: true), Ct);

    private async Task<Refusal> NotKeptAsync(Certificate signing, Certificate? encryption = null, TestAuthority? by = null) => (await Assert.ThrowsAsync<RefusedException>(() => KeepAsync(signing, encryption, by))).Refusal;

    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task R18_What_follows_is_used_and_the_one_before_is_believed_until_it_ends()
    {
        Certificate next = Next();
        Assert.True(await FollowAsync(Fact(next)));
        Assert.False(await FollowAsync(Fact(next)));
        Assert.Equal((next, Old), ((await PeerAsync()).Signing, Assert.Single((await PeerAsync()).Earlier)));
        await ReopenAsync(Ca);
        Assert.Equal([Old], (await PeerAsync()).Earlier);
        GoTo(Old.NotAfter.AddSeconds(1));
        await ReopenAsync(Ca);
        Assert.Empty((await PeerAsync()).Earlier);
    }

    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task A_certificate_of_the_same_issuer_that_is_not_this_rooms_next_is_refused()
    {
        // Another room's; another usage; a name of other string types; the key of the room's other use.
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Next(Rooms.Ra))));
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Next(usages: KeyUsages.DigitalSignature | KeyUsages.NonRepudiation))));
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Next(usages: KeyUsages.KeyEncipherment | KeyUsages.DataEncipherment))));
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Next(usages: KeyUsages.KeyCertSign))));
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Authority.Issue(Fresh(), OtherStrings(Old.Subject), Old.KeyUsage!.Value, Old.NotAfter.AddYears(1)))));
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Next(key: Kmc.Identity.EncryptionCertificate!.PublicKey))));

        // Ended, not begun, no certificate at all.
        GoTo(Old.NotAfter.AddYears(2));
        Assert.Equal(RefusalCode.CertificateNotValid, await RefusedAsync(Fact(Next())));
        GoTo(TestAuthority.From.AddDays(-1));
        Assert.Equal(RefusalCode.CertificateNotValid, await RefusedAsync(Fact(Next())));
        Assert.Equal(RefusalCode.Malformed, await RefusedAsync(Fact(Next()) with { Certificate = [1, 2, 3] }));
        Assert.Equal(RefusalCode.Malformed, await RefusedAsync(Fact(Next()) with { Chain = [] }));
        Assert.Equal(RefusalCode.Malformed, await RefusedAsync(Fact(Next()) with { Use = "sign-2" }));
        Assert.Equal(Old, (await PeerAsync()).Signing);
        Assert.Empty((await PeerAsync()).Earlier);
    }

    [Fact]
    public async Task An_older_fact_that_comes_again_changes_nothing_and_an_older_certificate_never_comes_back()
    {
        ServiceCertified first = Fact(Next());
        Assert.True(await FollowAsync(first));
        Certificate present = (await PeerAsync()).Signing;
        ServiceCertified second = Fact(Next(end: present.NotAfter.AddYears(1)), old: present);
        Assert.True(await FollowAsync(second));
        Assert.False(await FollowAsync(first));

        // The first one, said to follow the second; and one that ends with it.
        Certificate last = Certificate.Decode(second.Certificate);
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(present, old: last)));
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Old, old: last)));
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Next(end: last.NotAfter), old: last)));
        Assert.Equal(last, (await PeerAsync()).Signing);
    }

    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task A_room_that_stands_under_a_root_of_its_own_is_not_taken_over_by_another_root_that_this_room_trusts()
    {
        // The key centre is registered under its KM root; the trusted root of this room (the CA's) certifies another key under the very same name.
        TestAuthority trusted = new("CN=another root,C=CN");
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Next(by: trusted), trusted), trusted.Root));

        // Nor by a root that calls itself the same.
        TestAuthority lookalike = new(Authority.Root.Subject.ToString());
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Next(by: lookalike), lookalike), lookalike.Root));

        // A chain that names the right root and was not signed by it.
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Next(by: lookalike), Authority)));

        // Where the registration did not keep its root, the issuer's key and name decide.
        await Ca.Database.WriteAsync(s => { s.Execute("UPDATE messaging_peer SET root = NULL"); }, Ct);
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Next(by: trusted), trusted), trusted.Root));
        Assert.Equal(RefusalCode.FieldInvalid, await RefusedAsync(Fact(Next(by: lookalike), lookalike)));
        Assert.True(await FollowAsync(Fact(Next()), trusted.Root));
    }

    [Fact]
    public async Task A_revoked_certificate_is_never_a_peers_again()
    {
        Certificate revoked = Next();
        await Ca.Database.WriteAsync(s => { Ca.Peers.Forget(s, revoked.Encode()); }, Ct);
        Assert.Equal(RefusalCode.CertificateNotValid, await RefusedAsync(Fact(revoked)));
        Assert.Equal(RefusalCode.CertificateNotValid, (await NotKeptAsync(revoked)).Code);

        // The registered one: nothing follows it, the room is registered anew, and not with that one.
        await Ca.Database.WriteAsync(s => Assert.True(Ca.Peers.Forget(s, Old.Encode())), Ct);
        Assert.False(await FollowAsync(Fact(Next())));
        Assert.Equal("signingCertificate", (await Assert.ThrowsAsync<RefusedException>(() => Ca.RegisterAsync(Kmc, Authority))).Refusal.Field);
        Assert.Equal("keepEarlier", (await NotKeptAsync(Next())).Field);
    }

    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task R18_People_who_keep_the_earlier_certificate_keep_it_only_for_what_follows_it()
    {
        Certificate encryption = Next(usages: Kmc.Identity.EncryptionCertificate!.KeyUsage!.Value);
        TestAuthority lookalike = new(Authority.Root.Subject.ToString());
        Assert.Equal("keepEarlier", (await NotKeptAsync(Next(Rooms.Ra), encryption)).Field);
        Assert.Equal("keepEarlier", (await NotKeptAsync(Next(), Next(Rooms.Ra, encryption.KeyUsage!.Value))).Field);
        Assert.Equal("keepEarlier", (await NotKeptAsync(Next(usages: KeyUsages.DigitalSignature | KeyUsages.NonRepudiation), encryption)).Field);
        Assert.Equal("keepEarlier", (await NotKeptAsync(Next(by: lookalike), Next(usages: encryption.KeyUsage!.Value, by: lookalike), lookalike)).Field);
        Assert.Equal(Old, (await PeerAsync()).Signing);

        Certificate next = Next();
        await KeepAsync(next, encryption);
        Assert.Equal((next, Old), ((await PeerAsync()).Signing, Assert.Single((await PeerAsync()).Earlier)));

        // Registered without a word for the earlier ones, after a compromise for example: they count no more at once.
        await Ca.Database.WriteAsync(s => Ca.Peers.Register(s, new PeerInfo(Rooms.Kmc, Next().Encode(), encryption.Encode()), [Authority.Root]), Ct);
        Assert.Empty((await PeerAsync()).Earlier);
    }

    [Fact]
    public void Certificates_follow_together_or_not_at_all()
    {
        RoomIdentity identity = Kmc.Identity;
        ServiceCertified Asked(string use, KeyUsages usages, string name = Rooms.Kmc)
        {
            ServiceRenewalAsked asked = identity.AskFollowing(use)!;
            return new ServiceCertified(Rooms.Kmc, use, asked.OldSerial, Next(name, usages, CertificationRequest.Decode(asked.Request).PublicKey).Encode(), [Authority.Root.Encode()]);
        }

        Certificate encryption = identity.EncryptionCertificate!;
        ServiceCertified sign = Asked(RoomIdentity.SigningLabel, KeyUsages.DigitalSignature);
        ServiceCertified wrong = Asked(RoomIdentity.EncryptionLabel, encryption.KeyUsage!.Value, Rooms.Ra);
        DateTimeOffset now = Clock.GetUtcNow();
        Assert.Equal("certificate", Assert.Throws<RefusedException>(() => identity.FollowTogether([sign, wrong], [], now)).Refusal.Field);
        Assert.Equal("use", Assert.Throws<RefusedException>(() => identity.FollowTogether([sign, sign], [], now)).Refusal.Field);
        Assert.Equal((Old, encryption), (identity.SigningCertificate, identity.EncryptionCertificate));

        ServiceCertified encrypt = Asked(RoomIdentity.EncryptionLabel, encryption.KeyUsage!.Value);
        Assert.True(identity.CanFollow([sign, encrypt], now));
        Assert.True(identity.FollowTogether([sign, encrypt], [new StandIn(encryption, identity.SigningCertificate)], now));
        Assert.False(identity.CanFollow([sign, encrypt], now));
        Assert.False(identity.FollowTogether([sign, encrypt], [], now));
        Assert.Equal(sign.Certificate, identity.SigningCertificate!.Encode());
        Assert.Equal(encrypt.Certificate, identity.EncryptionCertificate!.Encode());
    }

    // The same words, each as a string of another type.
    private static DistinguishedName OtherStrings(DistinguishedName name)
    {
        byte[] der = name.RawData.ToArray();
        for (int i = 0; i < der.Length; i++)
        {
            der[i] = der[i] switch { 0x0C when i > 4 && der[i - 5] == 0x06 => 0x13, 0x13 when i > 4 && der[i - 5] == 0x06 => 0x0C, byte other => other };
        }

        Assert.NotEqual(name.RawData.ToArray(), der);
        return DistinguishedName.Decode(der);
    }
}
