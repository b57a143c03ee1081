using Hufu.Ca;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Kmc.Serving;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>What was encrypted to earlier certificates stays readable after a renewal (6.2.8-a), over the real key centre.</summary>
public sealed class OldKeysTests
{
    private const string Pin = "315926";

    [Fact]
    [Clause("6.2.8-a")]
    public async Task A_renewal_with_the_same_key_brings_the_old_encryption_keys_and_an_old_envelope_opens()
    {
        await using var ca = await CaPlace.OpenAsync(options: new CaOptions { KeyCentreTimeout = TimeSpan.FromSeconds(20) });
        await using var centre = await Kmc.KeyCentre.OpenAsync(spares: 6, clock: ca.Clock);
        ca.KeyCentre.Become(
            centre.Certificate,
            async (request, ct) => (await centre.Server.AnswerAsync(Rooms.Ca, [ca.KeyCentre.Self!.Value.Certificate], centre.Serving, request, new AnswerKeeper(_ => { }, (_, _) => { }), ct)).Der);
        using var folder = new TempFolder();
        using var token = SoftToken.Create(folder["token"], "持有人", Pin);
        token.VerifyPin(Pin);
        token.GenerateSigningPair("c");
        IssuePair Order(string application, string? renewalOf = null)
        {
            using var unused = Sm2KeyPair.Generate();
            return ca.Sign(ca.Order(unused, application, renewalOf: renewalOf) with { Request = CertificationRequest.Create(TestAuthority.Name("x"), token.GetSigner("c")).Encode() });
        }

        // The first pair has no past; two renewals later there are two old keys, the oldest first.
        var first = await ca.IssueAsync(Order("A1"));
        Assert.Null(first.History);
        var envelope = EnvelopedMessage.Encrypt("旧文件"u8, [Certificate.Decode(first.EncryptionCertificate!)], MessageSyntax.Gm).Encode();
        ca.Clock.Set(Certificate.Decode(first.SigningCertificate).NotAfter - TimeSpan.FromDays(20));
        var second = await ca.IssueAsync(Order("A2", Certificate.Decode(first.SigningCertificate).SerialHex));
        Assert.Equal([Certificate.Decode(first.EncryptionCertificate!).SerialHex], second.History!.Select(key => key.UserCertNo));
        ca.Clock.Set(Certificate.Decode(second.SigningCertificate).NotAfter - TimeSpan.FromDays(20));
        var order = Order("A3", Certificate.Decode(second.SigningCertificate).SerialHex);
        var third = await ca.IssueAsync(order);
        Assert.Equal(
            [Certificate.Decode(first.EncryptionCertificate!).SerialHex, Certificate.Decode(second.EncryptionCertificate!).SerialHex], third.History!.Select(key => key.UserCertNo));

        // A new medium with the new pair opens the old envelope by the old key, and by nothing else.
        var old = Certificate.Decode(first.EncryptionCertificate!);
        token.ImportEncryptionPair("c", Sm2EnvelopedKey.Decode(third.EnvelopedKey!));
        Assert.Throws<PkiException>(() => EnvelopedMessage.Decode(envelope).Decrypt(token.GetDecryptor("c"), old));
        Assert.Equal(old.PublicKey, token.ImportEncryptionPair("c", Sm2EnvelopedKey.Decode(third.History![0].EnvelopedKey)));
        Assert.Equal("旧文件"u8.ToArray(), EnvelopedMessage.Decode(envelope).Decrypt(token.GetDecryptor("c"), old));

        // The same order again gets the same bytes (R03).
        var again = await ca.IssueAsync(order);
        Assert.Equal(third.SigningCertificate, again.SigningCertificate);
        Assert.Equal(third.History.Select(key => Convert.ToHexString(key.EnvelopedKey)), again.History!.Select(key => Convert.ToHexString(key.EnvelopedKey)));
    }

    [Fact]
    public async Task An_old_key_that_the_key_centre_does_not_give_stops_no_renewal_and_a_silent_one_lets_it_wait()
    {
        await using var ca = await CaPlace.OpenAsync();
        using var holder = Sm2KeyPair.Generate();
        var first = Certificate.Decode((await ca.IssueAsync(ca.Order(holder, "A1"))).SigningCertificate);
        ca.Clock.Set(first.NotAfter - TimeSpan.FromDays(20));
        ca.KeyCentre.RefusesRestore = true;
        var renewed = await ca.IssueAsync(ca.Order(holder, "A2", renewalOf: first.SerialHex));
        Assert.Null(renewed.History);
        Assert.NotNull(renewed.EnvelopedKey);

        var second = Certificate.Decode(renewed.SigningCertificate);
        ca.Clock.Set(second.NotAfter - TimeSpan.FromDays(20));
        ca.KeyCentre.RefusesRestore = false;
        ca.KeyCentre.SilentForRestore = true;
        var order = ca.Order(holder, "A3", renewalOf: second.SerialHex);
        await Refusals.ExpectAsync(RefusalCode.RoomUnreachable, () => ca.IssueAsync(order));
        ca.KeyCentre.SilentForRestore = false;
        Assert.Equal(2, (await ca.IssueAsync(order)).History!.Count);
        Assert.Equal(1, await ca.CountAsync("SELECT count(*) FROM ca_intents WHERE application = 'A3'"));
    }
}
