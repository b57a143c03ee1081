using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Ocsp;
using Hufu.Ocsp.Answering;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;
using Reason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ocsp;

public sealed class AnsweringTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Oids.Sha1)]
    [InlineData(Oids.Sm3)]
    public async Task An_answer_signed_ahead_is_the_same_for_everybody_verifies_and_ends_with_a_revocation(string hash)
    {
        await using var place = await OcspPlace.OpenAsync(options: new OcspOptions { SignAhead = [hash] });
        var known = await place.IssueAsync("甲");
        var other = await place.IssueAsync("乙");
        await place.RevokeAsync(other, Reason.KeyCompromise);
        await KeptAsync(known.SerialNumber);
        await KeptAsync(other.SerialNumber);

        var kept = await place.AskAboutAsync(known.SerialNumber, hash);
        var again = await place.AskAboutAsync(known.SerialNumber, hash);
        Assert.Equal(kept.Encode(), again.Encode());
        Assert.True(kept.IsSignedBy(place.Responder));
        Assert.Equal(OcspCertificateStatus.Good, kept.Responses[0].Status);
        var revoked = await place.AskAboutAsync(other.SerialNumber, hash);
        Assert.True(revoked.IsSignedBy(place.Responder));
        Assert.Equal(Pki.RevocationReason.KeyCompromise, revoked.Responses[0].Reason);

        // With a nonce it is signed for this client alone.
        var mine = await place.AskAboutAsync(known.SerialNumber, hash, SecureRandom.GetBytes(16));
        Assert.NotNull(mine.Nonce);
        Assert.True(mine.IsSignedBy(place.Responder));

        await place.RevokeAsync(known, Reason.Superseded);
        var after = await place.AskAboutAsync(known.SerialNumber, hash);
        Assert.Equal(OcspCertificateStatus.Revoked, after.Responses[0].Status);
        Assert.True(after.IsSignedBy(place.Responder));

        // SM2 signatures here are made with a nonce from the digest: the clock stands, so only what is kept shows by its time.
        async Task KeptAsync(SerialNumber serial)
        {
            for (var i = 0; i < 1200; i++)
            {
                if (place.Module.IsKept(serial.Content, hash))
                {
                    return;
                }

                await Task.Delay(50, Cancel);
            }

            throw new TimeoutException("No answer was signed ahead.");
        }
    }

    [Fact]
    public async Task An_answer_signed_ahead_is_fresh_again_before_it_ends()
    {
        await using var place = await OcspPlace.OpenAsync(options: new OcspOptions { SignAhead = [Oids.Sha1] });
        var known = await place.IssueAsync("甲");
        var last = DateTimeOffset.MinValue;
        for (var hour = 0; hour < 24; hour++)
        {
            for (var quarter = 0; quarter < 4; quarter++)
            {
                place.Room.Clock.Advance(TimeSpan.FromMinutes(15));
                await place.BeatAsync();
            }

            var answer = (await place.AskAboutAsync(known.SerialNumber, Oids.Sha1)).Responses.Single();
            Assert.True(answer.NextUpdate > place.Room.Clock.GetUtcNow(), "An answer that has ended was given.");
            Assert.True(answer.ThisUpdate > last, "24 hours: the answers stand still.");
            last = answer.ThisUpdate;
        }
    }

    [Fact]
    [Clause("6.2.7.8-a")]
    public async Task A_CA_that_falls_silent_is_noticed_and_nothing_is_said_for_it()
    {
        await using var place = await OcspPlace.OpenAsync();
        var known = await place.IssueAsync("甲");
        place.Room.Clock.Advance(TimeSpan.FromMinutes(40));
        var spoken = place.Room.Clock.GetUtcNow().AddMinutes(-40);
        var late = await place.AskAboutAsync(known.SerialNumber);
        Assert.Equal((spoken, spoken.AddHours(1)), (late.Responses[0].ThisUpdate, late.Responses[0].NextUpdate!.Value));

        place.Room.Clock.Advance(TimeSpan.FromMinutes(21));
        Assert.Equal(OcspResponseStatus.TryLater, (await place.AskAboutAsync(known.SerialNumber)).Status);
        Assert.False((await place.Module.CheckHealthAsync(Cancel)).Single(check => check.Name == "heard-operational").Healthy);

        await place.BeatAsync();
        var back = await place.AskAboutAsync(known.SerialNumber);
        Assert.Equal(place.Room.Clock.GetUtcNow(), back.Responses[0].ThisUpdate);
    }

    [Fact]
    public async Task R14_by_policy_an_unknown_serial_is_told_as_held_and_says_so()
    {
        await using var place = await OcspPlace.OpenAsync(options: new OcspOptions { UnknownAsHeld = true });
        var known = await place.IssueAsync("甲");
        var response = await place.AskAboutAsync(SerialNumber.Create());
        Assert.Equal((OcspCertificateStatus.Revoked, Pki.RevocationReason.CertificateHold, DateTimeOffset.UnixEpoch), (response.Responses[0].Status, response.Responses[0].Reason!.Value, response.Responses[0].RevocationTime!.Value));
        Assert.True(response.IsSignedBy(place.Responder));
        // RFC 6960 2.2 and 4.4.8: the extension that makes such an answer lawful.
        byte[] extendedRevoke = [0x06, 0x09, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x09, 0x04, 0x02, 0x05, 0x00];
        Assert.True(response.TbsData.Span.IndexOf(extendedRevoke) > 0);
        Assert.Equal(OcspCertificateStatus.Good, (await place.AskAboutAsync(known.SerialNumber)).Responses[0].Status);
    }

    [Fact]
    public async Task The_archive_cutoff_is_stated_when_policy_has_one()
    {
        await using var place = await OcspPlace.OpenAsync(options: new OcspOptions { ArchiveFor = TimeSpan.FromDays(3650) });
        var known = await place.IssueAsync("甲");
        var response = await place.AskAboutAsync(known.SerialNumber);
        Assert.True(response.IsSignedBy(place.Responder));
        using var openssl = new OpenSslTool();
        openssl.Write("a.der", response.RawData.Span);
        var text = openssl.Run("ocsp", "-respin", "a.der", "-noverify", "-text");
        Assert.Contains("OCSP Archive Cutoff", text, StringComparison.Ordinal);
        Assert.Contains(place.Room.Clock.GetUtcNow().AddDays(-3650).ToString("MMM dd", System.Globalization.CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_at_once_are_signed_together_and_each_gets_its_own()
    {
        await using var place = await OcspPlace.OpenAsync();
        var known = await place.IssueAsync("甲");
        var asked = Enumerable.Range(0, 300).Select(i => (Serial: i % 3 == 0 ? known.SerialNumber : SerialNumber.Create(), Nonce: SecureRandom.GetBytes(1 + (i % 32)))).ToList();
        var answers = await Task.WhenAll(asked.Select(one => place.AskAboutAsync(one.Serial, nonce: one.Nonce)));
        for (var i = 0; i < answers.Length; i++)
        {
            Assert.Equal(asked[i].Nonce, answers[i].Nonce!.Value.ToArray());
            Assert.Equal(asked[i].Serial, answers[i].Responses.Single().CertId.SerialNumber);
            Assert.Equal(i % 3 == 0 ? OcspCertificateStatus.Good : OcspCertificateStatus.Unknown, answers[i].Responses[0].Status);
            Assert.True(answers[i].IsSignedBy(place.Responder));
        }
    }

    [Fact]
    public void What_the_quick_reader_takes_the_strict_one_takes_too_and_reads_the_same()
    {
        using var authority = new TestAuthority(new FakeClock());
        var taken = 0;
        foreach (var hash in new[] { Oids.Sm3, Oids.Sha1, Oids.Sha256 })
        {
            foreach (var nonce in new[] { null, SecureRandom.GetBytes(1), SecureRandom.GetBytes(128) })
            {
                var request = OcspRequest.Create([OcspCertId.Create(authority.Ca, SerialNumber.Create(), hash)], nonce is null ? null : (ReadOnlyMemory<byte>?)nonce).Encode();
                Same(request, mustTake: true);
                for (var at = 0; at < request.Length; at++)
                {
                    for (var bit = 0; bit < 8; bit++)
                    {
                        var broken = request.ToArray();
                        broken[at] ^= (byte)(1 << bit);
                        Same(broken, mustTake: false);
                    }

                    Same(request[..at], mustTake: false);
                }
            }
        }

        Assert.InRange(taken, 9, int.MaxValue);

        void Same(byte[] der, bool mustTake)
        {
            if (!PlainRequest.TryRead(der, out var plain))
            {
                Assert.False(mustTake);
                return;
            }

            taken++;
            var issuer = plain.Issuer.ToArray();
            OcspRequest strict;
            try
            {
                strict = OcspRequest.Decode(der);
            }
            catch (PkiException) when (!Hashes.Any(hash => issuer.AsSpan().IndexOf(hash) >= 0))
            {
                return; // an algorithm that is no OID names no issuer of ours: the quick reader compares its bytes whole
            }

            Assert.Equal(strict.CertIds.Single().RawData.ToArray(), plain.CertId.ToArray());
            Assert.Equal(strict.CertIds[0].SerialNumber.Content.ToArray(), plain.Serial.ToArray());
            Assert.Equal(strict.Nonce?.ToArray() ?? [], plain.Nonce.ToArray());
        }
    }

    private static readonly byte[][] Hashes = [.. CertIdForm.All.Select(form => AlgorithmIdentifier.Create(form.Hash, form.WithNull ? (ReadOnlyMemory<byte>?)new byte[] { 5, 0 } : null).RawData.ToArray())];
}
