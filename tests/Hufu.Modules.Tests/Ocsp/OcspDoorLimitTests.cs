using System.Net;
using Hufu.Hosting;
using Hufu.Modules.Tests.Tsa;
using Hufu.Ocsp;
using Hufu.Pki;
using Hufu.Testing;
using Hufu.Tsa;
using Xunit;

namespace Hufu.Modules.Tests.Ocsp;

/// <summary>Status and time answer before the other doors' limits: they have their own.</summary>
public sealed class OcspDoorLimitTests
{
    [Fact]
    public async Task One_address_is_told_to_try_later_when_it_asks_too_often()
    {
        await using var place = await OcspPlace.OpenAsync(options: new OcspOptions { AddressPerSecond = 1_000 });
        var known = await place.IssueAsync("甲");
        var request = OcspRequest.Create([OcspCertId.Create(place.Issuer, known.SerialNumber, Oids.Sm3)], null).Encode();
        // The test's clock stands still: the bucket does not fill again. 2,000 at once, and some of them are spent already by waiting for the fact.
        HttpResponseMessage? refused = null;
        for (var i = 0; i <= 2_000 && refused is null; i++)
        {
            var response = await place.PostAsync(request);
            refused = response.StatusCode == HttpStatusCode.TooManyRequests ? response : null;
        }

        Assert.NotNull(refused);
        Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
        Assert.Equal(OcspResponseStatus.TryLater, OcspResponse.Decode(await refused.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Status);
        place.Room.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(OcspResponseStatus.Successful, (await place.AskAsync(request)).Status);
    }

    [Fact]
    public async Task So_do_time_stamps()
    {
        await using var place = await TsaPlace.OpenAsync(options: new TsaOptions { AddressPerSecond = 2 });
        var request = TimeStampRequest.Create(MessageImprint.OfData([1]), null, true).Encode();
        var codes = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            using var response = await place.PostAsync(request);
            codes.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], codes);
        place.Room.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await place.AskAsync(request)).Token);
    }

    [Fact]
    public void Addresses_have_buckets_of_their_own_and_networks_of_64_bits_share_one()
    {
        var gate = new AddressGate(1, new FakeClock());
        foreach (var (address, allowed) in new[] { ("10.0.0.1", true), ("10.0.0.1", true), ("10.0.0.1", false), ("::ffff:10.0.0.1", false), ("10.0.0.2", true), ("2001:db8::1", true), ("2001:db8::2", true), ("2001:db8::3", false), ("2001:db8:0:1::1", true) })
        {
            Assert.Equal((address, allowed), (address, gate.TryEnter(IPAddress.Parse(address))));
        }

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(new AddressGate(0, new FakeClock()).TryEnter(IPAddress.Loopback)));
    }
}
