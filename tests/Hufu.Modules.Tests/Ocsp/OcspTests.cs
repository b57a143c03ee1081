using System.Diagnostics;
using System.Net;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Ocsp;
using Hufu.Ocsp.Answering;
using Hufu.Ocsp.Status;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;
using Reason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ocsp;

public sealed class OcspTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_refusal_has_a_response_status()
    {
        foreach (var code in Enum.GetValues<RefusalCode>())
        {
            Assert.NotEqual(OcspResponseStatus.Successful, ResponseStatuses.Of(code));
        }

        Assert.Equal(OcspResponseStatus.TryLater, ResponseStatuses.Of(RefusalCode.NotInitialised));
        Assert.Equal(OcspResponseStatus.MalformedRequest, ResponseStatuses.Of(RefusalCode.Malformed));
        Assert.Equal(OcspResponseStatus.Unauthorized, ResponseStatuses.Of(RefusalCode.MessageNotAllowed));
        Assert.Equal(OcspResponseStatus.InternalError, ResponseStatuses.Of(RefusalCode.Fault));
    }

    [Fact]
    public async Task Before_its_certificate_is_installed_it_says_try_later()
    {
        await using var place = await OcspPlace.OpenAsync(ready: false);
        var request = OcspRequest.Create([OcspCertId.Create(place.Issuer, SerialNumber.Create(), Oids.Sm3)], null);
        using var response = await place.PostAsync(request.Encode());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(OcspResponseStatus.TryLater, OcspResponse.Decode(await response.Content.ReadAsByteArrayAsync(Cancel)).Status);
    }

    /// <summary>From the commit of a revocation in the authority's database to the status service's answer: within a second. The best of nine: that nothing on the way waits for its turn; how long a busy machine takes is told.</summary>
    [Fact]
    public async Task A_revocation_is_answered_within_a_second_of_its_commit()
    {
        await using var place = await OcspPlace.OpenAsync();
        var times = new List<TimeSpan>();
        for (var i = 0; i < 9; i++)
        {
            var certificate = await place.IssueAsync($"持有者 {i}");
            var request = OcspRequest.Create([OcspCertId.Create(place.Issuer, certificate.SerialNumber, Oids.Sm3)], null).Encode();
            await place.Ca.Context.Database.WriteAsync(
                session => place.Ca.Context.Post.Publish(session, new CertificateRevoked("operational", certificate.SerialHex, place.Room.Clock.GetUtcNow(), Reason.KeyCompromise)), Cancel);
            var since = Stopwatch.GetTimestamp();
            while ((await place.AskAsync(request)).Responses[0].Status != OcspCertificateStatus.Revoked)
            {
                Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(60), "The revocation is not answered.");
            }

            times.Add(Stopwatch.GetElapsedTime(since));
        }

        TestContext.Current.SendDiagnosticMessage($"From commit to answer: {string.Join(", ", times.Select(time => $"{time.TotalMilliseconds:0} ms"))}.");
        Assert.True(times.Min() < TimeSpan.FromSeconds(1), string.Join(", ", times));
    }

    /// <summary>A guarded device that its operator has not activated, or has deactivated: later, not never; and what is signed already is given out.</summary>
    [Fact]
    public async Task While_its_device_waits_for_its_operator_it_says_try_later()
    {
        await using var place = await OcspPlace.OpenAsync();
        var known = await place.IssueAsync("甲");
        Assert.Equal(OcspResponseStatus.Successful, (await place.AskAboutAsync(known.SerialNumber)).Status);
        place.Room.Context.Identity.Device.Deactivate();
        var request = OcspRequest.Create([OcspCertId.Create(place.Issuer, known.SerialNumber, Oids.Sm3)], SecureRandom.GetBytes(16));
        Assert.Equal(OcspResponseStatus.TryLater, (await place.AskAsync(request.Encode())).Status);
        using var cached = await place.Site.Client.GetAsync("/ocsp/" + Uri.EscapeDataString(Convert.ToBase64String(OcspRequest.Create([OcspCertId.Create(place.Issuer, known.SerialNumber, Oids.Sm3)], null).Encode())), Cancel);
        Assert.Equal(OcspResponseStatus.TryLater, OcspResponse.Decode(await cached.Content.ReadAsByteArrayAsync(Cancel)).Status);
        Assert.True(cached.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData(Oids.Sm3)]
    [InlineData(Oids.Sha1)]
    [InlineData(Oids.Sha256)]
    [Clause("6.2.7.7-a")]
    public async Task Good_revoked_and_unknown_whatever_hash_the_client_uses(string hash)
    {
        await using var place = await OcspPlace.OpenAsync();
        var good = await place.IssueAsync("甲");
        var revoked = await place.IssueAsync("乙");
        var at = place.Room.Clock.GetUtcNow();
        await place.RevokeAsync(revoked, Reason.KeyCompromise);
        var ids = new[] { good.SerialNumber, revoked.SerialNumber, SerialNumber.Create() }.Select(serial => OcspCertId.Create(place.Issuer, serial, hash)).ToList();
        var nonce = SecureRandom.GetBytes(32);

        var response = await place.AskAsync(OcspRequest.Create(ids, nonce).Encode());

        Assert.Equal([OcspCertificateStatus.Good, OcspCertificateStatus.Revoked, OcspCertificateStatus.Unknown], response.Responses.Select(answer => answer.Status));
        Assert.Equal(ids.Select(id => Convert.ToHexString(id.RawData.Span)), response.Responses.Select(answer => Convert.ToHexString(answer.CertId.RawData.Span)));
        Assert.Equal((at, Pki.RevocationReason.KeyCompromise), (response.Responses[1].RevocationTime!.Value, response.Responses[1].Reason!.Value));
        Assert.Equal(nonce, response.Nonce!.Value.ToArray());
        Assert.Equal(place.Responder, Assert.Single(response.Certificates));
        Assert.True(response.IsSignedBy(place.Responder));
        Assert.All(response.Responses, answer => Assert.Equal(place.Room.Context.Policy.Values.OcspAnswerLife, answer.NextUpdate - answer.ThisUpdate));
    }

    [Fact]
    public async Task R14_an_unknown_serial_is_never_answered_good()
    {
        await using var place = await OcspPlace.OpenAsync();
        await place.IssueAsync("甲");
        var ids = Enumerable.Range(0, 50).Select(_ => OcspCertId.Create(place.Issuer, SerialNumber.Create(), Oids.Sm3)).ToList();
        var response = await place.AskAsync(OcspRequest.Create(ids, null).Encode());
        Assert.All(response.Responses, answer => Assert.Equal(OcspCertificateStatus.Unknown, answer.Status));
    }

    [Fact]
    public async Task It_speaks_for_no_other_CA()
    {
        await using var place = await OcspPlace.OpenAsync();
        var own = await place.IssueAsync("甲");
        using var other = new TestAuthority(place.Room.Clock);
        var foreign = OcspCertId.Create(other.Ca, own.SerialNumber, Oids.Sm3);
        var root = OcspCertId.Create(place.Ca.Authority.Root, place.Issuer.SerialNumber, Oids.Sm3);

        Assert.Equal(OcspResponseStatus.Unauthorized, (await place.AskAsync(OcspRequest.Create([foreign], null).Encode())).Status);
        Assert.Equal(OcspResponseStatus.Unauthorized, (await place.AskAsync(OcspRequest.Create([root], null).Encode())).Status);
        var mixed = await place.AskAsync(OcspRequest.Create([foreign, OcspCertId.Create(place.Issuer, own.SerialNumber, Oids.Sm3)], null).Encode());
        Assert.Equal([OcspCertificateStatus.Unknown, OcspCertificateStatus.Good], mixed.Responses.Select(answer => answer.Status));
    }

    [Fact]
    public async Task Bad_input_is_a_malformed_request()
    {
        await using var place = await OcspPlace.OpenAsync(options: new OcspOptions { RequestLimit = 2048, MostCertificates = 3 });
        var one = OcspCertId.Create(place.Issuer, SerialNumber.Create(), Oids.Sha1);
        var good = OcspRequest.Create([one], null).Encode();
        Assert.Equal(OcspResponseStatus.MalformedRequest, (await place.AskAsync([])).Status);
        Assert.Equal(OcspResponseStatus.MalformedRequest, (await place.AskAsync(good[..^1])).Status);
        Assert.Equal(OcspResponseStatus.MalformedRequest, (await place.AskAsync([.. good, 0])).Status);
        Assert.Equal(OcspResponseStatus.MalformedRequest, (await place.AskAsync(new byte[2049])).Status);
        Assert.Equal(OcspResponseStatus.MalformedRequest, (await place.AskAsync(OcspRequest.Create([one, one, one, one], null).Encode())).Status);
        using var text = await place.PostAsync(good, "text/plain");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, text.StatusCode);
        using var empty = await place.Site.Client.GetAsync("/ocsp/%25%25", Cancel);
        Assert.Equal(OcspResponseStatus.MalformedRequest, OcspResponse.Decode(await empty.Content.ReadAsByteArrayAsync(Cancel)).Status);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(128, false)]
    public async Task A_nonce_of_up_to_32_bytes_is_echoed_a_longer_one_is_left_out(int length, bool echoed)
    {
        await using var place = await OcspPlace.OpenAsync();
        var known = await place.IssueAsync("甲");
        var nonce = SecureRandom.GetBytes(length);
        var response = await place.AskAsync(OcspRequest.Create([OcspCertId.Create(place.Issuer, known.SerialNumber, Oids.Sm3)], nonce).Encode());
        Assert.Equal(echoed ? nonce : null, response.Nonce?.ToArray());
    }

    [Fact]
    public async Task Over_GET_answers_without_a_nonce_may_be_cached()
    {
        await using var place = await OcspPlace.OpenAsync();
        var known = await place.IssueAsync("甲");
        // Base64 with every character; the second serial gives slashes side by side.
        SerialNumber[] serials = [known.SerialNumber, SerialNumber.FromBytes([0x7F, .. Enumerable.Repeat((byte)0xFF, 19)]), .. Enumerable.Range(0, 20).Select(_ => SerialNumber.Create())];
        for (var i = 0; i < serials.Length; i++)
        {
            var id = OcspCertId.Create(place.Issuer, serials[i], i % 2 == 0 ? Oids.Sha1 : Oids.Sm3);
            var base64 = Convert.ToBase64String(OcspRequest.Create([id], null).Encode());
            Assert.Equal(i == 1, base64.Contains("////", StringComparison.Ordinal));
            foreach (var path in new[] { base64, Uri.EscapeDataString(base64) })
            {
                using var response = await place.Site.Client.GetAsync("/ocsp/" + path, Cancel);
                var answer = OcspResponse.Decode(await response.Content.ReadAsByteArrayAsync(Cancel));
                Assert.Equal(i == 0 ? OcspCertificateStatus.Good : OcspCertificateStatus.Unknown, Assert.Single(answer.Responses).Status);
                Assert.Equal("application/ocsp-response", response.Content.Headers.ContentType!.MediaType);
                Assert.NotNull(response.Content.Headers.ContentLength);
                Assert.NotEqual(true, response.Headers.TransferEncodingChunked);
                Assert.True(response.Headers.CacheControl is { Public: true, MustRevalidate: true, NoTransform: true } cache && cache.MaxAge <= answer.Responses[0].NextUpdate - place.Room.Clock.GetUtcNow());
                Assert.NotNull(response.Headers.ETag);
            }
        }

        var withNonce = OcspRequest.Create([OcspCertId.Create(place.Issuer, known.SerialNumber, Oids.Sm3)], SecureRandom.GetBytes(16)).Encode();
        using var mine = await place.Site.Client.GetAsync("/ocsp/" + Uri.EscapeDataString(Convert.ToBase64String(withNonce)), Cancel);
        Assert.True(mine.Headers.CacheControl!.NoStore);
        using var posted = await place.PostAsync(withNonce);
        Assert.True(posted.Headers.CacheControl!.NoStore);
        Assert.NotNull(posted.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("-sm3")]
    [InlineData("-sha1")]
    [InlineData("-sha256")]
    public async Task Openssl_asks_and_reads_the_answer(string hash)
    {
        await using var place = await OcspPlace.OpenAsync();
        var good = await place.IssueAsync("甲");
        var revoked = await place.IssueAsync("乙");
        await place.RevokeAsync(revoked, Reason.CessationOfOperation);
        using var openssl = new OpenSslTool();
        openssl.WritePem("ca.pem", place.Issuer);
        openssl.WritePem("good.pem", good);
        openssl.WritePem("revoked.pem", revoked);
        openssl.Run("ocsp", hash, "-issuer", "ca.pem", "-cert", "good.pem", "-cert", "revoked.pem", "-reqout", "q.der");

        using var http = await place.PostAsync(openssl.Read("q.der"));
        var der = await http.Content.ReadAsByteArrayAsync(Cancel);

        openssl.Write("a.der", der);
        var text = openssl.Run("ocsp", "-respin", "a.der", "-reqin", "q.der", "-issuer", "ca.pem", "-noverify", "-text");
        Assert.Contains("OCSP Response Status: successful", text, StringComparison.Ordinal);
        Assert.Contains("Cert Status: good", text, StringComparison.Ordinal);
        Assert.Contains("Cert Status: revoked", text, StringComparison.Ordinal);
        Assert.Contains("cessationOfOperation", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Nonce Verify error", text, StringComparison.Ordinal);
        var response = OcspResponse.Decode(der);
        Assert.NotNull(response.Nonce);
        Assert.Contains("Verified OK", openssl.VerifyTbs(response.TbsData.Span, response.Signature.Span, place.Responder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_learnt_is_there_after_a_restart()
    {
        await using var place = await OcspPlace.OpenAsync();
        var good = await place.IssueAsync("甲");
        var revoked = await place.IssueAsync("乙");
        await place.RevokeAsync(revoked, Reason.Superseded);
        var index = new StatusIndex();
        var issuers = new Issuers(index);
        using var empty = new TempFolder();

        Assert.False(await StatusRebuild.RunAsync(place.Room.Context.Database, new StatusCheckpoint(empty.Path), index, issuers, new AuthorityWords(TimeSpan.FromHours(1)), Cancel));

        Assert.Equal(Standing.Good, index.Find("operational", good.SerialNumber.Content).Standing);
        Assert.Equal((Standing.Revoked, Reason.Superseded), (index.Find("operational", revoked.SerialNumber.Content).Standing, index.Find("operational", revoked.SerialNumber.Content).Reason));
        Assert.Equal(2, issuers.Certificates.Count);
        Assert.Equal(2, index.Count);
    }

    [Fact]
    public async Task An_expired_responder_gives_no_answer()
    {
        await using var place = await OcspPlace.OpenAsync();
        var known = await place.IssueAsync("甲");
        place.Room.Clock.Advance(TimeSpan.FromDays(400));
        var response = await place.AskAsync(OcspRequest.Create([OcspCertId.Create(place.Issuer, known.SerialNumber, Oids.Sm3)], null).Encode());
        Assert.Equal(OcspResponseStatus.InternalError, response.Status);
    }

    [Fact]
    public async Task The_door_reads_hostile_bytes_without_a_fault()
    {
        await using var place = await OcspPlace.OpenAsync();
        var known = await place.IssueAsync("甲");
        var good = OcspRequest.Create([OcspCertId.Create(place.Issuer, known.SerialNumber, Oids.Sm3)], SecureRandom.GetBytes(16)).Encode();
        for (var at = 0; at < good.Length; at++)
        {
            foreach (var flip in new byte[] { 0x01, 0x80 })
            {
                var broken = good.ToArray();
                broken[at] ^= flip;
                var response = await place.AskAsync(broken);
                Assert.NotEqual(OcspResponseStatus.InternalError, response.Status);
            }
        }
    }
}
