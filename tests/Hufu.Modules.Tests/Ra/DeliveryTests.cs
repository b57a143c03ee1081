using System.Text;
using Hufu.Contracts;
using Hufu.Pki;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ra;

/// <summary>The one-time code, what it opens, and the holder's receipt.</summary>
public sealed class DeliveryTests
{
    [Fact]
    [Clause("6.2.4.1-a")]
    [Clause("6.2.4.2-a")]
    [Clause("6.2.3.2-a")]
    [Clause("6.6.2.1-d")]
    public async Task The_pair_goes_into_the_token_and_is_accepted()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var (filed, code) = await office.IssuedAsync(applicant);
        var mail = await office.MailAsync(filed.Id, "Code: ");
        Assert.Contains("2026-11-29 14:30", mail, StringComparison.Ordinal);
        var pair = await office.FetchAsync(filed, code.ToLowerInvariant().Replace("-", " - ", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));

        // The download is the acceptance: recorded, and the fact of it on its way, before any receipt.
        Assert.Equal(ApplicationState.Accepted, (await office.StatusAsync(filed)).State);
        Assert.Equal(1, await office.CountAsync("ra_deliveries", "accepted_at IS NOT NULL AND confirmed_at IS NULL"));
        Assert.Single(await office.LedgerAsync(), line => line.GetProperty("act").GetString() == "ra.pair.accept");
        Assert.Equal(1, await office.CountAsync("outbox_item", "kind = 'fact:CertificateAccepted' AND destination = 'publishing'"));

        // The chain without the root, twice: as PKCS#7 and as GM/T 0092's answer.
        Assert.Equal([office.Ca.Room.Authority.Ca.SerialHex], CertificateBag.Decode(pair.Chain).Select(certificate => certificate.SerialHex));
        var response = CsrResponse.Decode(pair.CsrResponse);
        Assert.Equal(pair.SigningCertificate, response.SigningCertificates[0].Encode());
        Assert.Equal(pair.EncryptionCertificate, response.EncryptionCertificates[0].Encode());
        Assert.DoesNotContain(response.SigningCertificates.Concat(response.EncryptionCertificates), certificate => certificate.IsSelfIssued);

        // The token takes the encryption key that the KMC made and decrypts with it.
        var key = applicant.Import(pair);
        Assert.Equal(Certificate.Decode(pair.EncryptionCertificate!).PublicKey, key);
        Assert.Equal("机密"u8.ToArray(), applicant.Decrypt(Sm2Cipher.Encrypt(key.Sm2!, "机密"u8).Encode()));

        var accepted = await office.AcceptAsync(filed, pair, applicant.Signer);
        Assert.Equal(ApplicationState.Accepted, accepted.State);
        var record = (await office.LedgerAsync()).Single(line => line.GetProperty("act").GetString() == "ra.pair.confirm");
        Assert.True(record.GetProperty("detail").GetProperty("signed").GetBoolean());
        Assert.Equal(1, await office.CountAsync("outbox_item", "kind = 'fact:CertificateAccepted' AND destination = 'publishing'"));
        Assert.Equal(1, await office.CountAsync("ra_deliveries", "signature IS NOT NULL AND accepted_at IS NOT NULL AND confirmed_at IS NOT NULL"));
    }

    [Fact]
    public async Task R27_acceptance_needs_the_receipt_and_a_signature_of_the_new_key_if_any()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), other = new();
        var (filed, code) = await office.IssuedAsync(applicant);
        Assert.Equal("code-wrong", await AcceptAsync(new AcceptPair(new string('0', 32), null)));
        var pair = await office.FetchAsync(filed, code);
        var before = await office.LeftAsync();
        var text = Encoding.UTF8.GetBytes(AcceptPair.TextToSign(filed.Id, RaOffice.SerialOf(pair)));
        Assert.Equal("code-wrong", await AcceptAsync(new AcceptPair(new string('0', 32), applicant.Signer.Sign(text))));
        Assert.Equal("code-wrong", await AcceptAsync(new AcceptPair(new string('0', 5000), null)));
        Assert.Equal("signature-invalid", await AcceptAsync(new AcceptPair(pair.ReceiptToken, other.Signer.Sign(text))));
        Assert.Equal("signature-invalid", await AcceptAsync(new AcceptPair(pair.ReceiptToken, applicant.Signer.Sign("another text"u8))));
        Assert.Equal("signature-invalid", await AcceptAsync(new AcceptPair(pair.ReceiptToken, [])));
        Assert.Equal("signature-invalid", await AcceptAsync(new AcceptPair(pair.ReceiptToken, new byte[400])));
        Assert.Equal("Accepted", await office.StateAsync(filed));
        Assert.Equal(before, await office.LeftAsync());

        // Software that cannot sign sends the token alone; a second receipt is none.
        Assert.Null(await AcceptAsync(new AcceptPair(pair.ReceiptToken, null)));
        Assert.Equal("state-wrong", await AcceptAsync(new AcceptPair(pair.ReceiptToken, null)));

        async Task<string?> AcceptAsync(AcceptPair accept) => await RaOffice.CodeOf(await office.Site.PostAsync($"/api/ra/applications/{filed.Id}/acceptance", accept));
    }

    [Fact]
    public async Task R27_a_code_expires_is_counted_before_it_is_looked_at_and_is_good_once()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant first = new(), second = new(), third = new();
        var (filed, code) = await office.IssuedAsync(first);
        var before = await office.LeftAsync();

        // Five wrong ones shut it, and a restart gives none back.
        for (var i = 0; i < 5; i++)
        {
            if (i == 3)
            {
                await office.ReopenAsync();
            }

            Assert.Equal("code-wrong", await office.FetchRefusedAsync(filed, $"ABCD-EFGH-JKLM-NPQ{i + 2}"));
            Assert.Equal(4 - i, await office.ReadAsync(session => session.Scalar<long>("SELECT tries_left FROM ra_deliveries")));
        }

        Assert.Equal("tries-exhausted", await office.FetchRefusedAsync(filed, code));
        Assert.Equal(before, await office.LeftAsync());
        Assert.Equal(6, (await office.LedgerAsync()).Count(line => line.GetProperty("act").GetString() == "ra.pair.fetch" && line.GetProperty("outcome").GetString() == "refused"));

        // To the millisecond: good until seven days are over.
        var (early, earlyCode) = await office.IssuedAsync(second);
        var (late, lateCode) = await office.IssuedAsync(third);
        office.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMilliseconds(1));
        await office.FetchAsync(early, earlyCode);
        office.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("code-expired", await office.FetchRefusedAsync(late, lateCode));
        Assert.Equal("code-used", await office.FetchRefusedAsync(early, earlyCode));
        Assert.Equal("Issued", await office.StateAsync(late));

        // Another application's code, something endless, and a number that nobody has.
        Assert.Equal("code-used", await office.FetchRefusedAsync(early, lateCode));
        Assert.Equal("unknown-object", await office.FetchRefusedAsync(late with { Id = "A2026112200000000" }, lateCode));
    }

    [Fact]
    public async Task Of_many_who_fetch_at_once_one_gets_the_pair()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var (filed, code) = await office.IssuedAsync(applicant);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => office.FetchRefusedAsync(filed, code)));
        Assert.Single(answers, answer => answer is null);
        Assert.Equal(3, answers.Count(answer => answer == "code-used"));
        Assert.Equal("code-used", await office.FetchRefusedAsync(filed, code));
        Assert.Single(await office.LedgerAsync(), line => line.GetProperty("act").GetString() == "ra.pair.fetch" && line.GetProperty("outcome").GetString() == "done");
    }

    [Fact]
    public async Task A_pair_that_was_revoked_before_it_was_fetched_is_not_given_out()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var (filed, code) = await office.IssuedAsync(applicant);
        var serial = (await office.StatusAsync(filed)).SigningSerial!;
        await office.Ca.PublishAsync(new CertificateRevoked("operational", serial, office.Clock.GetUtcNow(), RevocationReason.PrivilegeWithdrawn));
        await office.UntilStateAsync(filed, ApplicationState.Revoked, TimeSpan.FromSeconds(1));
        Assert.Equal("state-wrong", await office.FetchRefusedAsync(filed, code));
        Assert.Equal("Revoked", await office.StateAsync(filed));
        Assert.Equal(1, await office.CountAsync("ra_deliveries", "used_at IS NULL"));
    }
}
