using Hufu.Contracts;
using Hufu.Messaging;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Messaging;

public class SealedMessageTests
{
    private static readonly DateTimeOffset Now = TestAuthority.From.AddMonths(6);
    private readonly TestAuthority _authority = new();
    private readonly Sm2KeyPair _ra = Sm2KeyPair.Generate();
    private readonly Sm2KeyPair _ca = Sm2KeyPair.Generate();
    private readonly Certificate _raCertificate;
    private readonly Certificate _caCertificate;

    public SealedMessageTests()
    {
        _raCertificate = _authority.Issue(_ra.PublicKey, "ra", KeyUsages.DigitalSignature);
        _caCertificate = _authority.Issue(_ca.PublicKey, "ca", KeyUsages.KeyEncipherment);
    }

    private byte[] Seal(string from = "ra", string to = "ca", string id = "id-1") =>
        SealedMessage.Seal(new MessageHeader(id, "RevokePair", from, to, Now), "the body"u8, _ra, _raCertificate, _caCertificate);

    private Task<OpenedMessage> OpenAsync(byte[] message, string me = "ca", DateTimeOffset? now = null, Certificate? registered = null) =>
        SealedMessage.OpenAsync(message, me, _ca, _caCertificate, name => new(name == "ra" ? registered ?? _raCertificate : null), now ?? Now);

    private async Task RefusedAsync(Task<OpenedMessage> opening)
    {
        RefusedException e = await Assert.ThrowsAsync<RefusedException>(() => opening);
        Assert.Equal(new Refusal(RefusalCode.MessageNotAuthentic, ""), e.Refusal);
    }

    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task What_was_sealed_opens_with_header_body_and_evidence()
    {
        OpenedMessage opened = await OpenAsync(Seal());
        Assert.Equal(new MessageHeader("id-1", "RevokePair", "ra", "ca", Now), opened.Header);
        Assert.Equal("the body"u8.ToArray(), opened.Body.ToArray());
        SignedMessage evidence = SignedMessage.Decode(opened.Signed);
        Assert.Equal(MessageSignature.Valid, evidence.Verify(evidence.Signers[0], _raCertificate));
        Assert.Equal(MessageSyntax.Gm, evidence.Syntax);
    }

    [Fact]
    public async Task Every_changed_cut_or_lengthened_message_is_refused_alike()
    {
        byte[] message = Seal();
        for (int i = 0; i < message.Length; i += 11)
        {
            byte[] changed = (byte[])message.Clone();
            changed[i] ^= 1;
            if (await OpensAsync(changed))
            {
                // The recipient's issuer name is compared by its meaning; case in it changes nothing that is trusted.
                Assert.Contains(message[i], "test roCN"u8.ToArray());
            }
        }

        await RefusedAsync(OpenAsync(message[..^1]));
        await RefusedAsync(OpenAsync([.. message, 0]));
        await RefusedAsync(OpenAsync([]));
        await RefusedAsync(OpenAsync(new byte[100]));

        async Task<bool> OpensAsync(byte[] bytes)
        {
            try
            {
                await OpenAsync(bytes);
                return true;
            }
            catch (RefusedException e)
            {
                Assert.Equal(new Refusal(RefusalCode.MessageNotAuthentic, ""), e.Refusal);
                return false;
            }
        }
    }

    [Fact]
    public async Task Signed_data_that_was_changed_and_enveloped_anew_is_refused()
    {
        byte[] signed = (await OpenAsync(Seal())).Signed.ToArray();
        byte[] Envelop(byte[] inner) => EnvelopedMessage.Encrypt(inner, [_caCertificate], MessageSyntax.Gm, Oids.GmSignedData).Encode();
        await OpenAsync(Envelop(signed));
        int body = signed.AsSpan().IndexOf("the body"u8);
        int id = signed.AsSpan().IndexOf("id-1"u8);
        foreach (int i in new[] { body, body + 7, id, id + 3, signed.Length - 1 })
        {
            byte[] changed = (byte[])signed.Clone();
            changed[i] ^= 1;
            await RefusedAsync(OpenAsync(Envelop(changed)));
        }
    }

    [Fact]
    public async Task The_receiver_must_be_the_one_in_the_signed_content()
    {
        await RefusedAsync(OpenAsync(Seal(to: "kmc")));
        await RefusedAsync(OpenAsync(Seal(), me: "kmc"));
    }

    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task The_envelope_must_be_for_the_receivers_certificate()
    {
        Sm2KeyPair other = Sm2KeyPair.Generate();
        Certificate otherCertificate = _authority.Issue(other.PublicKey, "ca", KeyUsages.KeyEncipherment);
        byte[] message = SealedMessage.Seal(new MessageHeader("id-1", "RevokePair", "ra", "ca", Now), "x"u8, _ra, _raCertificate, otherCertificate);
        await RefusedAsync(OpenAsync(message));
    }

    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task The_signer_must_be_exactly_the_registered_room_of_that_name()
    {
        await RefusedAsync(OpenAsync(Seal(from: "tsa")));
        Certificate sameNameOtherKey = _authority.Issue(Sm2KeyPair.Generate().PublicKey, "ra", KeyUsages.DigitalSignature);
        await RefusedAsync(OpenAsync(Seal(), registered: sameNameOtherKey));
        Certificate sameKeyOtherCertificate = _authority.Issue(_ra.PublicKey, "ra", KeyUsages.DigitalSignature);
        await RefusedAsync(OpenAsync(Seal(), registered: sameKeyOtherCertificate));
    }

    [Fact]
    public async Task The_senders_certificate_must_be_valid()
    {
        await OpenAsync(Seal(), now: _raCertificate.NotAfter);
        await RefusedAsync(OpenAsync(Seal(), now: _raCertificate.NotAfter.AddSeconds(1)));
        await RefusedAsync(OpenAsync(Seal(), now: _raCertificate.NotBefore.AddSeconds(-1)));
    }

    [Fact]
    public async Task Only_signed_data_of_one_signer_in_an_envelope_of_one_receiver_is_taken()
    {
        await RefusedAsync(OpenAsync(EnvelopedMessage.Encrypt("no signature"u8, [_caCertificate], MessageSyntax.Gm).Encode()));
        SigningOptions options = new() { Syntax = MessageSyntax.Cms, Placement = ContentPlacement.Attached, Attributes = SignedAttributesMode.None, Certificates = [_raCertificate] };
        byte[] cms = SignedMessage.Sign(SignedMessage.Decode((await OpenAsync(Seal())).Signed).Content!.Value, _ra, _raCertificate, options).Encode();
        await RefusedAsync(OpenAsync(EnvelopedMessage.Encrypt(cms, [_caCertificate], MessageSyntax.Cms, Oids.CmsSignedData).Encode()));
        await RefusedAsync(OpenAsync(EnvelopedMessage.Encrypt(cms, [_caCertificate], MessageSyntax.Gm, Oids.GmSignedData).Encode()));
        byte[] good = (await OpenAsync(Seal())).Signed.ToArray();
        Certificate second = _authority.Issue(Sm2KeyPair.Generate().PublicKey, "kmc", KeyUsages.KeyEncipherment);
        await RefusedAsync(OpenAsync(EnvelopedMessage.Encrypt(good, [_caCertificate, second], MessageSyntax.Gm, Oids.GmSignedData).Encode()));
        await OpenAsync(EnvelopedMessage.Encrypt(good, [_caCertificate], MessageSyntax.Gm, Oids.GmSignedData).Encode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("中文")]
    public async Task Ids_are_plain(string id) => await RefusedAsync(OpenAsync(Seal(id: id)));

    [Fact]
    public void A_body_over_the_limit_is_not_sealed()
    {
        RefusedException e = Assert.Throws<RefusedException>(() =>
            SealedMessage.Seal(new MessageHeader("i", "t", "ra", "ca", Now), new byte[SealedMessage.MaxBody + 1], _ra, _raCertificate, _caCertificate));
        Assert.Equal(RefusalCode.TooLarge, e.Refusal.Code);
    }
}
