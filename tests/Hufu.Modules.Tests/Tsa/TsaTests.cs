using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using Hufu.Contracts;
using Hufu.Modules.Tests.Ocsp;
using Hufu.Pki;
using Hufu.Testing;
using Hufu.Tsa;
using Hufu.Tsa.Tokens;
using Xunit;

namespace Hufu.Modules.Tests.Tsa;

public sealed class TsaTests
{
    private static readonly byte[] Data = "时间戳"u8.ToArray();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_refusal_has_a_failure_bit()
    {
        foreach (var code in Enum.GetValues<RefusalCode>())
        {
            Assert.True(Enum.IsDefined(FailureInfo.Of(code)));
        }
    }

    [Fact]
    public async Task Before_its_certificate_is_installed_the_system_fails()
    {
        await using var place = await TsaPlace.OpenAsync(ready: false);
        var response = await place.AskAsync(TimeStampRequest.Create(MessageImprint.OfData(Data), 1, true).Encode());
        Assert.Equal((TimeStampStatus.Rejection, TimeStampFailure.SystemFailure), (response.Status, response.Failure!.Value));
    }

    [Theory]
    [InlineData("/tsa", MessageSyntax.Cms, true)]
    [InlineData("/tsa", MessageSyntax.Cms, false)]
    [InlineData("/tsa/gm", MessageSyntax.Gm, true)]
    [InlineData("/tsa/gm", MessageSyntax.Gm, false)]
    public async Task A_token_says_what_was_asked_when_and_by_whom(string path, MessageSyntax syntax, bool certificate)
    {
        var options = new TsaOptions();
        await using var place = await TsaPlace.OpenAsync();
        var nonce = new BigInteger(RandomNumberGenerator.GetBytes(16), isUnsigned: true);
        var request = TimeStampRequest.Create(MessageImprint.OfData(Data), nonce, certificate);

        var response = await place.AskAsync(request.Encode(), path);

        var token = Assert.IsType<TimeStampToken>(response.Token);
        Assert.Equal(TimeStampStatus.Granted, response.Status);
        Assert.Equal(TimeStampVerdict.Valid, token.Verify(request, [place.Certificate]));
        Assert.Equal(TimeStampVerdict.Valid, token.Verify(Data, [place.Certificate]));
        Assert.Equal(certificate ? 1 : 0, token.Message.Certificates.Count);
        Assert.Equal(syntax, token.Message.Syntax);
        Assert.Equal((options.PolicyOid, place.Room.Context.Policy.Values.TimeStampAccuracy, nonce), (token.Info.Policy, token.Info.Accuracy!.Value, token.Info.Nonce!.Value));
        Assert.Equal(place.Room.Clock.GetUtcNow(), token.Info.Time);
        Assert.Equal(16, token.Info.SerialNumber.Content.Length);
    }

    [Fact]
    public async Task What_cannot_be_stamped_is_refused_by_its_own_bit()
    {
        await using var place = await TsaPlace.OpenAsync(options: new TsaOptions { RequestLimit = 1024 });
        var imprint = MessageImprint.OfData(Data);
        var good = TimeStampRequest.Create(imprint, null, false).Encode();
        byte[] Extended()
        {
            // extensions [0]: one extension, not critical, appended inside the outer SEQUENCE.
            byte[] extension = [0xA0, 0x0D, 0x30, 0x0B, 0x06, 0x03, 0x2A, 0x03, 0x04, 0x04, 0x04, 0x30, 0x02, 0x05, 0x00];
            return [0x30, (byte)(good.Length - 2 + extension.Length), .. good.AsSpan(2), .. extension];
        }

        byte[] Version(byte version)
        {
            var other = good.ToArray();
            other[4] = version;
            return other;
        }

        Assert.Equal(TimeStampFailure.BadDataFormat, await FailureAsync(place, "no DER"u8.ToArray()));
        Assert.Equal(TimeStampFailure.BadDataFormat, await FailureAsync(place, good[..^1]));
        Assert.Equal(TimeStampFailure.BadDataFormat, await FailureAsync(place, new byte[1025]));
        Assert.Equal(TimeStampFailure.BadRequest, await FailureAsync(place, Version(2)));
        Assert.Equal(TimeStampFailure.UnacceptedExtension, await FailureAsync(place, Extended()));
        var sha512 = new MessageImprint(AlgorithmIdentifier.Create("2.16.840.1.101.3.4.2.3"), new byte[64]);
        Assert.Equal(TimeStampFailure.BadAlg, await FailureAsync(place, TimeStampRequest.Create(sha512, null, false).Encode()));
        var shorter = new MessageImprint(AlgorithmIdentifier.Sm3, new byte[31]);
        Assert.Equal(TimeStampFailure.BadDataFormat, await FailureAsync(place, TimeStampRequest.Create(shorter, null, false).Encode()));
        Assert.Equal(TimeStampFailure.UnacceptedPolicy, await FailureAsync(place, TimeStampRequest.Create(imprint, null, false, "1.2.3.4").Encode()));
        Assert.NotNull((await place.AskAsync(TimeStampRequest.Create(imprint, null, false, new TsaOptions().PolicyOid).Encode())).Token);
        using var text = await place.PostAsync(good, mediaType: "text/plain");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, text.StatusCode);
    }

    [Theory]
    [InlineData("-sm3")]
    [InlineData("-sha256")]
    public async Task Openssl_asks_and_reads_the_answer(string hash)
    {
        await using var place = await TsaPlace.OpenAsync();
        using var openssl = new OpenSslTool();
        openssl.Write("document.txt", Data);
        openssl.Run("ts", "-query", "-data", "document.txt", hash, "-cert", "-out", "q.tsq");
        var query = openssl.Read("q.tsq");

        using var http = await place.PostAsync(query);
        var der = await http.Content.ReadAsByteArrayAsync(Cancel);

        Assert.Equal("application/timestamp-reply", http.Content.Headers.ContentType!.MediaType);
        Assert.Equal(der.Length, http.Content.Headers.ContentLength);
        openssl.Write("a.tsr", der);
        var text = openssl.Run("ts", "-reply", "-in", "a.tsr", "-text");
        Assert.Contains("Status: Granted", text, StringComparison.Ordinal);
        Assert.Contains("Accuracy: 0x01 seconds", text, StringComparison.Ordinal);
        var token = TimeStampResponse.Decode(der).Token!;
        Assert.Equal(TimeStampVerdict.Valid, token.Verify(TimeStampRequest.Decode(query), []));
        Assert.Equal(TimeStampVerdict.Valid, token.Verify(Data, []));
    }

    [Fact]
    public async Task R24_every_token_is_in_the_ledger_and_without_the_ledger_there_is_none()
    {
        await using var place = await TsaPlace.OpenAsync();
        var request = TimeStampRequest.Create(MessageImprint.OfData(Data), 7, false).Encode();
        var token = (await place.AskAsync(request)).Token!;
        var given = Assert.Single(await place.Room.LedgerAsync(), line => line.Contains("tsa.token.given", StringComparison.Ordinal));
        Assert.Contains(token.Info.SerialNumber.ToString(), given, StringComparison.Ordinal);
        Assert.Contains(ActStatement.Digest(token.RawData.Span), given, StringComparison.Ordinal);

        await place.Room.Context.Database.WriteAsync(
            session => session.Execute("CREATE TRIGGER tsa_full BEFORE INSERT ON ledger_record BEGIN SELECT RAISE(ABORT, 'full'); END"), Cancel);
        var refused = await place.AskAsync(request);

        Assert.Null(refused.Token);
        Assert.Equal(TimeStampFailure.SystemFailure, refused.Failure);
    }

    [Fact]
    public async Task A_clock_that_went_back_gives_no_tokens_not_even_after_a_restart()
    {
        using var folder = new TempFolder();
        await using var beside = await TestRoom.OpenAsync(Rooms.Ca);
        var request = TimeStampRequest.Create(MessageImprint.OfData(Data), null, false).Encode();
        var serials = new HashSet<string>(StringComparer.Ordinal);
        var before = beside.Clock.GetUtcNow();
        await using (var first = await TsaPlace.OpenAsync(beside: beside, folder: folder.Path))
        {
            Assert.True(serials.Add((await first.AskAsync(request)).Token!.Info.SerialNumber.ToString()));
            beside.Clock.Set(before.AddSeconds(-2));
            Assert.Equal(TimeStampFailure.TimeNotAvailable, await FailureAsync(first, request));
            Assert.Contains(await first.Module.CheckHealthAsync(Cancel), check => check is { Name: "clock", Healthy: false });
        }

        await using var second = await TsaPlace.OpenAsync(beside: beside, folder: folder.Path);
        Assert.Equal(TimeStampFailure.TimeNotAvailable, await FailureAsync(second, request));
        beside.Clock.Set(before.AddSeconds(1));
        var token = (await second.AskAsync(request)).Token!;
        Assert.True(serials.Add(token.Info.SerialNumber.ToString()));
        Assert.Equal(before.AddSeconds(1), token.Info.Time);
        Assert.Contains(await second.Module.CheckHealthAsync(Cancel), check => check is { Name: "clock", Healthy: true });
    }

    [Fact]
    public async Task Many_at_once_get_different_serials_and_with_ordering_different_times()
    {
        await using var place = await TsaPlace.OpenAsync(options: new TsaOptions { Ordering = true });
        var request = TimeStampRequest.Create(MessageImprint.OfData(Data), null, false).Encode();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => place.AskAsync(request)));
        Assert.Equal(40, answers.Select(answer => answer.Token!.Info.SerialNumber.ToString()).Distinct().Count());
        Assert.Equal(40, answers.Select(answer => answer.Token!.Info.Time).Distinct().Count());
        Assert.All(answers, answer => Assert.True(answer.Token!.Info.Ordering));
        Assert.Contains(await place.Module.CheckHealthAsync(Cancel), check => check.Name == "clock" && check.Healthy);
    }

    [Fact]
    public async Task The_door_reads_hostile_bytes_without_a_fault()
    {
        await using var place = await TsaPlace.OpenAsync();
        var good = TimeStampRequest.Create(MessageImprint.OfData(Data), 77, true, new TsaOptions().PolicyOid).Encode();
        for (var at = 0; at < good.Length; at++)
        {
            var broken = good.ToArray();
            broken[at] ^= 0x81;
            var response = await place.AskAsync(broken);
            Assert.NotEqual(TimeStampFailure.SystemFailure, response.Failure);
        }
    }

    private static async Task<TimeStampFailure?> FailureAsync(TsaPlace place, byte[] request)
    {
        var response = await place.AskAsync(request);
        Assert.Null(response.Token);
        return response.Failure;
    }

    [Fact]
    public async Task R24_many_at_once_are_stamped_together_and_every_token_is_in_the_ledger()
    {
        await using var place = await TsaPlace.OpenAsync();
        var asked = Enumerable.Range(0, 200).Select(i => TimeStampRequest.Create(MessageImprint.OfData(BitConverter.GetBytes(i)), i, i % 2 == 0)).ToList();
        var answers = await Task.WhenAll(asked.Select((request, i) => place.AskAsync(request.Encode(), i % 3 == 0 ? "/tsa/gm" : "/tsa")));
        var lines = string.Join('\n', await place.Room.LedgerAsync());
        for (var i = 0; i < answers.Length; i++)
        {
            Assert.Equal(TimeStampVerdict.Valid, answers[i].Token!.Verify(asked[i], [place.Certificate]));
            Assert.Equal(i % 3 == 0 ? MessageSyntax.Gm : MessageSyntax.Cms, answers[i].Token!.Message.Syntax);
            Assert.Contains($"token/{answers[i].Token!.Info.SerialNumber}", lines, StringComparison.Ordinal);
            Assert.Contains(Convert.ToHexStringLower(Crypto.Sm3.HashData(answers[i].Token!.RawData.Span)), lines, StringComparison.Ordinal);
        }

        Assert.Equal(answers.Length, answers.Select(answer => answer.Token!.Info.SerialNumber.ToString()).Distinct().Count());
    }
}
